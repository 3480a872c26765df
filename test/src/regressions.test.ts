/** What random programs found, each as the small program that showed it. */
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, test } from 'vitest'
import { evaluate } from '../../lang/evaluate.ts'
import { sum } from '../../lang/primitives/broadcast.ts'
import { callClosed, checkpointClosed } from '../../lang/primitives/call.ts'
import { condClosed } from '../../lang/primitives/cond.ts'
import { constant, filled } from '../../lang/primitives/constant.ts'
import { add, lt, max, mul, neg } from '../../lang/primitives/elementwise.ts'
import { apply } from '../../lang/primitives/entry.ts'
import { scatterAddEntry } from '../../lang/primitives/indexing.ts'
import { triangularSolveEntry } from '../../lang/primitives/linalg.ts'
import { randomEntry } from '../../lang/primitives/random.ts'
import { reshape } from '../../lang/primitives/reindex.ts'
import { scanClosed } from '../../lang/primitives/scan.ts'
import { whileClosed } from '../../lang/primitives/while.ts'
import { foldEntry } from '../../lang/primitives/window.ts'
import { closeOver, numbered } from '../../lang/syntax/closed.ts'
import type { Expr } from '../../lang/syntax/expr.ts'
import { programOrThrow } from '../../lang/syntax/program.ts'
import { bool, int, real } from '../../lang/syntax/shape.ts'
import { linearize } from '../../src/transform/linearize.ts'
import { simplifyClosed } from '../../src/transform/simplify/index.ts'
import { transpose } from '../../src/transform/transpose.ts'
import { vjp } from '../../src/transform/vjp.ts'
import type { AnyProgram } from '../laws/derivative.ts'
import { reachesNormalForm } from '../laws/rewrite.ts'
import { opsOf } from './programs.ts'

const r2 = real(2)
const normal = reachesNormalForm(simplifyClosed)

describe('simplify', () => {
  test('two arguments that became equal while it ran were not seen to be: max(x, sum over no axes of x) stayed', () => {
    const p = programOrThrow(r2, (x) => neg(max(x, sum([])(x) as typeof x))) as AnyProgram
    expect(simplifyClosed(p.closed).equations.map((q) => q.op)).toEqual(['neg'])
    expect(normal(p)).toBe(true)
  })
  test('what stood under one of several outputs of an inlined call was not rewritten', () => {
    const yes = closeOver(numbered([real()]), ([x]) => [neg(x as Expr), neg(x as Expr)])
    const no = closeOver(numbered([real()]), ([x]) => [x as Expr, x as Expr])
    const body = closeOver(numbered([real()]), ([x]) => [condClosed(lt(x as Expr, 0.1), yes, no)(x as Expr)[1] as Expr])
    expect(normal(programOrThrow(real(), () => callClosed(body)(constant([], 0))[0] as Expr) as AnyProgram)).toBe(true)
  })
  test('a scan that reads a row twice was fused with another one, but its body kept an input for each (seed 3000060)', () => {
    const one = closeOver(numbered([real(), real()]), ([c, x]) => [mul(c as Expr, x as Expr)])
    const two = closeOver(numbered([real(), real(), real(), real()]), ([c, y, u, w]) => [
      add(mul(c as Expr, y as Expr), mul(u as Expr, w as Expr)),
    ])
    const types = [real(), real(3), real(3)]
    const p = closeOver(numbered(types), ([c, xs, us]) => {
      const [, before] = scanClosed(3, false, one)([c as Expr], [xs as Expr], [])
      const rows = [before as Expr, us as Expr, us as Expr]
      return scanClosed(3, false, two)([c as Expr], rows, []).slice(0, 1)
    })
    const xs = [Float64Array.of(2), Float64Array.of(3, 5, 7), Float64Array.of(0.5, 1, 2)]
    // c: 2 2 + 0.25 = 4.25, 4.25 6 + 1 = 26.5, 26.5 30 + 4 = 799
    expect(evaluate(simplifyClosed(p), xs)).toEqual([Float64Array.of(799)])
    expect(simplifyClosed(p).equations.filter((q) => q.op === 'scan')).toHaveLength(1)
  })
})

describe('typing rules', () => {
  test('truth values were added up: windows and rows of bool are refused', () => {
    const windows = { size: 2, stride: 1, dilation: 1, low: 0, count: 2, length: 3 }
    expect(foldEntry.type(windows, [bool(2, 2)])).toMatchObject(E.left({ _tag: 'ElementType', found: ['bool'] }))
    expect(scatterAddEntry.type({ batch: 0, size: 2 }, [bool(3), int(3)])).toMatchObject(
      E.left({ _tag: 'ElementType' }),
    )
  })
})

describe('transposes', () => {
  test.each([
    ['a call', (x: Expr) => callClosed(closeOver(numbered([r2]), ([e]) => [mul(e as Expr, 2)]))(x)[0] as Expr],
    [
      'a checkpoint',
      (x: Expr) => checkpointClosed(closeOver(numbered([r2]), ([e]) => [mul(e as Expr, 2)]))(x)[0] as Expr,
    ],
    [
      'a scan',
      (x: Expr) =>
        scanClosed(
          3,
          false,
          closeOver(numbered([r2]), ([e]) => [mul(e as Expr, 2)]),
        )([x], [], [])[0] as Expr,
    ],
  ])('of %s were refused as not linear, because they were handed values that they do not read', (_, f) => {
    expect(E.isRight(transpose(linearize(programOrThrow(r2, f)).linear as never))).toBe(true)
  })
})

describe('refusals', () => {
  test('one loop without a transpose was followed by errors of the operations before it, which computed with its shape', () => {
    const holds = closeOver(numbered([r2]), ([c]) => [lt(sum()(c as Expr), 1)])
    const grow = closeOver(numbered([r2]), ([c]) => [add(c as Expr, 1)])
    const p = programOrThrow({ l: real(2, 2), b: real(2, 1) }, ({ l, b }) => {
      const solved = apply(triangularSolveEntry, { lower: true, unit: false, transpose: false }, l, b)
      return whileClosed(holds, grow)([reshape([2])(solved) as Expr], [])[0] as Expr
    })
    const back = vjp(p)
    expect(E.isLeft(back) && back.left.map((d) => d.problem._tag)).toEqual(['NotReversible'])
  })
})

describe('structural zeros', () => {
  test('a branch pulled a solid zero towards an operand that no branch reads, and so into a loop without a transpose', () => {
    const holds = closeOver(numbered([r2]), ([c]) => [lt(sum()(c as Expr), 1)])
    const grow = closeOver(numbered([r2]), ([c]) => [add(c as Expr, 1)])
    const first = closeOver(numbered([r2, r2]), ([x]) => [x as Expr])
    const p = programOrThrow({ c: bool(), x: r2 }, ({ c, x }) => {
      const looped = whileClosed(holds, grow)([x], [])[0] as Expr
      return condClosed(c, first, first)(x, looped)[0] as Expr
    })
    const back = vjp(p)
    expect(E.isRight(back) && opsOf(back.right)).toEqual(['while', 'cond', 'cond'])
  })
})

describe('constants', () => {
  test('folding walked shared scalars again for every path to them: random numbers of a constant key took for ever', () => {
    const numbers = apply(randomEntry, { stream: 0, batch: 0 }, filled('int', [3], -3), filled('int', [2, 2], -3))
    expect(simplifyClosed(closeOver([], () => [numbers])).equations.map((q) => q.op)).toEqual(['constant'])
  })
})
