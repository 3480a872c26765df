/**
 * Kernels of one form share a function, whose arguments say where their arrays are. So a program that runs another one twice
 * shares every kernel of it: both results are those of the other alone, to the bit.
 */
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type WasmOptions, wasm } from '../../../backends/index.ts'
import { formOf } from '../../../backends/rewrite/alike.ts'
import { compilePlan } from '../../../backends/wasm/steps/compile.ts'
import { planOf } from '../../../backends/wasm/steps/planOf.ts'
import { fn, index, load, num } from '../../../lang/kernel/index.ts'
import { callClosed } from '../../../lang/primitives/call.ts'
import { entries } from '../../../lang/primitives/index.ts'
import { inTypes } from '../../../lang/syntax/closed.ts'
import type { Expr } from '../../../lang/syntax/expr.ts'
import { untypedProgram } from '../../../lang/syntax/program.ts'
import { add, exp, gather, int, mul, programOrThrow, real, sum } from '../../../src/index.ts'
import { arbitraryProgram, inputRange } from '../../../src/testing/arbitrary/program.ts'
import { seeds, valuesFrom } from '../../../src/testing/arbitrary/values.ts'
import { withoutFreeAxes } from '../../laws/backend.ts'
import { functionNames } from '../../laws/plannedKernels.ts'
import { type AnyProgram, compiled, orFail, programOf } from '../execution.ts'
import { gradients, zoo } from '../zoo.ts'

const twice = (p: AnyProgram): AnyProgram => {
  const types = inTypes(p.closed)
  const run = callClosed(p.closed)
  return orFail(
    untypedProgram([...types, ...types], (xs: readonly Expr[]) => [
      ...run(...xs.slice(0, types.length)),
      ...run(...xs.slice(types.length)),
    ]),
  ) as AnyProgram
}
const isAlike = async (free: AnyProgram, seed: number, options: WasmOptions = {}): Promise<boolean> => {
  const p = withoutFreeAxes(free)
  const [alone, both] = [await compiled(wasm(options), p), await compiled(wasm(options), twice(p))]
  const [x, y] = [seed, seed + 1].map((s) => valuesFrom(s, inTypes(p.closed), inputRange)) as [never[], never[]]
  const wanted = [...(await alone.run(x)), ...(await alone.run(y))]
  const found = await both.run([...x, ...y])
  alone.release()
  both.release()
  return wanted.every((v, k) => v.every((n, i) => Object.is(n, found[k]?.[i])))
}

describe('twice a program is the program, twice', () => {
  // of any numbers, a while loop may never end
  const examples = entries
    .filter((e) => e.name !== 'while')
    .flatMap((e) => e.examples.slice(0, 1).map((x) => [e.name, programOf(e, x)] as const))
  const networks: readonly (readonly [string, AnyProgram])[] = [
    ...zoo.map(([name, p]) => [name, p] as const),
    ...gradients.map(([name, , g]) => [name, g] as const),
  ]
  test.each<[string, readonly (readonly [string, AnyProgram])[], WasmOptions]>([
    ['entry', examples, {}],
    ['network', networks, {}],
    ['network, in float64', networks, { precision: 'float64' }],
    ['network, on two threads', networks, { threads: 2 }],
  ])('in every %s', async (_, programs, options) => {
    const wrong: string[] = []
    for (const [name, p] of programs) if (!(await isAlike(p, 3, options))) wrong.push(name)
    expect(wrong).toEqual([])
  })
  test('in random programs', () =>
    fc.assert(
      fc.asyncProperty(arbitraryProgram(), seeds, (p, seed) => isAlike(p as AnyProgram, Math.abs(seed))),
      { numRuns: 25, seed: 3 },
    ))
  test('where addresses are clamped to the array', async () => {
    const p = programOrThrow({ x: real(9), at: int(5) }, ({ x, at }) => exp(gather(x, at)))
    const run = orFail(await wasm().compile(twice(p as never))()).run
    const [x, y] = [Float32Array.from({ length: 9 }, (_, k) => k / 9), new Float32Array(9).fill(1)]
    const at = Int32Array.of(-7, 0, 8, 100, 3)
    const [a, b] = orFail(await run([x, at, y, at] as never)()) as unknown as readonly Float32Array[]
    expect([...(a as Float32Array)]).toEqual([0, 0, 8, 8, 3].map((k) => Math.fround(Math.exp(Math.fround(k / 9)))))
    expect([...(b as Float32Array)]).toEqual([...new Float32Array(5).fill(Math.E)])
  })
})
test('four kernels of one form are one function, which has their names', () => {
  const p = programOrThrow([real(50), real(50), real(50), real(50)], (xs) =>
    xs.map((x) => sum()(mul(x, exp(add(x, 1))))),
  )
  const names = functionNames(compilePlan(planOf(p.closed)).bytes).filter((n) => n.includes('sum'))
  expect(names).toHaveLength(1)
  expect(names[0]?.split(', ')).toHaveLength(4)
})

describe('forms', () => {
  const [i, j] = [index(3), index(3)]
  const kernel = (k: typeof i, body: ReturnType<typeof fn>) => ({ indices: [k], body })
  test('are equal for other names of the indices', () => {
    expect(formOf(kernel(i, fn('exp', load(0, [i], 'real'))))).toBe(formOf(kernel(j, fn('exp', load(0, [j], 'real')))))
  })
  const plain = kernel(i, fn('add', load(0, [i], 'real'), num(0)))
  test.each([
    ['function', kernel(i, fn('sub', load(0, [i], 'real'), num(0)))],
    ['number', kernel(i, fn('add', load(0, [i], 'real'), num(1)))],
    ['sign of zero', kernel(i, fn('add', load(0, [i], 'real'), num(-0)))],
    ['source', kernel(i, fn('add', load(1, [i], 'real'), num(0)))],
    ['element type', kernel(i, fn('add', load(0, [i], 'int'), num(0)))],
    ['index', kernel(i, fn('add', load(0, [num(0, 'int')], 'real'), num(0)))],
    ['size', kernel(index(4), plain.body)],
    ['order', kernel(i, fn('add', num(0), load(0, [i], 'real')))],
  ])('differ by the %s', (_, other) => {
    expect(formOf(other)).not.toBe(formOf(plain))
  })
})
