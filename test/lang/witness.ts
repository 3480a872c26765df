/**
 * What structural primitives mean, a second time: from the definition, one output element at a time, by brute force. The
 * derivative laws cannot see a wrong value that is differentiated correctly.
 */
import type { Attrs } from '../../lang/syntax/plain.ts'
import { type Shape, sizeOf, strides, type Type } from '../../lang/syntax/shape.ts'

export interface Tensor {
  readonly shape: Shape
  readonly data: ArrayLike<number>
}
type Index = readonly number[]
/** The output element at an index. */
type Witness = (attrs: never, args: readonly Tensor[], i: Index, out: Type) => number

const flat = (s: Shape, i: Index): number => strides(s).reduce((n, by, d) => n + by * (i[d] as number), 0)
export const indicesOf = (s: Shape): readonly Index[] =>
  Array.from({ length: sizeOf(s) }, (_, k) => strides(s).map((by, d) => Math.floor(k / by) % (s[d] as number)))
const read = (x: Tensor | undefined, i: Index): number => {
  if (x === undefined) throw new Error('no such argument')
  return i.every((k, d) => k >= 0 && k < (x.shape[d] as number)) ? (x.data[flat(x.shape, i)] as number) : 0
}
const only = (args: readonly Tensor[]): Tensor => args[0] as Tensor
const clamp = (n: number, k: number): number => Math.max(0, Math.min(n - 1, k))

/** Where a box begins along axis d: inside of the outer array. */
const cornerOf = (start: Tensor, front: Index, d: number, inner: Shape, outer: Shape): number =>
  clamp((outer[d] as number) - (inner[d] as number) + 1, read(start, [...front, d]))

/** All elements of x whose index agrees with i outside the axes, in row-major order. */
const group = (x: Tensor, axes: Shape, i: Index): readonly number[] => {
  const kept = x.shape.map((_, d) => d).filter((d) => !axes.includes(d))
  return indicesOf(x.shape)
    .filter((k) => kept.every((d, n) => k[d] === i[n]))
    .map((k) => read(x, k))
}
type Axes = { readonly axes: Shape }
type Axis = { readonly axis: number }
type Running = Axis & { readonly reverse: boolean }
type Box = { readonly start: Shape; readonly stride: Shape }
type Placed = { readonly batch: number; readonly shape: Shape }
type Windows = {
  readonly stride: number
  readonly dilation: number
  readonly low: number
  readonly count: number
  readonly size: number
}
type Labels = { readonly x: string; readonly y: string; readonly out: string; readonly ties: readonly Tie[] }
type Tie = {
  readonly x: string
  readonly y: string
  readonly out: string
  readonly cx: number
  readonly cy: number
  readonly co: number
  readonly offset: number
}

const reduced =
  (join: (xs: readonly number[]) => number): Witness =>
  ({ axes }: Axes, args, i) =>
    join(group(only(args), axes, i))
const place =
  (better: (a: number, b: number) => boolean): Witness =>
  ({ axis }: Axis, args, i) =>
    group(only(args), [axis], i).reduce((best, v, k, all) => (better(v, all[best] as number) ? k : best), 0)
const running =
  (join: (a: number, b: number) => number, unit: number): Witness =>
  ({ axis, reverse }: Running, args, i) => {
    const x = only(args)
    const here = i[axis] as number
    const n = x.shape[axis] as number
    const steps = reverse
      ? Array.from({ length: n - here }, (_, k) => here + k)
      : Array.from({ length: here + 1 }, (_, k) => k)
    return steps
      .map((k) =>
        read(
          x,
          i.map((j, d) => (d === axis ? k : j)),
        ),
      )
      .reduce(join, unit)
  }
const total = (xs: readonly number[]): number => xs.reduce((a, b) => a + b, 0)

