/** Programs of so many steps that no list of them can be the arguments of a call, or the body of one function. */
import * as E from 'fp-ts/lib/Either.js'
import { expect, test } from 'vitest'
import { wasm } from '../../../backends/index.ts'
import { all, i32, makeModule, none, seq } from '../../../backends/wasm/assembler/index.ts'
import { moduleOf } from '../../../backends/wasm/host/module.ts'
import { compilePlan } from '../../../backends/wasm/steps/compile.ts'
import { planOf } from '../../../backends/wasm/steps/planOf.ts'
import type { Expr } from '../../../lang/syntax/expr.ts'
import { matmul, programOrThrow, real } from '../../../src/index.ts'
import { functionNames } from '../../laws/plannedKernels.ts'
import { orFail } from '../execution.ts'

/** Each product is a kernel. */
const powers = (n: number) =>
  programOrThrow({ w: real(2, 2), x: real(2) }, ({ w, x }) =>
    Array.from({ length: n }).reduce((y: Expr<readonly [2], 'real'>) => matmul(w, y), x),
  )
test('a chain of two thousand kernels', async () => {
  const f = orFail(await wasm().compile(powers(2000))())
  const angle = (2 * Math.PI) / 2000
  const w = [Math.cos(angle), -Math.sin(angle), Math.sin(angle), Math.cos(angle)]
  const [x = 0, y = 0] = orFail(await f.run({ w, x: [1, 0] })())
  expect(Math.hypot(x - 1, y)).toBeLessThan(1e-3)
})
test('its kernels are one function', () => {
  const names = functionNames(compilePlan(planOf(powers(2000).closed)).bytes).filter((n) => n.startsWith('%'))
  expect(names.length).toBeLessThanOrEqual(2)
  expect(names.join(', ').split(', ')).toHaveLength(2000)
})
test('a sequence of any length is code', () => {
  expect(all(Array.from({ length: 300_000 }, () => none)).bytes).toHaveLength(300_000)
})
test('a module that the engine refuses is no missing device', async () => {
  const m = makeModule()
  m.func([], 'none', (local) => {
    for (let k = 0; k < 60_000; k++) local(k % 2 === 0 ? 'i32' : 'f32')
    return seq(local('i32').set(i32.const(1)))
  })
  const refused = await moduleOf(m.finish({ pages: 1 }))
  expect(E.isLeft(refused) && refused.left).toMatchObject({
    _tag: 'CompileFailed',
    message: expect.stringMatching(/local/),
  })
})
