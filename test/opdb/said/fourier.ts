/** Fourier transforms. A complex number is a record of two reals. */
import {
  complex,
  concat,
  constant,
  div,
  type Expr,
  fft,
  fftn,
  gather,
  ifftn,
  indexAdd,
  intTensor,
  irfft,
  mul,
  padWith,
  rfft,
  sliceAlong,
  square,
  swapAxes,
} from '../../../src/index.ts'
import type { Call, Complex, Saying } from '../call.ts'
import { axesOf, axis, flat, length, range, type Sayings, shape } from './common.ts'

type Value = Expr | Complex
type Norm = 'backward' | 'ortho' | 'forward'
const isComplex = (x: Value): x is Complex => 're' in x
const part = (x: Value): Expr => (isComplex(x) ? x.re : x)
const each = (f: (x: Expr) => Expr, x: Value): Value => (isComplex(x) ? { re: f(x.re), im: f(x.im) } : f(x))
const conjugate = (x: Value): Value => (isComplex(x) ? (complex.conj(x as never) as unknown as Complex) : x)
const given = (c: Call): Value => c.any(0) as Value
const normOf = (c: Call): Norm => c.text(3, 'norm', 'backward') as Norm
const opposite: Readonly<Record<Norm, Norm>> = { backward: 'forward', forward: 'backward', ortho: 'ortho' }

/** An axis cut or filled up with zeros to n numbers. */
const sized = (x: Value, d: number, n: number | undefined): Value =>
  n === undefined || n < 0
    ? x
    : each((y) => {
        const m = length(y, d)
        if (n <= m) return sliceAlong(d, 0, n)(y) as Expr
        return concat(d)([
          y,
          constant(
            shape(y).map((k, e) => (e === d ? n - m : k)),
            0,
          ),
        ]) as Expr
      }, x)
interface Plan {
  readonly axes: readonly number[]
  readonly sizes: readonly (number | undefined)[]
}
const one = (c: Call): Plan => ({
  axes: [axis(part(given(c)), c.number(2, 'dim', -1))],
  sizes: [c.any(1, 'n') as number | undefined],
})
const several = (c: Call, otherwise?: readonly number[]): Plan => {
  const x = part(given(c))
  const sizes = c.any(1, 's') === undefined ? undefined : c.numbers(1, 's')
  const dims =
    c.any(2, 'dim') !== undefined
      ? c.numbers(2, 'dim')
      : (otherwise ?? (sizes === undefined ? axesOf(x) : range(sizes.length).map((k) => k - sizes.length)))
  const axes = dims.map((d) => axis(x, d))
  return { axes, sizes: sizes ?? axes.map(() => undefined) }
}
const fitted = ({ axes, sizes }: Plan, x: Value): Value => axes.reduce((y, d, k) => sized(y, d, sizes[k]), x)

const whole =
  (inverse: boolean, plan: (c: Call) => Plan): Saying =>
  (c) => {
    const p = plan(c)
    const f = inverse ? ifftn : fftn
    return f([...p.axes] as never, { norm: normOf(c) })(fitted(p, given(c)) as never) as unknown as Complex
  }
/** Of a real array: half of the last axis, then the others. */
const half = (p: Plan, norm: Norm, x: Value): Complex => {
  const last = p.axes.at(-1) as number
  const rest = p.axes.slice(0, -1)
  const y = rfft(last, { norm })(fitted(p, x) as Expr) as unknown as Complex
  return rest.length === 0 ? y : (fftn([...rest] as never, { norm })(y as never) as unknown as Complex)
}
/** To a real array: the other axes, then the last, of which half is given. */
const real = (p: Plan, norm: Norm, x: Value): Expr => {
  const last = p.axes.at(-1) as number
  const rest = p.axes.slice(0, -1)
  const n = p.sizes.at(-1) ?? 2 * (length(part(x), last) - 1)
  const needed = Math.floor(n / 2) + 1
  const y = sized(fitted({ axes: rest, sizes: p.sizes.slice(0, -1) }, x), last, needed)
  const z = rest.length === 0 ? y : (ifftn([...rest] as never, { norm })(y as never) as unknown as Complex)
  return irfft(last, { norm, n })(z as never) as Expr
}
const forward =
  (plan: (c: Call) => Plan): Saying =>
  (c) =>
    half(plan(c), normOf(c), given(c))
