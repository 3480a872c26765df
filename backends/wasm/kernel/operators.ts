/** The scalar functions as code, for one number and for a vector. Truth is 0 or 1 as one number, a mask in lanes. */
import type { Fn, Range } from '../../../lang/kernel/index.ts'
import { bug } from '../../../lang/syntax/error.ts'
import type { DType } from '../../../lang/syntax/shape.ts'
import {
  type Code,
  type Element,
  f32x4,
  i32,
  i32x4,
  type Numeric,
  type Real,
  select,
  v128,
} from '../assembler/index.ts'
import type { FunctionLibrary } from '../functions/library.ts'
import type { Surroundings } from '../functions/polynomial.ts'

type V = Code<'v128'>
export type One = Code<'i32'> | Real
type Int = Code<'i32'>
/** An operand in lanes, and the range of its integers. */
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

/** Narrows code whose type depends on an element type, and checks it. */
const ofType = <T extends Numeric>(type: T, x: Code<Numeric>): Code<T> =>
  x.type === type ? (x as Code<T>) : bug(`code of ${x.type} where ${type} is needed`)
export const asInt = (x: V | One): Int => ofType('i32', x)
export const asSingle = (x: V | One): Code<'f32'> => ofType('f32', x)
/** A real of the module's element type. */
export const asReal = (x: V | One): Real => (x.type === 'f64' ? ofType('f64', x) : asSingle(x))
export const asOne = (x: V | One): One => (x.type === 'v128' ? bug('lanes where one number is needed') : x)
export const asLanes = (x: V | One): V => ofType('v128', x)

const all = i32x4.const
const isPowerOf2 = (n: number): boolean => n > 0 && (n & (n - 1)) === 0
const log2 = (n: number): number => 31 - Math.clz32(n)

// -- conversions -----------------------------------------------------------------------------------------------------

export const lanesAs = ({ each, toI32s, maskOf, narrowed }: Element, to: DType, { code, dtype }: Lanes): V => {
  if (to === dtype) return code
  switch (to) {
    case 'real':
      return dtype === 'int' ? each.ofI32(code) : v128.and(code, each.const(1))
    case 'int':
      return dtype === 'real' ? toI32s(code) : v128.and(narrowed(code), all(1))
    case 'bool':
      return dtype === 'real' ? each.ne(code, each.const(0)) : maskOf(i32x4.ne(code, all(0)))
  }
}
export const singleAs = ({ one, toI32 }: Element, to: DType, { code, dtype }: Single): One => {
  if (to === dtype) return code
  switch (to) {
    case 'real':
      return one.ofI32(asInt(code))
    case 'int':
      return dtype === 'real' ? toI32(asReal(code)) : code
    case 'bool':
      return dtype === 'real' ? one.ne(asReal(code), one.const(0)) : i32.ne(asInt(code), i32.const(0))
  }
}

// -- in lanes --------------------------------------------------------------------------------------------------------

const eachLane =
  ({ lanes }: Element, f: (x: Int, y: Int) => Int) =>
  (s: Surroundings, x0: V, y0: V): V => {
    const [x, y] = [s.bind(x0), s.bind(y0)]
    const lane = (k: number): Int => f(i32x4.lane(x, k), i32x4.lane(y, k))
    return [1, 2, 3].slice(0, lanes - 1).reduce((v, k) => i32x4.put(v, k, lane(k)), i32x4.splat(lane(0)))
  }
const fits = (r: Range | undefined): boolean => r !== undefined && r[0] > -(2 ** 21) && r[1] < 2 ** 21
/** floor(x / n). Below 2^21 adding 1/2 keeps a float32 quotient on the right side of every integer. */
const floorDivide = (s: Surroundings, x: Lanes, n: number, lib: FunctionLibrary): V => {
  if (isPowerOf2(n)) return n === 1 ? x.code : i32x4.shr(x.code, log2(n))
  if (!fits(x.range)) return eachLane(lib.element, (a, b) => floorQuotient(a, b, lib))(s, x.code, all(n))
  const middle = f32x4.add(f32x4.ofI32(x.code), f32x4.const(0.5))
  return i32x4.ofF32(f32x4.floor(f32x4.mul(middle, f32x4.const(1 / n))))
}
const floorRest = (x: Int, y: Int, lib: FunctionLibrary): Int => {
  const r = lib.intRem(x, y)
  return lib.intRem(i32.add(r, y), y)
}
const floorQuotient = (x: Int, y: Int, lib: FunctionLibrary): Int => lib.div(i32.sub(x, floorRest(x, y, lib)), y)

