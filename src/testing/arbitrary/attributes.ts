/**
 * Attributes that fit a given type. A primitive that is not in the table is drawn with the attributes of its examples,
 * so a new one needs no edit here; a line here draws it with other attributes too.
 *
 * `pick(n)` is a number in 0 .. n - 1; 0 is the simplest choice. A fitter returns the types of all arguments, the first
 * of them the given type wherever that fits; undefined where nothing fits.
 */
import type { Closed } from '../../../lang/syntax/closed.ts'
import { nth } from '../../../lang/syntax/list.ts'
import type { Attrs } from '../../../lang/syntax/plain.ts'
import { axesOf, bool, int, isReal, type Shape, sizeOf, type Type } from '../../../lang/syntax/shape.ts'
import type { Interval } from '../../check/domain.ts'

export interface Draw {
  readonly pick: (n: number) => number
  /** The type of some existing value. */
  readonly type: () => Type
  /**
   * A program on inputs of these types, with outputs of these types if any are named; undefined where it is too deep.
   */
  readonly body: (ins: readonly Type[], outs?: readonly Type[]) => Closed | undefined
}
export interface Proposal {
  readonly attrs: Attrs
  readonly args: readonly Type[]
  /** Where real arguments must lie. */
  readonly range?: Interval | undefined
  /** Square matrices are added to a multiple of the identity. */
  readonly regular?: true | undefined
}
type Fitter = (x: Type, draw: Draw) => Proposal | undefined

const last = (s: Shape): number => nth(s, s.length - 1)
const axis = ({ shape }: Type, { pick }: Draw): number | undefined =>
  shape.length === 0 ? undefined : pick(shape.length)
const along =
  (attrs: (axis: number, draw: Draw) => Attrs): Fitter =>
  (x, draw) => {
    const a = axis(x, draw)
    return a === undefined ? undefined : { attrs: attrs(a, draw), args: [x] }
  }
const reduction: Fitter = (x, { pick }) => {
  const mask = pick(2 ** x.shape.length)
  const axes = axesOf(x.shape.length).filter((d) => (mask >> d) % 2 === 0)
  return x.dtype === 'bool' ? undefined : { attrs: { axes }, args: [x] }
}
/** Products of many factors in [-8, 8] grow; in [-1, 1] they do not. */
const bounded =
  (fitter: Fitter): Fitter =>
  (x, draw) => {
    const found = fitter(x, draw)
    return found && { ...found, range: [-1.5, 1.5] }
  }
const shuffled = (n: number, pick: Draw['pick']): Shape => {
  const rest = [...axesOf(n)]
  return axesOf(n).map(() => nth(rest.splice(pick(rest.length), 1), 0))
}
const shapesOfSize = (n: number): readonly Shape[] => [
  [n],
  [1, n],
  [n, 1],
  ...[2, 3, 4]
    .filter((d) => n % d === 0)
    .flatMap((d) => [
      [d, n / d],
      [n / d, d],
      [d, 1, n / d],
    ]),
  ...(n === 1 ? [[]] : []),
]

const windows = (x: Type, { pick }: Draw) => {
  const length = last(x.shape)
  const size = 1 + pick(3)
  const stride = 1 + pick(3)
  const dilation = 1 + pick(2)
  const low = pick(2)
  return { length, size, stride, dilation, low, count: 1 + pick(3) }
}

/**
 * Letters a, b, c for x; each is summed with y, kept, or shared by all three. A tie makes the last one a convolution.
 */
