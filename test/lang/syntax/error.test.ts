/** Ill-typed programs: building never throws; closing reports everything, in program order, at the user's lines. */
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, test } from 'vitest'
import { sum } from '../../../lang/primitives/broadcast.ts'
import { add, mul, sin } from '../../../lang/primitives/elementwise.ts'
import { refuse } from '../../../lang/primitives/entry.ts'
import { permute } from '../../../lang/primitives/reindex.ts'
import {
  adviceFor,
  type Diagnostic,
  type Diagnostics,
  orThrow,
  type Problem,
  showDiagnostic,
  showProblem,
} from '../../../lang/syntax/error.ts'
import { type Expr, input } from '../../../lang/syntax/expr.ts'
import { program, programOrThrow } from '../../../lang/syntax/program.ts'
import { real } from '../../../lang/syntax/shape.ts'
import { vmap } from '../../../src/transform/vmap.ts'

/** Any shape, as JavaScript sees it. */
const loose = (e: unknown): Expr => e as Expr
const diagnosticsOf = (p: E.Either<Diagnostics, unknown>): Diagnostics => (E.isLeft(p) ? p.left : [])
const line = (d: Diagnostic | undefined): number => Number(d?.site.match(/error\.test\.ts:(\d+):\d+$/)?.[1])

describe('several errors', () => {
  const here = Number(new Error().stack?.match(/error\.test\.ts:(\d+)/)?.[1])
  const p = program({ x: real(2, 3), y: real(4) }, ({ x, y }) => {
    const a = add(loose(x), loose(y))
    const b = sum([5])(loose(x))
    const silent = mul(sin(a), b)
    return [silent, permute([0, 0])(loose(y))]
  })
  const found = diagnosticsOf(p)
  test('all are reported, in program order, once each', () => {
    expect(found.map((d) => d.op)).toEqual(
      ['broadcast', 'sum', 'permute'].map((op, k) => (k === 0 ? found[0]?.op : op)),
    )
    expect(found.map((d) => d.problem._tag)).toEqual([found[0]?.problem._tag, 'AxisOutOfRange', 'NotAPermutation'])
    expect(found).toHaveLength(3)
  })
  test('each names its line of this file', () => expect(found.map(line)).toEqual([here + 2, here + 3, here + 5]))
  test('the exception of the OrThrow twin lists them all', () => {
    const thrown = (): unknown => orThrow(p)
    expect(thrown).toThrow(/5 is not an axis/)
    expect(thrown).toThrow(/\[0, 0\] is not a permutation/)
  })
  test('three lines: what, where, what to try', () => {
    const text = showDiagnostic(found[1] as Diagnostic).split('\n')
    expect(text[0]).toBe('sum: 5 is not an axis of an array of rank 2')
    expect(text[1]).toMatch(/^ {2}in {3}sum\(real\[2, 3\]\) {3}at .*error\.test\.ts:\d+:\d+$/)
    expect(text[2]).toBe('  try  axes are 0 .. 1, or -2 .. -1 from the end')
  })
})

describe('other errors', () => {
  test('an error on which no output depends is not reported', () =>
    expect(
      E.isRight(
        program(real(2), (x) => {
          sum(7)(loose(x))
          return sin(x)
        }),
      ),
    ).toBe(true))
  test('an operation on an ill-typed argument reports nothing, at any depth', () => {
    const p = program(real(2), (x) => Array.from({ length: 50 }).reduce<Expr>((e) => sin(add(e, e)), sum(7)(loose(x))))
    expect(diagnosticsOf(p)).toHaveLength(1)
  })
  test('a refused operation on an ill-typed argument reports nothing', () => {
    const bad = sum(7)(loose(input('x', real(2))))
    const over = (args: readonly Expr[]): unknown => refuse('op', { _tag: 'Malformed', what: 'no' }, args).node
    expect([over([bad]), over([])]).toMatchObject([{ diagnostics: [] }, { diagnostics: [{ op: 'op' }] }])
  })
  test('an input of another program', () => {
    const stolen = input('stolen', real(2))
    expect(diagnosticsOf(program(real(2), (x) => add(x, stolen)))).toMatchObject([
      { problem: { _tag: 'UnboundInput', name: 'stolen' } },
    ])
  })
  test('a number in place of an expression', () =>
    expect(diagnosticsOf(program(real(), () => ({ a: 3 }) as never))).toMatchObject([
      { problem: { _tag: 'NotAnExpression', path: 'a', found: 'the number 3' } },
    ]))
  test('the line is the one that built the node, not that of a transformation', () => {
    const p = programOrThrow(real(2), (x) => sin(x))
    expect(E.isRight(program(real(2), () => vmap(2)(p) && input('q', real(2))))).toBe(false)
  })
})