const intLanes = (s: Surroundings, lib: FunctionLibrary): { readonly [F in Fn]?: (x: V, y: V) => V } => ({
  neg: i32x4.neg,
  abs: i32x4.abs,
  add: i32x4.add,
  sub: i32x4.sub,
  mul: i32x4.mul,
  max: i32x4.max,
  min: i32x4.min,
  div: (x, y) => eachLane(lib.element, lib.div)(s, x, y),
  rem: (x, y) => eachLane(lib.element, lib.intRem)(s, x, y),
})
const remLanes = (s: Surroundings, lib: FunctionLibrary, x0: V, y0: V): V => {
  const [x, y] = [s.bind(x0), s.bind(y0)]
  const { each, lanes } = lib.element
  const lane = (k: number): Real => lib.rem(each.lane(x, k), each.lane(y, k))
  return [1, 2, 3].slice(0, lanes - 1).reduce((v, k) => each.put(v, k, lane(k)), each.splat(lane(0)))
}
const widest = (xs: readonly { readonly dtype: DType }[]): DType =>
  xs.some((x) => x.dtype === 'real') ? 'real' : xs.some((x) => x.dtype === 'int') ? 'int' : 'bool'
const compares = ['lt', 'le', 'eq', 'ne'] as const
type Compare = (typeof compares)[number]
const isCompare = (f: Fn): f is Compare => compares.some((c) => c === f)

/** The result has the element type of KernelIR: masks for comparisons, `dtype` otherwise. */
export const lanesOf = (f: Fn, dtype: DType, args: readonly Lanes[], s: Surroundings, lib: FunctionLibrary): V => {
  const [x, y, z] = args as readonly [Lanes, Lanes, Lanes] // a function never uses more arguments than it has
  const { element } = lib
  const as = (to: DType, a: Lanes): V => lanesAs(element, to, a)
  if (f === 'select') {
    const test = as('bool', x)
    return v128.select(dtype === 'int' ? element.narrowed(test) : test, as(dtype, y), as(dtype, z))
  }
  if (f === 'and') return v128.and(as('bool', x), as('bool', y))
  if (f === 'or') return v128.or(as('bool', x), as('bool', y))
  if (f === 'not') return v128.not(as('bool', x))
  if (f === 'toReal') return as('real', x)
  if (f === 'toInt') return as('int', x)
  const wide = widest(args)
  if (isCompare(f)) {
    const [a, b] = [as(wide, x), as(wide, y)]
    if (wide === 'real') return element.each[f](a, b)
    return wide === 'bool' ? i32x4[f](a, b) : element.maskOf(i32x4[f](a, b))
  }
  if (f === 'idiv' || f === 'mod') {
    const n = y.range && y.range[0] === y.range[1] ? y.range[0] : undefined
    if (n === undefined)
      return eachLane(element, (a, b) => (f === 'mod' ? floorRest(a, b, lib) : floorQuotient(a, b, lib)))(
        s,
        x.code,
        y.code,
      )
    if (f === 'mod' && isPowerOf2(n)) return v128.and(x.code, all(n - 1))
    const bound: Lanes = { ...x, code: s.bind(x.code) }
    const quotient = floorDivide(s, bound, n, lib)
    return f === 'idiv' ? quotient : i32x4.sub(bound.code, i32x4.mul(quotient, all(n)))
  }
  if (wide === 'int' || wide === 'bool') {
    const ofInts = intLanes(s, lib)[f]
    if (ofInts) return ofInts(as('int', x), args.length > 1 ? as('int', y) : x.code)
  }
  const first = as('real', x)
  const second = args.length > 1 ? as('real', y) : first
  const code = f === 'rem' ? remLanes(s, lib, first, second) : lib.bodies[f]?.(s, first, second)
  return as(dtype, { code: code ?? bug(`no code for ${f}`), dtype: 'real' })
}

