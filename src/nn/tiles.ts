/** Vectors of float64 in the memory of a WebAssembly module, and products of several of them at once. */
import {
  type Code,
  count as counted,
  f64,
  f64x2,
  giving,
  i32,
  type Local,
  type Locals,
  type ModuleBuilder,
  makeModule,
  seq,
  v128,
} from '../../backends/wasm/assembler/index.ts'
import { nth } from '../../lang/syntax/list.ts'
import { instances } from '../random/engine.ts'

/** The vectors of a block: a multiple of 4. */
export const width = 16
/** Bytes of a row of products. */
const row = 8 * width
type Int = Local<'i32'>
type Vector = Local<'v128'>

/** A vector of two numbers: at a byte offset that varies, and a constant one. */
interface Place {
  readonly offset: Code<'i32'>
  readonly then: number
}
/** Runs a body for every two of n numbers, n a multiple of 4. */
const everyTwo = (locals: Locals, n: Int, body: (p: Place) => Code): Code => {
  const at = locals('i32')
  const both = seq(...[0, 16].map((then) => body({ offset: at.get, then })))
  return counted(at, i32.const(0), i32.shl(n.get, i32.const(3)), 32, both)
}
const load = (from: Int, { offset, then }: Place): Code<'v128'> => v128.load(i32.add(from.get, offset), then)
const store = (to: Int, { offset, then }: Place, x: Code<'v128'>): Code => v128.store(i32.add(to.get, offset), x, then)
const sumOf = (x: Vector): Code<'f64'> => f64.add(f64x2.lane(x.get, 0), f64x2.lane(x.get, 1))
/** The four vectors at u, u + stride, ... */
const fourOf = (locals: Locals, u: Int, stride: Int): { readonly start: Code; readonly at: readonly Int[] } => {
  const others = [locals('i32'), locals('i32'), locals('i32')]
  const at = [u, ...others]
  return { start: seq(...others.map((o, k) => o.set(i32.add(nth(at, k).get, stride.get)))), at }
}
/** (a, b, c, u, stride, n, products): three vectors, and four from u on; the products of b and c are rows below those of a. */
const tile = ['i32', 'i32', 'i32', 'i32', 'i32', 'i32', 'i32'] as const

/** Adds the products of the three with the four. */
const writeProducts = (m: ModuleBuilder) =>
  m.func(tile, 'none', (locals, a, b, c, u, stride, n, products) => {
    const four = fourOf(locals, u, stride)
    const [z, three] = [locals('v128'), [a, b, c].map((from) => ({ from, x: locals('v128') }))]
    const sums = four.at.map((at) => ({ at, of: three.map(() => locals('v128')) }))
    const step = (p: Place): Code =>
      seq(
        ...three.map(({ from, x }) => x.set(load(from, p))),
        ...sums.flatMap(({ at, of }) => [
          z.set(load(at, p)),
          ...of.map((sum, k) => sum.set(f64x2.add(sum.get, f64x2.mul(nth(three, k).x.get, z.get)))),
        ]),
      )
    const keep = (x: Vector, offset: number): Code =>
      f64.store(products.get, f64.add(f64.load(products.get, offset), sumOf(x)), offset)
    return seq(
      four.start,
      ...sums.flatMap(({ of }) => of.map((sum) => sum.set(f64x2.const(0)))),
      everyTwo(locals, n, step),
      ...sums.flatMap(({ of }, k) => of.map((sum, j) => keep(sum, row * j + 8 * k))),
    )
  })
/** Subtracts from the three their projections on the four. */
const writeSubtract = (m: ModuleBuilder) =>
  m.func(tile, 'none', (locals, a, b, c, u, stride, n, products) => {
    const four = fourOf(locals, u, stride)
    const [z, three] = [locals('v128'), [a, b, c].map((from) => ({ from, x: locals('v128') }))]
    const along = four.at.map((at) => ({ at, of: three.map(() => locals('v128')) }))
    const step = (p: Place): Code =>
      seq(
        ...three.map(({ from, x }) => x.set(load(from, p))),
        ...along.flatMap(({ at, of }) => [
          z.set(load(at, p)),
          ...of.map((by, k) => nth(three, k).x.set(f64x2.sub(nth(three, k).x.get, f64x2.mul(by.get, z.get)))),
        ]),
        ...three.map(({ from, x }) => store(from, p, x.get)),
      )
    return seq(
      four.start,
      ...along.flatMap(({ of }, k) => of.map((by, j) => by.set(v128.loadSplat64(products.get, row * j + 8 * k)))),
      everyTwo(locals, n, step),
    )
  })
