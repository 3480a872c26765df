/**
 * The numbers of threefry.ts and quantile.ts, to the last bit, in WebAssembly: four counters of the cipher at once, and two
 * quantiles. Each lane does the operations of the formula in their order; IEEE-754 fixes their results.
 */
import {
  type Code,
  count,
  f32x4,
  f64x2,
  giving,
  i32,
  i32x4,
  type Local,
  type Locals,
  type ModuleBuilder,
  makeModule,
  seq,
  v128,
} from '../../backends/wasm/assembler/index.ts'
import { nth } from '../../lang/syntax/list.ts'
import { instances } from './engine.ts'
import { central, reciprocals, tail, tails } from './quantile.ts'

type V = Code<'v128'>
type Int = Code<'i32'>
type Vector = Local<'v128'>

/** Of the rounds of the cipher, in turn. */
const rotations = [13, 15, 26, 6, 17, 29, 16, 24]
/** So many numbers at a time stay in the nearest cache. */
export const block = 1024
/** Addresses: uniform numbers, normal numbers, the places of those in the tails, and numbers in single precision. */
const places = { uniform: 0, normal: 8 * block, tails: 16 * block, single: 24 * block } as const
const roomFor = 32 * block

/** A vector of counters, which becomes the first words of their ciphers, and a vector for the second words. */
interface Words {
  readonly x: Vector
  readonly y: Vector
}
/** Counters (x, 0) under a key become the two words of their ciphers. The rounds of all vectors take turns. */
const cipher = (locals: Locals, words: readonly Words[], keys: readonly [Vector, Vector, Vector]): Code => {
  const turned = words.map(() => locals('v128'))
  const rotated = (v: V, by: number): V => v128.or(i32x4.shl(v, by), i32x4.shrUnsigned(v, 32 - by))
  const round = (by: number): Code =>
    seq(
      ...words.map(({ x, y }) => x.set(i32x4.add(x.get, y.get))),
      ...words.map(({ y }, k) => nth(turned, k).set(rotated(y.get, by))),
      ...words.map(({ x, y }, k) => y.set(v128.xor(nth(turned, k).get, x.get))),
    )
  const key = (n: number): V => nth(keys, n % 3).get
  const mixed = (n: number): Code =>
    seq(
      ...words.flatMap(({ x, y }) => [
        x.set(i32x4.add(x.get, key(n))),
        y.set(i32x4.add(y.get, i32x4.add(key(n + 1), i32x4.const(n)))),
      ]),
    )
  const rounds = Array.from({ length: 20 }, (_, r) => [
    round(nth(rotations, r % 8)),
    ...(r % 4 === 3 ? [mixed((r + 1) / 4)] : []),
  ])
  return seq(...words.flatMap(({ x, y }) => [x.set(i32x4.add(x.get, key(0))), y.set(key(1))]), ...rounds.flat())
}
/** The two uniform numbers of lanes 0 and 1: 27 bits above 26 bits, over 2^53. */
const uniformOf = (high: V, low: V): V =>
  f64x2.mul(f64x2.add(f64x2.mul(f64x2.ofI32(high), f64x2.const(2 ** 26)), f64x2.ofI32(low)), f64x2.const(2 ** -53))
const secondHalf = (v: V): V => v128.shuffle(v, v, [2, 3, 2, 3])

/** The value of a polynomial, by Horner's rule: the first coefficient belongs to the highest power. */
const polynomial = (coefficients: readonly number[], x: V): V => {
  const [first = 0, ...rest] = coefficients
  return rest.reduce<V>((sum, c) => f64x2.add(f64x2.mul(sum, x), f64x2.const(c)), f64x2.const(first))
}

