/** The scalar functions as code, for one number and for four. Truth is 0 and 1 for one number, a mask for four. */
import type { Fn, Range } from '../../../lang/kernel/index.ts'
import type { DType } from '../../../lang/syntax/shape.ts'
import { type Code, f32, f32x4, i32, i32x4, select, v128 } from '../assembler/index.ts'
import type { Library } from '../functions/library.ts'
import { type Surroundings, singles } from '../functions/single.ts'

type V = Code<'v128'>
export type One = Code<'i32'> | Code<'f32'>
type Int = Code<'i32'>
type Real = Code<'f32'>
/** An operand in four lanes, and the integers it can be. */
export interface Lanes {
  readonly code: V
  readonly dtype: DType
  readonly range?: Range | undefined
}
export interface Single {
  readonly code: One
  readonly dtype: DType
  readonly range?: Range | undefined
}

const all = i32x4.const
const isPowerOf2 = (n: number): boolean => n > 0 && (n & (n - 1)) === 0
const log2 = (n: number): number => 31 - Math.clz32(n)

// -- conversions -----------------------------------------------------------------------------------------------------

export const lanesAs = (to: DType, { code, dtype }: Lanes): V => {
  if (to === dtype) return code
  switch (to) {
    case 'real':
      return dtype === 'int' ? f32x4.ofI32(code) : v128.and(code, f32x4.const(1))
    case 'int':
      return dtype === 'real' ? i32x4.ofF32(code) : v128.and(code, all(1))
    case 'bool':
      return dtype === 'real' ? f32x4.ne(code, f32x4.const(0)) : i32x4.ne(code, all(0))
  }
}
export const singleAs = (to: DType, { code, dtype }: Single): One => {
  if (to === dtype) return code
  switch (to) {
    case 'real':
      return f32.ofI32(code as Int)
    case 'int':
      return dtype === 'real' ? i32.ofF32(code as Real) : code
    case 'bool':
      return dtype === 'real' ? f32.ne(code as Real, f32.const(0)) : i32.ne(code as Int, i32.const(0))
  }
}

// -- four at a time --------------------------------------------------------------------------------------------------

const eachLane =
  (f: (x: Int, y: Int) => Int) =>
  (s: Surroundings, x0: V, y0: V): V => {
    const [x, y] = [s.bind(x0), s.bind(y0)]
    const lane = (k: number): Int => f(i32x4.lane(x, k), i32x4.lane(y, k))
    return [1, 2, 3].reduce((v, k) => i32x4.put(v, k, lane(k)), i32x4.splat(lane(0)))
  }
const fits = (r: Range | undefined): boolean => r !== undefined && r[0] > -(2 ** 21) && r[1] < 2 ** 21
/** floor(x / n). Below 2^21 the half keeps a float32 quotient on its side of every integer. */
const floorDivide = (s: Surroundings, x: Lanes, n: number, lib: Library): V => {
  if (isPowerOf2(n)) return n === 1 ? x.code : i32x4.shr(x.code, log2(n))
  if (!fits(x.range)) return eachLane((a, b) => floorQuotient(a, b, lib))(s, x.code, all(n))
  const middle = f32x4.add(f32x4.ofI32(x.code), f32x4.const(0.5))
  return i32x4.ofF32(f32x4.floor(f32x4.mul(middle, f32x4.const(1 / n))))
}
const floorRest = (x: Int, y: Int, lib: Library): Int => {
  const r = lib.intRem(x, y)
  return lib.intRem(i32.add(r, y), y)
}
const floorQuotient = (x: Int, y: Int, lib: Library): Int => lib.div(i32.sub(x, floorRest(x, y, lib)), y)

const intLanes = (s: Surroundings, lib: Library): { readonly [F in Fn]?: (x: V, y: V) => V } => ({
  neg: i32x4.neg,
  abs: i32x4.abs,
  add: i32x4.add,
  sub: i32x4.sub,
  mul: i32x4.mul,
  max: i32x4.max,
  min: i32x4.min,
  div: (x, y) => eachLane(lib.div)(s, x, y),
  rem: (x, y) => eachLane(lib.intRem)(s, x, y),
})
const remLanes = (s: Surroundings, lib: Library, x0: V, y0: V): V => {
  const [x, y] = [s.bind(x0), s.bind(y0)]
  const lane = (k: number): Real => lib.rem(f32x4.lane(x, k), f32x4.lane(y, k))
  return [1, 2, 3].reduce((v, k) => f32x4.put(v, k, lane(k)), f32x4.splat(lane(0)))
}
const compareLanes = {
  lt: [f32x4.lt, i32x4.lt],
  le: [f32x4.le, i32x4.le],
  eq: [f32x4.eq, i32x4.eq],
  ne: [f32x4.ne, i32x4.ne],
} as const
const widest = (xs: readonly { readonly dtype: DType }[]): DType =>
  xs.some((x) => x.dtype === 'real') ? 'real' : xs.some((x) => x.dtype === 'int') ? 'int' : 'bool'
type Compare = keyof typeof compareLanes
const isCompare = (f: Fn): f is Compare => f in compareLanes

