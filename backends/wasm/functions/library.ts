/** The functions that a module holds once, written when code first calls them. */
import type { Fn } from '../../../lang/kernel/index.ts'
import { bug } from '../../../lang/syntax/error.ts'
import {
  type Code,
  choose,
  type Element,
  exponentMask,
  type Func,
  f32,
  f64,
  giving,
  i32,
  i64,
  type Local,
  type Locals,
  type ModuleBuilder,
  type Real,
  seq,
  when,
  whileDo,
} from '../assembler/index.ts'
import { doubles, type Site, type V } from './double.ts'
import { float64Functions } from './float64.ts'
import type { Body, Surroundings } from './polynomial.ts'
import { precise } from './precise.ts'
import { singles } from './single.ts'

export interface FunctionLibrary {
  readonly element: Element
  /** The functions from reals to reals, on a vector. */
  readonly bodies: { readonly [F in Fn]?: Body }
  readonly call: Surroundings['call']
  /** x - y trunc(x / y), exactly; the sign of x. */
  readonly rem: (x: Real, y: Real) => Real
  /** Rounds towards 0; a division by 0 gives 0. */
  readonly div: (x: Code<'i32'>, y: Code<'i32'>) => Code<'i32'>
  readonly intRem: (x: Code<'i32'>, y: Code<'i32'>) => Code<'i32'>
}

const toDouble = (x: Real): Code<'f64'> => (isDouble(x) ? x : f64.ofF32(x as Code<'f32'>)) // the other case
const isDouble = (x: Real): x is Code<'f64'> => x.type === 'f64'
type Divide = (local: Locals, a: Local<'f64'>, b: Local<'f64'>) => Code
/** a becomes a mod b, for positive float32: every step subtracts a multiple whose quotient is below 2^28, exactly. */
const divisionInSteps: Divide = (local, a, b) => {
  const [q, s, t] = [local('f64'), local('f64'), local('f64')]
  const one = f64.const(1)
  const quotient = f64.div(a.get, b.get)
  const scale = f64.mul(f64.ofBits(i64.and(i64.bitsOf(q.get), exponentMask)), f64.const(2 ** -27))
  const step = seq(
    s.set(giving([q.set(quotient)], choose(f64.lt(q.get, f64.const(2 ** 28)), one, scale))),
    t.set(f64.mul(s.get, b.get)),
    a.set(f64.sub(a.get, f64.mul(f64.trunc(f64.div(q.get, s.get)), t.get))),
    a.set(choose(f64.lt(a.get, f64.const(0)), f64.add(a.get, t.get), a.get)),
    a.set(choose(f64.ge(a.get, t.get), f64.sub(a.get, t.get), a.get)),
  )
  return whileDo(f64.ge(a.get, b.get), step)
}
/** The same for float64, bit by bit of the quotient: b 2^k is exact, and so is every difference. */
const longDivision: Divide = (local, a, b) => {
  const t = local('f64')
  const half = f64.const(0.5)
  return seq(
    t.set(b.get),
    whileDo(f64.le(t.get, f64.mul(a.get, half)), t.set(f64.add(t.get, t.get))),
    whileDo(
      f64.ge(t.get, b.get),
      seq(when(f64.ge(a.get, t.get), a.set(f64.sub(a.get, t.get))), t.set(f64.mul(t.get, half))),
    ),
  )
}

type PairBody = (s: Site, call: Surroundings['call'], x: V, y: V) => V
type Pairs = { readonly [name: string]: readonly [arity: 1 | 2, body: PairBody] | undefined }
type Name = Parameters<Surroundings['call']>[0]

export const makeLibrary = (m: ModuleBuilder, element: Element): FunctionLibrary => {
  const double = element.type === 'f64'
  const pairs: Pairs = double ? precise : doubles
  const known = new Map<string, Func<readonly 'v128'[], 'v128'>>()
  const call: Surroundings['call'] = (name, ...args) => {
    const found = known.get(name) ?? write(name)
    known.set(name, found)
    return found.call(...args)
  }
  const write = (name: Name): Func<readonly 'v128'[], 'v128'> => {
    const [arity, body] = pairs[name] ?? bug(`no function ${name} in ${element.precision}`)
    const params = Array.from({ length: arity }, () => 'v128' as const)
    return m.func(params as readonly 'v128'[], 'v128', (locals, ...xs) => {
      const statements: Code[] = []
      const site: Site = {
        local: locals,
        emit: (s) => {
          statements.push(s)
        },
        bind: (v) => {
          const l = locals('v128')
          statements.push(l.set(v))
          return l.get
        },
      }
      const [x, y] = xs.map((p) => p.get) as [V, V]
      const result = body(site, call, x, y ?? x)
      return giving(statements, result)
    })
  }
  const once = <T>(write: () => T): (() => T) => {
    let written: T | undefined
    return () => {
      written ??= write()
      return written
    }
  }

  const rem = once(() =>
    m.func([element.type, element.type], element.type, (local, x, y) => {
      const [a, b] = [local('f64'), local('f64')]
      const looped = giving(
        [(double ? longDivision : divisionInSteps)(local, a, b)],
        f64.copysign(a.get, toDouble(x.get)),
      )
      const infinite = f64.const(Number.POSITIVE_INFINITY)
      const proper = i32.and(f64.lt(a.get, infinite), i32.and(f64.gt(b.get, f64.const(0)), f64.lt(b.get, infinite)))
      // x % infinity = x; every other case is NaN
      const special = choose(
        i32.and(f64.eq(b.get, infinite), f64.lt(a.get, b.get)),
        toDouble(x.get),
        f64.const(Number.NaN),
      )
      const rest = choose(proper, looped, special)
      return giving([a.set(f64.abs(toDouble(x.get))), b.set(f64.abs(toDouble(y.get)))], double ? rest : f32.ofF64(rest))
    }),
  )
  const integer = (f: (x: Code<'i32'>, y: Code<'i32'>) => Code<'i32'>, byMinusOne: (x: Code<'i32'>) => Code<'i32'>) =>
    once(() =>
      m.func(['i32', 'i32'], 'i32', (_, x, y) =>
        choose(i32.eqz(y.get), i32.const(0), choose(i32.eq(y.get, i32.const(-1)), byMinusOne(x.get), f(x.get, y.get))),
      ),
    )
  const div = integer(i32.div, (x) => i32.sub(i32.const(0), x))
  const intRem = integer(i32.rem, () => i32.const(0))
  return {
    element,
    bodies: double ? float64Functions : singles,
    call,
    rem: (x, y) => rem().call(x, y),
    div: (x, y) => div().call(x, y),
    intRem: (x, y) => intRem().call(x, y),
  }
}