const writeModule = () => {
  const m = makeModule()
  const [addProducts, subtract] = [writeProducts(m), writeSubtract(m)]
  const dot = m.func(['i32', 'i32', 'i32'], 'f64', (locals, a, b, n) => {
    const sum = locals('v128')
    const step = (p: Place): Code => sum.set(f64x2.add(sum.get, f64x2.mul(load(a, p), load(b, p))))
    return giving([sum.set(f64x2.const(0)), everyTwo(locals, n, step)], sumOf(sum))
  })
  /** x := scale x - along u */
  const combine = m.func(['i32', 'f64', 'f64', 'i32', 'i32'], 'none', (locals, x, scale, along, u, n) =>
    everyTwo(locals, n, (p) =>
      store(
        x,
        p,
        f64x2.sub(f64x2.mul(f64x2.splat(scale.get), load(x, p)), f64x2.mul(f64x2.splat(along.get), load(u, p))),
      ),
    ),
  )
  for (const [name, f] of Object.entries({ addProducts, subtract, dot, combine })) m.export(name, f)
  return m.finish({ pages: 1 })
}

type TileCall = (a: number, b: number, c: number, u: number, stride: number, n: number, products: number) => void
interface Calls {
  readonly addProducts: TileCall
  readonly subtract: TileCall
  readonly dot: (a: number, b: number, n: number) => number
  readonly combine: (x: number, scale: number, along: number, u: number, n: number) => void
}
/**
 * On three vectors from a on, four from q on, the number of q in its block, and the numbers start, ..., start + n - 1. Where
 * vectors end, the last one stands for those after it: its work is done again, to the same effect.
 */
type Treat = (a: number, q: number, inBlock: number, start: number, n: number) => void
export interface Tiles {
  readonly write: (v: Float64Array) => void
  readonly read: (v: Float64Array) => void
  readonly dot: (a: number, b: number) => number
  /** x - along u */
  readonly less: (x: number, along: number, u: number) => void
  readonly scale: (x: number, by: number) => void
  /** Sets all products to 0. */
  readonly clear: () => void
  readonly addProducts: Treat
  readonly subtract: Treat
}
const open = instances<Calls>(writeModule)
/** Fewer numbers are not worth a memory. */
const few = 1 << 12
/** Room for vectors, and what can be done with them; undefined for few numbers, or where the host has no vectors. */
export const openTiles = (count: number, length: number): Tiles | undefined => {
  // a multiple of 4 numbers: those after the last are 0. Three vectors after the last block exist
  const whole = 4 * Math.ceil(length / 4)
  const stride = 8 * whole
  const products = stride * (count + 4)
  const found = count * length < few ? undefined : open(products + row * (count + 3))
  if (found === undefined) return undefined
  const { buffer, calls } = found
  const rows = Array.from({ length: count }, (_, k) => new Float64Array(buffer, stride * k, length))
  const all = new Float64Array(buffer, products, width * (count + 3))
  const at = (k: number, start: number): number => stride * Math.min(k, count - 1) + 8 * start
  const treat =
    (call: TileCall): Treat =>
    (a, q, inBlock, start, n) =>
      call(
        ...([at(a, start), at(a + 1, start), at(a + 2, start)] as const),
        ...([at(q, start), stride, 4 * Math.ceil(n / 4), products + row * a + 8 * inBlock] as const),
      )
  return {
    write: (v) => {
      for (const [k, r] of rows.entries()) r.set(v.subarray(k * length, (k + 1) * length))
    },
    read: (v) => {
      for (const [k, r] of rows.entries()) v.set(r, k * length)
    },
    dot: (a, b) => calls.dot(stride * a, stride * b, whole),
    less: (x, along, u) => calls.combine(stride * x, 1, along, stride * u, whole),
    scale: (x, by) => calls.combine(stride * x, by, 0, stride * x, whole),
    clear: () => {
      all.fill(0)
    },
    addProducts: treat(calls.addProducts),
    subtract: treat(calls.subtract),
  }
}