describe('JavaScript operators', () => {
  const named = (f: () => unknown): string => {
    try {
      f()
      return 'nothing'
    } catch (e) {
      return e instanceof Error ? `${e.name}: ${e.message}` : 'something else'
    }
  }
  test.each<readonly [string, (x: Expr<readonly [2], 'real'>) => unknown]>([
    // @ts-expect-error: an expression is not a number
    ['x + 1', (x) => x + 1],
    // @ts-expect-error: an expression is not a number
    ['x > 0', (x) => x > 0],
    ['-x, which TypeScript lets pass', (x) => -x],
    // biome-ignore lint/style/useTemplate: the text is the point
    ['text', (x) => '' + x],
  ])('%s is ExpressionIsNotANumber', (_, f) => {
    const x = input('x', real(2)) as Expr<readonly [2], 'real'>
    expect(named(() => f(x))).toMatch(
      /^ExpressionIsNotANumber: an expression is not a number: build expressions with add/,
    )
  })
})

test('every problem has one clause, and at most one line of advice', () => {
  const problems: readonly Problem[] = [
    { _tag: 'ShapeMismatch', shapes: [[2], [3]] },
    { _tag: 'ElementType', expected: ['real'], found: ['int'] },
    { _tag: 'AxisOutOfRange', axes: [1], rank: 0 },
    { _tag: 'NotAPermutation', perm: [0], rank: 2 },
    { _tag: 'SizeMismatch', from: [2], to: [3] },
    { _tag: 'CannotBroadcast', from: [2], to: [3] },
    { _tag: 'OutsideBox', inner: [2], outer: [1] },
    { _tag: 'AxisSizes', axis: 'k', sizes: [2, 3], shapes: [[2], [3]] },
    { _tag: 'RankMismatch', expected: 2, shape: [2] },
    { _tag: 'NotSquare', shape: [2, 3] },
    { _tag: 'BodyMismatch', what: 'a', expected: [], found: [real(2)] },
    { _tag: 'InvalidAttribute', attribute: 'n', rule: 'must be positive' },
    { _tag: 'NotASize', what: 'the batch', found: -1 },
    { _tag: 'TooManyElements', shape: [65536, 65536] },
    { _tag: 'NotAnElement', dtype: 'int', found: 0.5 },
    { _tag: 'NotAnElement', dtype: 'bool', found: 0.5 },
    { _tag: 'EmptyAxis', shape: [2, 0], axes: [1] },
    { _tag: 'InputLength', name: 'x', expected: 3, found: 2 },
    { _tag: 'UnboundInput', name: 'x' },
    { _tag: 'NotAnExpression', path: '', found: 'a number' },
    { _tag: 'NotScalar', shape: [2], dtype: 'real' },
    { _tag: 'NotLinear', inputs: ['x'] },
    { _tag: 'NotLinear', inputs: ['x'], term: 'add(x, 1)' },
    { _tag: 'UnusedTangent', inputs: ['x'] },
    { _tag: 'OneWay', mode: 'forward' },
    { _tag: 'OneWay', mode: 'reverse' },
    { _tag: 'NotAnExpression', what: 'the condition', path: '', found: 'the boolean true' },
    { _tag: 'NotReversible', alternative: 'boundedWhile' },
    { _tag: 'MayNotEnd', loop: 'whileLoop', axis: 'batch' },
    { _tag: 'UnknownPrimitive', name: 'sine', nearest: 'sin' },
    { _tag: 'StatedType', stated: [real()], derived: [real(2)] },
    { _tag: 'Malformed', what: 'no' },
  ]
  expect(new Set(problems.map(showProblem)).size).toBe(problems.length)
  for (const p of problems) expect(`${showProblem(p)}${adviceFor(p) ?? ''}`).not.toMatch(/\n|undefined|\[object/)
})
