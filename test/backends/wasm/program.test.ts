/** Whole programs in WebAssembly: forms as control flow, sorting, ends of rows, and refusals. */
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, test } from 'vitest'
import { wasm } from '../../../backends/wasm/index.ts'
import { evaluate } from '../../../lang/evaluate.ts'
import * as O from '../../../lang/operations/index.ts'
import { sum } from '../../../lang/primitives/broadcast.ts'
import * as P from '../../../lang/primitives/elementwise.ts'
import { argsort } from '../../../lang/primitives/indexing.ts'
import { reverse } from '../../../lang/primitives/reindex.ts'
import { inTypes } from '../../../lang/syntax/closed.ts'
import type { Expr } from '../../../lang/syntax/expr.ts'
import { programOrThrow } from '../../../lang/syntax/program.ts'
import { real } from '../../../lang/syntax/shape.ts'
import { valuesFrom } from '../../../src/testing/arbitrary/values.ts'
import { agrees, subject } from '../../laws/backend.ts'
import { type AnyProgram, orFail } from '../execution.ts'

type Build = (...xs: readonly Expr[]) => unknown
const make = programOrThrow as unknown as (types: unknown, f: (xs: readonly Expr[]) => unknown) => AnyProgram
const of = (shapes: readonly (readonly number[])[], f: Build): AnyProgram =>
  make(
    shapes.map((s) => real(...s)),
    (xs) => f(...xs),
  )
const agree = async (p: AnyProgram, within = 2e-6): Promise<boolean> => {
  const s = await subject(wasm(), p)
  return agrees(s, valuesFrom(7, inTypes(p.closed), [-2, 2]), within)
}

describe('every length of a row', () => {
  const lengths = [1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 63]
  test.each(lengths)('%i', async (n) => {
    expect(await agree(of([[3, n]], (x) => P.tanh(x as Expr)))).toBe(true)
    expect(await agree(of([[3, n]], (x) => sum(-1)(x as Expr)))).toBe(true)
    expect(await agree(of([[n, 3]], (x) => sum(0)(x as Expr)))).toBe(true)
    expect(await agree(of([[3, n]], (x) => O.softmax(-1)(x as never)))).toBe(true)
    expect(await agree(of([[3, n]], (x) => reverse(1)(x as Expr)))).toBe(true)
    expect(await agree(of([[n, 5]], (x) => O.swapAxes(0, 1)(P.exp(x as Expr) as never)))).toBe(true)
  })
})
test('empty arrays', async () => {
  expect(await agree(of([[0, 3]], (x) => sum(0)(P.sin(x as Expr) as Expr)))).toBe(true)
  expect(await agree(of([[0]], (x) => P.sin(x as Expr)))).toBe(true)
})
test('sums of a million numbers are right to the last place', async () => {
  const n = 1000000
  const p = of([[n]], (x) => sum()(x as Expr))
  const x = Float32Array.from({ length: n }, (_, i) => 0.1 + 1e-3 * Math.sin(i))
  const found = (await (await subject(wasm(), p)).run([x] as never))[0] as unknown as Float32Array
  const exact = evaluate(p.closed, [Float64Array.from(x)])[0]?.[0] as number
  expect(Math.abs((found[0] as number) - exact) / exact).toBeLessThan(1e-7)
})
test('order: stable, and NaN last in either direction', async () => {
  const x = Float64Array.of(
    3,
    Number.NaN,
    -1,
    3,
    Number.NEGATIVE_INFINITY,
    0,
    -0,
    Number.POSITIVE_INFINITY,
    Number.NaN,
    3,
    2,
    1,
    3,
  )
  for (const descending of [false, true]) {
    const p = of([[x.length]], (v) => argsort(descending)(v as Expr))
    expect(await (await subject(wasm(), p)).run([x])).toEqual([
      Int32Array.from(evaluate(p.closed, [x])[0] as Float64Array),
    ])
  }
})

test('more memory than 32 bits address is refused before anything runs', async () => {
  const huge = of([[40000]], (x) => P.tanh(P.add(O.unsqueeze(1)(x as never) as Expr, P.mul(x as Expr, 2) as Expr)))
  expect(await wasm().compile(huge)()).toMatchObject(E.left({ _tag: 'BeyondMemory' }))
})
// a constructor too, as no arrow is
function refuse(): never {
  throw new RangeError('not today')
}
describe('a refusal of the host is an error of compilation', () => {
  const host = (
    globalThis as unknown as { readonly WebAssembly: Record<'Memory' | 'compile' | 'instantiate', unknown> }
  ).WebAssembly
  const without = async (what: 'Memory' | 'compile' | 'instantiate', p: AnyProgram): Promise<unknown> => {
    const kept = host[what]
    host[what] = refuse
    const found = await wasm().compile(p)()
    host[what] = kept
    return found
  }
  const of3 = (f: Build): AnyProgram => of([[3]], f)
  test('memory', async () => {
    const why = '196608 bytes of memory cannot be allocated: not today'
    const found = await without(
      'Memory',
      of3((x) => P.sin(x as Expr)),
    )
    expect(found).toMatchObject(E.left({ _tag: 'NoDevice', mode: 'wasm', why }))
  })
  test('an instance', async () => {
    const why = 'an instance cannot be allocated: not today'
    const found = await without(
      'instantiate',
      of3((x) => P.sin(x as Expr)),
    )
    expect(found).toMatchObject(E.left({ _tag: 'NoDevice', mode: 'wasm', why }))
  })
  test('every module, as under a policy', async () => {
    const found = await without(
      'compile',
      of3((x) => P.cos(x as Expr)),
    )
    expect(found).toMatchObject(E.left({ _tag: 'NoDevice', mode: 'wasm', why: 'not today' }))
  })
})
test('a state is updated in its own place while another array is read across it', async () => {
  const [m, n] = [67, 130]
  const step = programOrThrow(
    [real(m, n), real(n, m)] as const,
    ([w, d]) => [P.add(w, O.swapAxes(0, 1)(d)), []] as const,
  )
  const held = orFail(await wasm().resident(step)())
  orFail(await held.load(new Float32Array(m * n).fill(1))())
  orFail(await held.step(Float32Array.from({ length: m * n }, (_, k) => k))())
  const found = orFail(await held.read())
  held.release()
  expect(found).toEqual(Float32Array.from({ length: m * n }, (_, k) => 1 + (k % n) * m + Math.floor(k / n)))
})
test('after a failed run the state is invalid: every later call is the same error', async () => {
  type Exports = Record<'run' | 'commit', () => void>
  const host = (globalThis as unknown as { readonly WebAssembly: Record<'instantiate', unknown> }).WebAssembly
  const instantiate = host.instantiate as (...args: readonly unknown[]) => Promise<{ readonly exports: Exports }>
  let fails = false
  host.instantiate = async (...args: readonly unknown[]) => {
    const { run, commit } = (await instantiate(...args)).exports
    const faulty = (): void => {
      run()
      if (fails) throw new RangeError('too deep')
    }
    return { exports: { run: faulty, commit } }
  }
  const doubled = programOrThrow([real(2), []], ([x]) => [P.add(x, x), []] as const)
  const held = orFail(await wasm().resident(doubled)())
  host.instantiate = instantiate
  orFail(await held.load([1, 2])())
  orFail(await held.step([])())
  fails = true
  const lost = E.left({ _tag: 'DeviceLost', backend: 'wasm', message: 'too deep' })
  expect(await held.step([])()).toEqual(lost)
  fails = false
  expect(await held.step([])()).toEqual(lost)
  expect(await held.read()).toEqual(lost)
  held.release()
})
