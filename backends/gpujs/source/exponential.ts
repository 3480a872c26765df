/**
 * The exponential function, and functions computed from it, as gpu.js source. In WebAssembly gpu.js calls JavaScript's
 * Math.exp once per lane, where sums and products take four lanes at a time.
 */
import { erfcScaled, erfNear0 } from './errorFunction.ts'
import { type Bind, literal, polynomial, repeating, type SourceTerm } from './sourceTerms.ts'

interface Exp {
  /** e^(x + rest), where rest is from -5 to 0, and 0 by default; both are names. */
  readonly of: (x: string, bind: Bind, rest?: string) => string
  /** e^-last is 0, or rounds to it. */
  readonly last: number
}
export const mathExp: Exp = {
  of: (x, _, rest) => (rest === undefined ? `Math.exp(${x})` : `(Math.exp(${x})*Math.exp(${rest}))`),
  last: 1600,
}

/** 2^m for an integer -75 <= m <= 64, bit by bit: gpu.js cannot set the exponent of a float. */
const powerOfTwo = (m: string, bind: Bind): string => {
  let rest = bind(`${m}+75.0`)
  let power = '2.6469779601696886e-23'
  for (const step of [64, 64, 32, 16, 8, 4, 2, 1]) {
    const is = bind(`(${rest}>=${step}.0)`)
    power = bind(`(${is}?${power}*${2 ** step}.0:${power})`)
    rest = bind(`(${is}?${rest}-${step}.0:${rest})`)
  }
  return power
}
/**
 * e^x = 2^n e^r with n = round(x / log 2). 2^n is two factors, so that neither leaves the range of float32; results
 * beyond the range are infinity and 0. Source: S. L. Moshier, Cephes, single/expf.c.
 */
const series: Exp['of'] = (x, bind, rest) => {
  const y = bind(`Math.max(Math.min(${x},89.0),-104.0)`)
  const n = bind(`Math.floor((${rest === undefined ? y : `${y}+${rest}`})*1.4426950408889634+0.5)`)
  const whole = `(${y}-${n}*0.693359375)+${n}*2.12194440e-4`
  const r = bind(rest === undefined ? whole : `(${whole})+${rest}`)
  const tail = [5.0000001201e-1, 1.6666665459e-1, 4.1665795894e-2, 8.3334519073e-3, 1.3981999507e-3, 1.98756915e-4]
  const p = bind(`(1.0+${r})+${r}*${r}*${polynomial(r, tail)}`)
  const half = bind(`Math.floor(${n}*0.5)`)
  const power = powerOfTwo(half, bind)
  return bind(`(${p}*${power})*(${n}-${half}>${half}?${power}+${power}:${power})`)
}

export const seriesExp: Exp = { of: series, last: 104 }

/**
 * e^(-factor x^2), for a factor 1 or 1/2. x^2 = high^2 + (x - high)(x + high), where high^2 is exact: exp would magnify
 * the rounding error of x * x. Beyond e^-last the result is 0.
 */
const bell = (exp: Exp, x: string, factor: 1 | 0.5, bind: Bind): string => {
  const y = bind(`Math.min(Math.abs(${x}),${literal(Math.sqrt(exp.last / factor))})`)
  const high = bind(`Math.floor(${y}*16.0)*0.0625`)
  const scale = factor === 1 ? '' : '0.5*'
  return exp.of(bind(`-(${scale}${high}*${high})`), bind, bind(`${scale}(${y}-${high})*(-(${y}+${high}))`))
}
/** factor * erfc(y) for y >= 0, from e^(-y^2). */
const tailOf = (gauss: string, y0: string, factor: string, bind: Bind): string => {
  const y = bind(`Math.min(${y0},10.25)`)
  const w = bind(`${y}/(${y}+2.0)`)
  return bind(`(${factor}${gauss})*((1.0+${w}*${polynomial(w, erfcScaled)})/(1.0+${y}))`)
}

type Derived = 'exp' | 'expm1' | 'tanh' | 'logistic' | 'sech' | 'erf' | 'erfc' | 'gaussian' | 'normalCdf' | 'normalPdf'
/** The functions that are computed from an exponential. */
export const exponentials = (exp: Exp): { readonly [F in Derived]: SourceTerm } => ({
  exp: repeating(([x], bind) => exp.of(x, bind)),
  expm1: repeating(([x], bind) => {
    const small = polynomial(x, [1, 1 / 2, 1 / 6, 1 / 24, 1 / 120, 1 / 720, 1 / 5040])
    return `(Math.abs(${x})<0.4?${x}*${small}:${exp.of(x, bind)}-1.0)`
  }),
  /** 1 - 2 / (e^2x + 1): the definition would give infinity over infinity. */
  tanh: repeating(([x], bind) => {
    const y = bind(`Math.min(Math.abs(${x}),15.0)`)
    const z = bind(`${y}*${y}`)
    const large = bind(`1.0-2.0/(${exp.of(bind(`2.0*${y}`), bind)}+1.0)`)
    const small = polynomial(z, [1, -1 / 3, 2 / 15, -17 / 315, 62 / 2835, -1382 / 155925])
    return `(${y}<0.3?${x}*${small}:(${x}<0.0?(-${large}):${large}))`
  }),
  /** e^-|x| cannot overflow. */
  logistic: repeating(([x], bind) => {
    const e = exp.of(bind(`-Math.abs(${x})`), bind)
    return `((${x}<0.0?${e}:1.0)/(1.0+${e}))`
  }),
  sech: repeating(([x], bind) => {
    const e = exp.of(bind(`-Math.abs(${x})`), bind)
    return `(2.0*${e}/(1.0+${e}*${e}))`
  }),
  gaussian: repeating(([x], bind) => bell(exp, x, 1, bind)),
  normalPdf: repeating(([x], bind) => `(0.3989422804014327*${bell(exp, x, 0.5, bind)})`),
  erf: repeating(([x], bind) => {
    const y = bind(`Math.abs(${x})`)
    const tail = tailOf(bell(exp, x, 1, bind), y, '', bind)
    const near = bind(`${x}+${x}*${polynomial(bind(`${x}*${x}`), erfNear0)}`)
    return `(${y}<1.0?${near}:(${x}<0.0?${tail}-1.0:1.0-${tail}))`
  }),
  erfc: repeating(([x], bind) => {
    const tail = tailOf(bell(exp, x, 1, bind), bind(`Math.abs(${x})`), '', bind)
    return `(${x}<0.0?2.0-${tail}:${tail})`
  }),
  /** erfc(-x / sqrt 2) / 2 */
  normalCdf: repeating(([x], bind) => {
    const y = bind(`Math.abs(${x})*0.7071067811865476`)
    const tail = tailOf(bell(exp, x, 0.5, bind), y, '0.5*', bind)
    return `(${x}<0.0?${tail}:1.0-${tail})`
  }),
})