const contraction: Fitter = (x, { pick }) => {
  const rank = x.shape.length
  if (!isReal(x) || rank > 3) return undefined
  const tied = rank > 0 && pick(2) === 1
  const letters = [...'abc'].slice(0, tied ? rank - 1 : rank)
  const roles = letters.map(() => pick(3))
  const held = (wanted: (role: number) => boolean): readonly string[] => letters.filter((_, d) => wanted(nth(roles, d)))
  const extra = [...'de'].slice(0, pick(2)).map((l) => [l, 1 + pick(3)] as const)
  const sizes = new Map<string, number>([...letters.map((l, d) => [l, nth(x.shape, d)] as const), ...extra])
  const signed = (): number => (1 + pick(3)) * (pick(2) === 0 ? 1 : -1)
  const ties = tied
    ? [{ x: 'h', y: 'r', out: 'p', cx: signed(), cy: -signed(), co: -signed(), offset: pick(5) - 2, size: 1 + pick(3) }]
    : []
  const r = tied ? 1 + pick(3) : 0
  const y = [...held((role) => role !== 1), ...extra.map(([l]) => l)]
  const out = [...held((role) => role !== 0), ...extra.map(([l]) => l)]
  const turned = pick(2) === 0 ? out : [...out].reverse()
  return {
    attrs: {
      x: [...letters, ...(tied ? 'h' : '')].join(''),
      y: [...y, ...(tied ? 'r' : '')].join(''),
      out: [...turned, ...(tied ? 'p' : '')].join(''),
      ties,
    },
    args: [x, { dtype: 'real', shape: [...y.map((l) => sizes.get(l) as number), ...(tied ? [r] : [])] }],
    range: [-2, 2],
  }
}

// -- programs inside programs ----------------------------------------------------------------------------------------

/** The inputs of an inner program lie in the range that its equations were drawn for. */
const inner: Interval = [-1, 1]
const types = (n: number, { type }: Draw): readonly Type[] => Array.from({ length: n }, type)

const running: Fitter = (x, draw) => {
  const ins = [x, ...types(draw.pick(3), draw)]
  const body = draw.body(ins)
  return body && { attrs: { body }, args: ins, range: inner }
}
const choosing: Fitter = (x, draw) => {
  const ins = [x, ...types(draw.pick(3), draw)]
  const outs = [x, ...types(draw.pick(2), draw)]
  const yes = draw.body(ins, outs)
  const no = draw.body(ins, outs)
  return yes && no && { attrs: { yes, no }, args: [bool(), ...ins], range: inner }
}
const folding: Fitter = (x, draw) => {
  const length = 1 + draw.pick(3)
  const carries = [x, ...types(draw.pick(2), draw)]
  const rows = types(draw.pick(3), draw).filter((t) => sizeOf(t.shape) <= 6)
  const constants = types(draw.pick(2), draw)
  const body = draw.body([...carries, ...rows, ...constants], [...carries, ...types(draw.pick(3), draw)])
  if (body === undefined) return undefined
  const stacked = rows.map((t): Type => ({ ...t, shape: [length, ...t.shape] }))
  const attrs = { body, length, reverse: draw.pick(2) === 1, carries: carries.length, rows: rows.length }
  return { attrs, args: [...carries, ...stacked, ...constants], range: inner }
}