export const witnesses: { readonly [name: string]: Witness } = {
  sum: reduced(total),
  prod: reduced((xs) => xs.reduce((a, b) => a * b, 1)),
  reduceMax: reduced((xs) => Math.max(...xs)),
  reduceMin: reduced((xs) => Math.min(...xs)),
  argmax: place((a, b) => a > b),
  argmin: place((a, b) => a < b),
  cumSum: running((a, b) => a + b, 0),
  cumProd: running((a, b) => a * b, 1),
  iota: ({ axis }: Axis, _, i) => i[axis] as number,
  reshape: (_: object, args, i, out) => only(args).data[flat(out.shape, i)] as number,
  broadcast: ({ dims }: { readonly dims: Shape }, args, i) =>
    read(
      only(args),
      dims.map((d) => i[d] as number),
    ),
  permute: ({ perm }: { readonly perm: Shape }, args, i) =>
    read(
      only(args),
      perm.map((_, d) => i[perm.indexOf(d)] as number),
    ),
  reverse: ({ axes }: Axes, args, i) =>
    read(
      only(args),
      i.map((k, d) => (axes.includes(d) ? (only(args).shape[d] as number) - 1 - k : k)),
    ),
  slice: ({ start, stride }: Box, args, i) =>
    read(
      only(args),
      i.map((k, d) => (start[d] as number) + k * (stride[d] as number)),
    ),
  pad: ({ start, stride }: Box, args, i) =>
    total(
      indicesOf(only(args).shape)
        .filter((k) => k.every((n, d) => (start[d] as number) + n * (stride[d] as number) === i[d]))
        .map((k) => read(only(args), k)),
    ),
  unfold: ({ stride, dilation, low }: Windows, args, i) => {
    const [p, k] = i.slice(-2) as [number, number]
    return read(only(args), [...i.slice(0, -2), p * stride + k * dilation - low])
  },
  fold: ({ stride, dilation, low, count, size }: Windows, args, i) =>
    total(
      indicesOf([count, size])
        .filter(([p, k]) => (p as number) * stride + (k as number) * dilation - low === i.at(-1))
        .map((w) => read(only(args), [...i.slice(0, -1), ...w])),
    ),
  concat: ({ axis }: Axis, args, i) => {
    const from = args.map((_, k) => total(args.slice(0, k).map((x) => x.shape[axis] as number)))
    const k = from.findLastIndex((start) => start <= (i[axis] as number))
    return read(
      args[k],
      i.map((j, d) => (d === axis ? j - (from[k] as number) : j)),
    )
  },
  gather: ({ batch }: { readonly batch: number }, args, i) => {
    const [x, at] = args as readonly [Tensor, Tensor]
    const row = read(at, i.slice(0, at.shape.length))
    return read(x, [...i.slice(0, batch), clamp(x.shape[batch] as number, row), ...i.slice(at.shape.length)])
  },
  dynamicSlice: ({ batch, shape }: Placed, args, i) => {
    const [x, start] = args as readonly [Tensor, Tensor]
    const [front, own] = [i.slice(0, batch), i.slice(batch)]
    return read(x, [...front, ...own.map((k, d) => cornerOf(start, front, d, shape, x.shape.slice(batch)) + k)])
  },
  dynamicPad: ({ batch, shape }: Placed, args, i) => {
    const [x, start] = args as readonly [Tensor, Tensor]
    const [front, own, box] = [i.slice(0, batch), i.slice(batch), x.shape.slice(batch)]
    const from = own.map((k, d) => k - cornerOf(start, front, d, box, shape))
    return from.every((k, d) => k >= 0 && k < (box[d] as number)) ? read(x, [...front, ...from]) : 0
  },
  scatterAdd: ({ batch, size }: { readonly batch: number; readonly size: number }, args, i) => {
    const [x, at] = args as readonly [Tensor, Tensor]
    const rows = indicesOf(at.shape).filter(
      (j) => j.slice(0, batch).every((n, d) => n === i[d]) && clamp(size, read(at, j)) === i[batch],
    )
    return total(rows.map((j) => read(x, [...j, ...i.slice(batch + 1)])))
  },
  argsort: ({ descending }: { readonly descending: boolean }, args, i) => {
    const row = group(only(args), [i.length - 1], i.slice(0, -1))
    const order = row
      .map((_, k) => k)
      .sort((a, b) => (descending ? -1 : 1) * ((row[a] as number) - (row[b] as number)) || a - b)
    return order[i.at(-1) as number] as number
  },
  contract: ({ x, y, out, ties }: Labels, args, i) => {
    const [a, b] = args as readonly [Tensor, Tensor]
    const sizes = new Map([
      ...[...y].map((l, d) => [l, b.shape[d] as number] as const),
      ...[...x].map((l, d) => [l, a.shape[d] as number] as const),
    ])
    const summed = [...sizes.keys()].filter((l) => !out.includes(l))
    const terms = indicesOf(summed.map((l) => sizes.get(l) as number)).map((k) => {
      const at = (l: string): number => (out.includes(l) ? i[out.indexOf(l)] : k[summed.indexOf(l)]) as number
      const meets = ties.every((t) => t.cx * at(t.x) + t.cy * at(t.y) + t.co * at(t.out) + t.offset === 0)
      return meets ? read(a, [...x].map(at)) * read(b, [...y].map(at)) : 0
    })
    return total(terms)
  },
}
export const witnessed = (
  name: string,
  attrs: Attrs,
  args: readonly Tensor[],
  out: Type,
): readonly number[] | undefined => {
  const witness = witnesses[name]
  return witness && indicesOf(out.shape).map((i) => witness(attrs as never, args, i, out))
}
