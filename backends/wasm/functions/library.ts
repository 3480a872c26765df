/** The functions that a module holds once, written when code first calls them. */
import {
  type Code,
  choose,
  exponentMask,
  type Func,
  f32,
  f64,
  giving,
  i32,
  i64,
  type ModuleBuilder,
  seq,
  whileDo,
} from '../assembler/index.ts'
import { type Call, type Double, doubles, type Site, type V } from './double.ts'

export interface FunctionLibrary {
  readonly call: Call
  /** x - y trunc(x / y), exactly; the sign of x. */
  readonly rem: (x: Code<'f32'>, y: Code<'f32'>) => Code<'f32'>
  /** Rounds towards 0; a division by 0 gives 0. */
  readonly div: (x: Code<'i32'>, y: Code<'i32'>) => Code<'i32'>
  readonly intRem: (x: Code<'i32'>, y: Code<'i32'>) => Code<'i32'>
}

export const makeLibrary = (m: ModuleBuilder): FunctionLibrary => {
  const known = new Map<string, Func<readonly 'v128'[], 'v128'>>()
  const call: Call = (name, ...args) => {
    const found = known.get(name) ?? write(name)
    known.set(name, found)
    return found.call(...args)
  }
  const write = (name: Double): Func<readonly 'v128'[], 'v128'> => {
    const [arity, body] = doubles[name]
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

  /** Every step subtracts a multiple of y with a quotient below 2^28, so that all products are exact. */
  const rem = once(() =>
    m.func(['f32', 'f32'], 'f32', (local, x, y) => {
      const [a, b, q, s, t] = [local('f64'), local('f64'), local('f64'), local('f64'), local('f64')]
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
      const proper = i32.and(
        f64.lt(a.get, f64.const(Number.POSITIVE_INFINITY)),
        i32.and(f64.gt(b.get, f64.const(0)), f64.lt(b.get, f64.const(Number.POSITIVE_INFINITY))),
      )
      const looped = giving([whileDo(f64.ge(a.get, b.get), step)], f64.copysign(a.get, f64.ofF32(x.get)))
      // x % infinity = x; every other case is NaN
      const special = choose(
        i32.and(f64.eq(b.get, f64.const(Number.POSITIVE_INFINITY)), f64.lt(a.get, b.get)),
        f64.ofF32(x.get),
        f64.const(Number.NaN),
      )
      return giving(
        [a.set(f64.abs(f64.ofF32(x.get))), b.set(f64.abs(f64.ofF32(y.get)))],
        f32.ofF64(choose(proper, looped, special)),
      )
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
    call,
    rem: (x, y) => rem().call(x, y),
    div: (x, y) => div().call(x, y),
    intRem: (x, y) => intRem().call(x, y),
  }
}