export const fitters: { readonly [name: string]: Fitter } = {
  constant: (x, { pick }) => ({
    attrs: {
      dtype: x.dtype,
      shape: x.shape,
      value: x.dtype === 'real' ? nth([0, 1, -1, 0.5, 2, -0], pick(6)) : pick(2),
    },
    args: [],
  }),
  iota: (x, draw) => {
    const a = axis(x, draw)
    return a === undefined ? undefined : { attrs: { shape: x.shape, axis: a }, args: [] }
  },
  sum: reduction,
  reduceMax: reduction,
  reduceMin: reduction,
  prod: bounded(reduction),
  argmax: along((a) => ({ axis: a })),
  argmin: along((a) => ({ axis: a })),
  cumSum: along((a, { pick }) => ({ axis: a, reverse: pick(2) === 1 })),
  cumProd: bounded(along((a, { pick }) => ({ axis: a, reverse: pick(2) === 1 }))),
  argsort: (x, { pick }) => ({ attrs: { descending: pick(2) === 1 }, args: [x] }),
  reverse: (x, { pick }) => {
    const mask = pick(2 ** x.shape.length)
    return { attrs: { axes: axesOf(x.shape.length).filter((d) => (mask >> d) % 2 === 0) }, args: [x] }
  },
  permute: (x, { pick }) => ({ attrs: { perm: shuffled(x.shape.length, pick) }, args: [x] }),
  reshape: (x, { pick }) => {
    const shapes = shapesOfSize(sizeOf(x.shape))
    return { attrs: { shape: nth(shapes, pick(shapes.length)) }, args: [x] }
  },
  broadcast: (x, { pick }) => {
    const rank = x.shape.length + 1 + pick(2)
    const fresh = new Set(Array.from({ length: rank - x.shape.length }, () => pick(rank)))
    const dims = axesOf(x.shape.length + fresh.size)
      .filter((d) => !fresh.has(d))
      .slice(0, x.shape.length)
    const shape = axesOf(x.shape.length + fresh.size).map((d) =>
      dims.includes(d) ? nth(x.shape, dims.indexOf(d)) : 1 + pick(3),
    )
    return { attrs: { shape, dims }, args: [x] }
  },
  slice: (x, { pick }) => {
    const start = x.shape.map((n) => pick(n))
    const stride = x.shape.map(() => 1 + pick(2))
    const shape = x.shape.map((n, d) => 1 + pick(Math.ceil((n - nth(start, d)) / nth(stride, d))))
    return { attrs: { start, shape, stride }, args: [x] }
  },
  pad: (x, { pick }) => {
    const start = x.shape.map(() => pick(2))
    const stride = x.shape.map(() => 1 + pick(3))
    const shape = x.shape.map((n, d) => nth(start, d) + (n - 1) * nth(stride, d) + 1 + pick(2))
    return { attrs: { start, shape, stride }, args: [x] }
  },
  unfold: (x, draw) => (x.shape.length === 0 ? undefined : { attrs: windows(x, draw), args: [x] }),
  fold: (x, draw) => {
    const w = windows(x.shape.length === 0 ? { ...x, shape: [4] } : x, draw)
    return { attrs: w, args: [{ ...x, shape: [...x.shape.slice(0, -1), w.count, w.size] }] }
  },
  concat: (x, draw) => {
    const a = axis(x, draw)
    if (a === undefined) return undefined
    const other = (): Type => ({ ...x, shape: x.shape.map((n, d) => (d === a ? 1 + draw.pick(2) : n)) })
    return { attrs: { axis: a }, args: [x, ...Array.from({ length: draw.pick(3) }, other)] }
  },
  gather: (x, { pick }) => {
    const batch = pick(Math.max(1, x.shape.length))
    const rows = pick(2) === 0 ? [1 + pick(3)] : [2, 1 + pick(2)]
    return x.shape.length === 0 ? undefined : { attrs: { batch }, args: [x, int(...x.shape.slice(0, batch), ...rows)] }
  },
  dynamicSlice: (x, { pick }) => {
    const batch = pick(x.shape.length + 1)
    const [front, own] = [x.shape.slice(0, batch), x.shape.slice(batch)]
    return { attrs: { batch, shape: own.map((n) => 1 + pick(n)) }, args: [x, int(...front, own.length)] }
  },
  dynamicPad: (x, { pick }) => {
    const batch = pick(x.shape.length + 1)
    const [front, own] = [x.shape.slice(0, batch), x.shape.slice(batch)]
    return { attrs: { batch, shape: own.map((n) => n + pick(3)) }, args: [x, int(...front, own.length)] }
  },
  scatterAdd: (x, { pick }) => {
    const rank = pick(x.shape.length + 1)
    return { attrs: { batch: pick(rank + 1), size: 1 + pick(3) }, args: [x, int(...x.shape.slice(0, rank))] }
  },
  contract: contraction,
  call: running,
  checkpoint: running,
  cond: choosing,
  scan: folding,
}
