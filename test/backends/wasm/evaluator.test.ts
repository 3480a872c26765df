/** Which programs checks run in WebAssembly: the large ones, whose number of steps is known. */
import { expect, test } from 'vitest'
import { evaluator } from '../../../backends/wasm/evaluator.ts'
import { whileLoop } from '../../../lang/control/index.ts'
import { evaluate } from '../../../lang/evaluate.ts'
import { matmul } from '../../../lang/operations/index.ts'
import { add, lt, sin } from '../../../lang/primitives/elementwise.ts'
import { scatterAdd } from '../../../lang/primitives/indexing.ts'
import { programOrThrow } from '../../../lang/syntax/program.ts'
import { int, real } from '../../../lang/syntax/shape.ts'

const numbers = (n: number): Float64Array => Float64Array.from({ length: n }, (_, k) => Math.sin(k))

test('a large program is compiled', () => {
  const p = programOrThrow([real(32, 32), real(32, 32)], ([x, y]) => matmul(x, sin(y))).closed
  const x = [numbers(1024), numbers(1024)]
  const found = evaluator().evaluate(p, x)?.[0] ?? []
  const right = evaluate(p, x)[0] ?? []
  for (const [k, y] of Array.from(right).entries()) expect(found[k]).toBeCloseTo(y, 12)
  expect(found.length).toBe(1024)
})
test('a second evaluation sees the same inputs, though rows are added into one of them in place', () => {
  const n = 64
  const p = programOrThrow({ x: int(n), rows: int(4), at: int(4) }, ({ x, rows, at }) =>
    add(x, scatterAdd(n)(rows, at)),
  ).closed
  const inputs = [new Float64Array(n), Float64Array.of(1, 2, 3, 4), Float64Array.of(5, 5, 6, 7)]
  const on = evaluator({ from: 0 })
  const first = on.evaluate(p, inputs)
  expect(first).toEqual(evaluate(p, inputs))
  expect(on.evaluate(p, inputs)).toEqual(first)
})
test('a small one is left to the reference', () => {
  const p = programOrThrow([real(3)], ([x]) => sin(x)).closed
  expect(evaluator().evaluate(p, [numbers(3)])).toBeUndefined()
})
test('so is one that may not end', () => {
  const p = programOrThrow([real()], ([x]) =>
    whileLoop(
      (c: typeof x) => lt(c, 4),
      (c: typeof x) => add(c, 1),
    )(x),
  ).closed
  expect(evaluator({ from: 0 }).evaluate(p, [Float64Array.of(1)])).toBeUndefined()
})
