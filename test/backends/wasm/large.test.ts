/** Memory past 2 GiB, where addresses no longer fit a signed number: results are right there. */
import { freemem } from 'node:os'
import { expect, test } from 'vitest'
import { wasm } from '../../../backends/wasm/index.ts'
import { sliceAlong } from '../../../lang/operations/slicing.ts'
import { mul } from '../../../lang/primitives/elementwise.ts'
import type { Expr } from '../../../lang/syntax/expr.ts'
import { programOrThrow } from '../../../lang/syntax/program.ts'
import { real } from '../../../lang/syntax/shape.ts'
import { type AnyProgram, compiled } from '../execution.ts'

const needed = 4e9
const isSmall = freemem() < needed
if (isSmall) console.warn(`memory past 2 GiB is not tested: ${freemem()} bytes are free, ${needed} are needed`)

test.skipIf(isSmall)('the end of an array of 2.2 GB', async () => {
  const n = 540_000_000
  const p = programOrThrow(real(n), (x: Expr) => mul(sliceAlong(0, n - 6, n)(x as never) as Expr, 2))
  const { run, release } = await compiled(wasm(), p as unknown as AnyProgram)
  const x = new Float32Array(n)
  x.set([1, 2, 3, 4, 5, 6], n - 6)
  expect(await run([x] as never)).toEqual([Float32Array.of(2, 4, 6, 8, 10, 12)])
  release()
})