/** ln p for 0 < p <= 1, normal numbers: as in quantile.ts, with the exponent taken from the bits. */
const logarithm = (locals: Locals, p: Vector): V => {
  const [exponent, m, s, series] = [locals('v128'), locals('v128'), locals('v128'), locals('v128')]
  // one unit less, so that a power of two counts to the interval that it ends
  const field = f64x2.shrInt(f64x2.subInt(p.get, i32x4.lanes([1, 0, 1, 0])), 52)
  const scale = f64x2.shlInt(f64x2.subInt(i32x4.lanes([2045, 0, 2045, 0]), exponent.get), 52)
  const halvings = f64x2.ofI32(i32x4.sub(i32x4.const(1022), v128.shuffle(exponent.get, exponent.get, [0, 2, 0, 2])))
  const terms = [...reciprocals]
    .slice(1)
    .map((c) => series.set(f64x2.add(f64x2.mul(f64x2.mul(series.get, s.get), s.get), f64x2.const(c))))
  return giving(
    [
      exponent.set(field),
      m.set(f64x2.mul(p.get, scale)),
      s.set(f64x2.div(f64x2.sub(m.get, f64x2.const(1)), f64x2.add(m.get, f64x2.const(1)))),
      series.set(f64x2.const(nth(reciprocals, 0))),
      ...terms,
    ],
    f64x2.sub(f64x2.mul(f64x2.mul(f64x2.const(2), s.get), series.get), f64x2.mul(halvings, f64x2.const(Math.LN2))),
  )
}

/** uniform(k0, k1, from, n): the numbers from, ..., from + n - 1, and up to seven more. */
const writeUniform = (m: ModuleBuilder) =>
  m.func(['i32', 'i32', 'i32', 'i32'], 'none', (locals, first, second, from, n) => {
    const keys = [locals('v128'), locals('v128'), locals('v128')] as const
    const [k0, k1, k2] = keys
    const words = [0, 4].map((start) => ({ start, x: locals('v128'), y: locals('v128') }))
    const [i, at] = [locals('i32'), locals('i32')]
    const eight = seq(
      at.set(i32.shl(i.get, i32.const(3))),
      ...words.map(({ start, x }) =>
        x.set(i32x4.add(i32x4.splat(i32.add(from.get, i.get)), i32x4.lanes([start, start + 1, start + 2, start + 3]))),
      ),
      cipher(locals, words, keys),
      ...words.flatMap(({ start, x, y }) => [
        x.set(i32x4.shrUnsigned(x.get, 5)),
        y.set(i32x4.shrUnsigned(y.get, 6)),
        v128.store(at.get, uniformOf(x.get, y.get), places.uniform + 8 * start),
        v128.store(at.get, uniformOf(secondHalf(x.get), secondHalf(y.get)), places.uniform + 8 * start + 16),
      ]),
    )
    return seq(
      k0.set(i32x4.splat(first.get)),
      k1.set(i32x4.splat(second.get)),
      k2.set(v128.xor(v128.xor(k0.get, k1.get), i32x4.const(0x1bd11bda))),
      count(i, i32.const(0), n.get, 8, eight),
    )
  })
/** tailed(n): the quantiles of the first n uniform numbers in the tails, whose addresses are listed. */
const writeTails = (m: ModuleBuilder) =>
  m.func(['i32'], 'none', (locals, n) => {
    const [i, a, b] = [locals('i32'), locals('i32'), locals('i32')]
    const [p, upper, q, x] = [locals('v128'), locals('v128'), locals('v128'), locals('v128')]
    const listed = (entry: number): Int => i32.load(i32.shl(i.get, i32.const(2)), places.tails + 4 * entry)
    const pair = seq(
      a.set(listed(0)),
      b.set(listed(1)),
      p.set(v128.loadLane64(v128.loadSplat64(a.get, places.uniform), 1, b.get, places.uniform)),
      upper.set(f64x2.gt(p.get, f64x2.const(1 - tail))),
      p.set(f64x2.max(p.get, f64x2.const(2 ** -54))),
      p.set(v128.select(upper.get, f64x2.sub(f64x2.const(1), p.get), p.get)),
      q.set(f64x2.sqrt(f64x2.mul(f64x2.const(-2), logarithm(locals, p)))),
      x.set(f64x2.div(polynomial(tails.above, q.get), polynomial([...tails.below, 1], q.get))),
      x.set(v128.select(upper.get, f64x2.neg(x.get), x.get)),
      v128.storeLane64(a.get, x.get, 0, places.normal),
      v128.storeLane64(b.get, x.get, 1, places.normal),
    )
    return count(i, i32.const(0), n.get, 2, pair)
  })