// -- one -------------------------------------------------------------------------------------------------------------

const realSingle = ({ one }: Element): { readonly [F in Fn]?: (x: Real, y: Real) => Real } => ({
  neg: one.neg,
  abs: one.abs,
  floor: one.floor,
  ceil: one.ceil,
  round: one.nearest,
  sqrt: one.sqrt,
  rsqrt: (x) => one.div(one.const(1), one.sqrt(x)),
  add: one.add,
  sub: one.sub,
  mul: one.mul,
  div: one.div,
  max: one.max,
  min: one.min,
})
const intSingle: { readonly [F in Fn]?: (x: Int, y: Int) => Int } = {
  neg: (x) => i32.sub(i32.const(0), x),
  add: i32.add,
  sub: i32.sub,
  mul: i32.mul,
}

/** Rare functions are computed in lanes, of which lane 0 is taken. */
export const singleOf = (f: Fn, dtype: DType, args: readonly Single[], s: Surroundings, lib: FunctionLibrary): One => {
  const [x, y, z] = args as readonly [Single, Single, Single] // a function never uses more arguments than it has
  const { element } = lib
  const as = (to: DType, a: Single): One => singleAs(element, to, a)
  if (f === 'select') {
    const [test, yes, no] = [asInt(as('bool', x)), as(dtype, y), as(dtype, z)]
    return dtype === 'real' ? select(test, asReal(yes), asReal(no)) : select(test, asInt(yes), asInt(no))
  }
  if (f === 'toReal') return as('real', x)
  if (f === 'toInt') return as('int', x)
  if (f === 'not') return i32.eqz(asInt(as('bool', x)))
  if (f === 'and') return i32.and(asInt(as('bool', x)), asInt(as('bool', y)))
  if (f === 'or') return i32.or(asInt(as('bool', x)), asInt(as('bool', y)))
  const wide = widest(args)
  if (isCompare(f))
    return wide === 'real'
      ? element.one[f](asReal(as('real', x)), asReal(as('real', y)))
      : i32[f](asInt(as(wide, x)), asInt(as(wide, y)))
  if (f === 'idiv' || f === 'mod') {
    const [a, b] = [asInt(as('int', x)), asInt(as('int', y))]
    const positive = x.range !== undefined && x.range[0] >= 0 && y.range !== undefined && y.range[0] > 0
    if (positive) return f === 'idiv' ? i32.div(a, b) : i32.rem(a, b)
    return f === 'idiv' ? floorQuotient(a, b, lib) : floorRest(a, b, lib)
  }
  const quickInt = wide === 'real' ? undefined : intSingle[f]
  if (quickInt) return quickInt(asInt(as('int', x)), asInt(args.length > 1 ? as('int', y) : x.code))
  const quick = wide === 'real' ? realSingle(element)[f] : undefined
  if (quick) return quick(asReal(as('real', x)), asReal(args.length > 1 ? as('real', y) : x.code))
  if (f === 'rem' && wide === 'real') return lib.rem(asReal(as('real', x)), asReal(as('real', y)))
  const lanes = args.map((a): Lanes => ({ code: splat(element, a), dtype: a.dtype, range: a.range }))
  return firstLane(element, lanesOf(f, dtype, lanes, s, lib), dtype)
}
export const splat = ({ each }: Element, { code, dtype }: Single): V =>
  dtype === 'real'
    ? each.splat(asReal(code))
    : i32x4.splat(dtype === 'bool' ? i32.sub(i32.const(0), asInt(code)) : asInt(code))
export const firstLane = ({ each }: Element, v: V, dtype: DType): One =>
  dtype === 'real' ? each.lane(v, 0) : dtype === 'int' ? i32x4.lane(v, 0) : i32.and(i32x4.lane(v, 0), i32.const(1))