const backward =
  (plan: (c: Call) => Plan): Saying =>
  (c) =>
    real(plan(c), normOf(c), given(c))
/** Of an array whose transform is real, or that is one half of it. */
const hermitian =
  (plan: (c: Call) => Plan): Saying =>
  (c) =>
    real(plan(c), opposite[normOf(c)], conjugate(given(c)))
const fromHermitian =
  (plan: (c: Call) => Plan): Saying =>
  (c) =>
    conjugate(half(plan(c), opposite[normOf(c)], given(c))) as Complex
const two = (c: Call): Plan => several(c, [-2, -1])
const all = (c: Call): Plan => several(c)

// -- short times -----------------------------------------------------------------------------------------------------

interface Frames {
  readonly n: number
  readonly hop: number
  readonly window: Expr
  readonly scale: number
}
const frames = (c: Call): Frames => {
  const n = c.number(1, 'n_fft')
  const own = c.number(3, 'win_length', n)
  const window = (c.maybe(4, 'window') ?? constant([own], 1)) as Expr
  const left = Math.floor((n - own) / 2)
  return {
    n,
    hop: c.number(2, 'hop_length', Math.floor(own / 4)),
    window: own === n ? window : (padWith([[left, n - own - left]] as never)(window) as Expr),
    scale: c.flag(9, 'normalized') ? Math.sqrt(n) : 1,
  }
}
const starts = (n: number, hop: number, count: number): Expr =>
  intTensor(
    [count, n],
    range(count).flatMap((k) => range(n).map((j) => k * hop + j)),
  )
const shortTime: Saying = (c) => {
  const { n, hop, window, scale } = frames(c)
  const centred = c.flag(9, 'center', true)
  const x = centred
    ? (padWith(
        [[Math.floor(n / 2), Math.floor(n / 2)]] as never,
        { mode: c.text(9, 'pad_mode', 'reflect') } as never,
      )(c.x) as Expr)
    : c.x
  const count = 1 + Math.floor((length(x, 0) - n) / hop)
  const pieces = mul(gather(x, starts(n, hop, count)), window) as Expr
  const y = (c.flag(9, 'onesided', true) ? rfft(-1)(pieces) : fft(-1)(pieces)) as unknown as Complex
  return each((z) => div(swapAxes(0, 1)(z), scale), y) as Complex
}
/** Overlapping windows added up, over the sum of the squares of the windows there. */
const shortTimeInverse: Saying = (c) => {
  const { n, hop, window, scale } = frames(c)
  const z = each((x) => mul(swapAxes(0, 1)(x), scale), c.complex(0)) as Complex
  const count = length(z.re, 0)
  // a real result has half a spectrum, also where all of it is given
  const pieces = irfft(-1, { n })(each((x) => sliceAlong(-1, 0, Math.floor(n / 2) + 1)(x) as Expr, z) as never) as Expr
  const total = n + hop * (count - 1)
  const at = flat(starts(n, hop, count))
  const gathered = (x: Expr): Expr => indexAdd(0)(constant([total], 0), at, flat(x)) as Expr
  const weights = gathered(mul(constant([count, n], 1), square(window)) as Expr)
  const middle = c.flag(9, 'center', true) ? Math.floor(n / 2) : 0
  const cut = (x: Expr): Expr => sliceAlong(0, middle, total - middle)(x) as Expr
  return div(cut(gathered(mul(pieces, window) as Expr)), cut(weights))
}

export const fourier: Sayings = {
  'fft.fft|': whole(false, one),
  'fft.fft2|': whole(false, two),
  'fft.fftn|': whole(false, all),
  'fft.hfft|': hermitian(one),
  'fft.hfft2|': hermitian(two),
  'fft.hfftn|': hermitian(all),
  'fft.ifft|': whole(true, one),
  'fft.ifft2|': whole(true, two),
  'fft.ifftn|': whole(true, all),
  'fft.ihfft|': fromHermitian(one),
  'fft.ihfft2|': fromHermitian(two),
  'fft.ihfftn|': fromHermitian(all),
  'fft.irfft|': backward(one),
  'fft.irfft2|': backward(two),
  'fft.irfftn|': backward(all),
  'fft.rfft|': forward(one),
  'fft.rfft2|': forward(two),
  'fft.rfftn|': forward(all),
  'istft|': shortTimeInverse,
  'stft|': shortTime,
}