/** normal(n): the quantiles of the first n uniform numbers, and of up to seven more. */
const writeNormal = (m: ModuleBuilder, inTails: ReturnType<typeof writeTails>) =>
  m.func(['i32'], 'none', (locals, n) => {
    const [i, at, found] = [locals('i32'), locals('i32'), locals('i32')]
    const lanes = [0, 2, 4, 6].map((start) => ({
      ...{ offset: 8 * start, p: locals('v128'), q: locals('v128'), r: locals('v128'), far: locals('v128') },
    }))
    /** Lists a place, and counts it if its number is in a tail: the next one then has a place of its own in the list. */
    const list = (far: V, lane: number, offset: number): readonly Code[] => [
      i32.store(i32.shl(found.get, i32.const(2)), i32.add(at.get, i32.const(offset + 8 * lane)), places.tails),
      found.set(i32.sub(found.get, i32x4.lane(far, 2 * lane))),
    ]
    const eight = seq(
      at.set(i32.shl(i.get, i32.const(3))),
      ...lanes.map(({ offset, p }) => p.set(v128.load(at.get, places.uniform + offset))),
      ...lanes.map(({ p, q }) => q.set(f64x2.sub(p.get, f64x2.const(0.5)))),
      ...lanes.map(({ q, r }) => r.set(f64x2.mul(q.get, q.get))),
      ...lanes.map(({ p, far }) =>
        far.set(v128.or(f64x2.gt(p.get, f64x2.const(1 - tail)), f64x2.lt(p.get, f64x2.const(tail)))),
      ),
      ...lanes.map(({ offset, q, r }) =>
        v128.store(
          at.get,
          f64x2.div(f64x2.mul(q.get, polynomial(central.above, r.get)), polynomial([...central.below, 1], r.get)),
          places.normal + offset,
        ),
      ),
      ...lanes.flatMap(({ offset, far }) => [...list(far.get, 0, offset), ...list(far.get, 1, offset)]),
    )
    const end = i32.shl(found.get, i32.const(2))
    return seq(
      found.set(i32.const(0)),
      count(i, i32.const(0), n.get, 8, eight),
      // an odd last one is computed twice
      i32.store(end, i32.load(end, places.tails - 4), places.tails),
      inTails.call(found.get),
    )
  })
/** (n, scale): numbers in single precision. */
const writeNarrowed = (m: ModuleBuilder, from: number, change: (x: V, scale: V) => V) =>
  m.func(['i32', 'f64'], 'none', (locals, n, scale) => {
    const [i, at, by] = [locals('i32'), locals('i32'), locals('v128')]
    const half = (offset: number): V =>
      f32x4.ofF64(change(v128.load(i32.shl(at.get, i32.const(1)), from + offset), by.get))
    return seq(
      by.set(f64x2.splat(scale.get)),
      count(
        i,
        i32.const(0),
        n.get,
        4,
        seq(
          at.set(i32.shl(i.get, i32.const(2))),
          v128.store(at.get, v128.shuffle(half(0), half(16), [0, 1, 4, 5]), places.single),
        ),
      ),
    )
  })
const writeModule = () => {
  const m = makeModule()
  m.export('uniform', writeUniform(m))
  m.export('normal', writeNormal(m, writeTails(m)))
  const within = (u: V, bound: V): V => f64x2.mul(bound, f64x2.sub(f64x2.mul(f64x2.const(2), u), f64x2.const(1)))
  m.export('within', writeNarrowed(m, places.uniform, within))
  m.export(
    'spread',
    writeNarrowed(m, places.normal, (x, deviation) => f64x2.mul(deviation, x)),
  )
  return m.finish({ pages: 1 })
}

interface Calls {
  readonly uniform: (k0: number, k1: number, from: number, n: number) => void
  readonly normal: (n: number) => void
  readonly within: (n: number, bound: number) => void
  readonly spread: (n: number, deviation: number) => void
}
const open = instances<Calls>(writeModule)
/** Functions on blocks of numbers, and the memory in which they leave them; undefined where the host has no vectors. */
export const openVectors = () => {
  const found = open(roomFor)
  if (found === undefined) return undefined
  const { buffer, calls } = found
  return {
    calls,
    uniforms: new Float64Array(buffer, places.uniform, block),
    normals: new Float64Array(buffer, places.normal, block),
    singles: new Float32Array(buffer, places.single, block),
  }
}