/** The result has the element type that KernelIR says: masks for comparisons, `dtype` otherwise. */
export const lanesOf = (f: Fn, dtype: DType, args: readonly Lanes[], s: Surroundings, lib: Library): V => {
  const [x, y, z] = args as readonly [Lanes, Lanes, Lanes]
  const as = (to: DType, a: Lanes): V => lanesAs(to, a)
  if (f === 'select') return v128.select(as('bool', x), as(dtype, y), as(dtype, z))
  if (f === 'and') return v128.and(as('bool', x), as('bool', y))
  if (f === 'or') return v128.or(as('bool', x), as('bool', y))
  if (f === 'not') return v128.not(as('bool', x))
  if (f === 'toReal') return as('real', x)
  if (f === 'toInt') return as('int', x)
  const wide = widest(args)
  if (isCompare(f)) return compareLanes[f][wide === 'real' ? 0 : 1](as(wide, x), as(wide, y))
  if (f === 'idiv' || f === 'mod') {
    const n = y.range && y.range[0] === y.range[1] ? y.range[0] : undefined
    if (n === undefined)
      return eachLane((a, b) => (f === 'mod' ? floorRest(a, b, lib) : floorQuotient(a, b, lib)))(s, x.code, y.code)
    if (f === 'mod' && isPowerOf2(n)) return v128.and(x.code, all(n - 1))
    const bound: Lanes = { ...x, code: s.bind(x.code) }
    const quotient = floorDivide(s, bound, n, lib)
    return f === 'idiv' ? quotient : i32x4.sub(bound.code, i32x4.mul(quotient, all(n)))
  }
  if (wide === 'int' || wide === 'bool') {
    const made = intLanes(s, lib)[f]
    if (made) return made(as('int', x), args.length > 1 ? as('int', y) : x.code)
  }
  const reals = args.map((a) => as('real', a)) as unknown as readonly [V, V]
  const bodies: { readonly [F in Fn]?: (typeof singles)['exp'] } = singles
  const code = f === 'rem' ? remLanes(s, lib, reals[0], reals[1]) : bodies[f]?.(s, reals[0], reals[1] ?? reals[0])
  if (code === undefined) throw new Error(`no code for ${f}`)
  return lanesAs(dtype, { code, dtype: 'real' })
}

// -- one -------------------------------------------------------------------------------------------------------------

const realSingle: { readonly [F in Fn]?: (x: Real, y: Real) => Real } = {
  neg: f32.neg,
  abs: f32.abs,
  floor: f32.floor,
  ceil: f32.ceil,
  round: f32.nearest,
  sqrt: f32.sqrt,
  rsqrt: (x) => f32.div(f32.const(1), f32.sqrt(x)),
  add: f32.add,
  sub: f32.sub,
  mul: f32.mul,
  div: f32.div,
  max: f32.max,
  min: f32.min,
}
const intSingle: { readonly [F in Fn]?: (x: Int, y: Int) => Int } = {
  neg: (x) => i32.sub(i32.const(0), x),
  add: i32.add,
  sub: i32.sub,
  mul: i32.mul,
}
const compareSingle = {
  lt: [f32.lt, i32.lt],
  le: [f32.le, i32.le],
  eq: [f32.eq, i32.eq],
  ne: [f32.ne, i32.ne],
} as const

/** What is rare goes through lane 0 of the four. */
export const singleOf = (f: Fn, dtype: DType, args: readonly Single[], s: Surroundings, lib: Library): One => {
  const [x, y] = args as readonly [Single, Single]
  const as = (to: DType, a: Single): One => singleAs(to, a)
  if (f === 'select')
    return select(as('bool', x) as Int, as(dtype, y) as Int, as(dtype, args[2] as Single) as Int) as One
  if (f === 'toReal') return as('real', x)
  if (f === 'toInt') return as('int', x)
  if (f === 'not') return i32.eqz(as('bool', x) as Int)
  if (f === 'and') return i32.and(as('bool', x) as Int, as('bool', y) as Int)
  if (f === 'or') return i32.or(as('bool', x) as Int, as('bool', y) as Int)
  const wide = widest(args)
  if (isCompare(f)) {
    const [real, int] = compareSingle[f]
    return wide === 'real'
      ? real(as('real', x) as Real, as('real', y) as Real)
      : int(as(wide, x) as Int, as(wide, y) as Int)
  }
  if (f === 'idiv' || f === 'mod') {
    const [a, b] = [as('int', x) as Int, as('int', y) as Int]
    const positive = x.range !== undefined && x.range[0] >= 0 && y.range !== undefined && y.range[0] > 0
    if (positive) return f === 'idiv' ? i32.div(a, b) : i32.rem(a, b)
    return f === 'idiv' ? floorQuotient(a, b, lib) : floorRest(a, b, lib)
  }
  const quickInt = wide === 'real' ? undefined : intSingle[f]
  if (quickInt) return quickInt(as('int', x) as Int, (args.length > 1 ? as('int', y) : x.code) as Int)
  const quick = wide === 'real' ? realSingle[f] : undefined
  if (quick) return quick(as('real', x) as Real, (args.length > 1 ? as('real', y) : x.code) as Real)
  if (f === 'rem' && wide === 'real') return lib.rem(as('real', x) as Real, as('real', y) as Real)
  const lanes = args.map((a): Lanes => ({ code: splat(a), dtype: a.dtype, range: a.range }))
  return firstLane(lanesOf(f, dtype, lanes, s, lib), dtype)
}
export const splat = ({ code, dtype }: Single): V =>
  dtype === 'real'
    ? f32x4.splat(code as Real)
    : i32x4.splat(dtype === 'bool' ? i32.sub(i32.const(0), code as Int) : (code as Int))
export const firstLane = (v: V, dtype: DType): One =>
  dtype === 'real' ? f32x4.lane(v, 0) : dtype === 'int' ? i32x4.lane(v, 0) : i32.and(i32x4.lane(v, 0), i32.const(1))
