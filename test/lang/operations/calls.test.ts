/**
 * What every operation says when it is called in the wrong form, and when its arguments do not fit: it names itself, at
 * the user's line, and says how it is written. JavaScript's own errors never reach the user.
 */
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, test } from 'vitest'
import { type Diagnostic, showDiagnostic } from '../../../lang/syntax/error.ts'
import type { Expr } from '../../../lang/syntax/expr.ts'
import { bool, int, type Type } from '../../../lang/syntax/shape.ts'
import * as adjoint from '../../../src/index.ts'
import { program, real } from '../../../src/index.ts'

type Any = (...xs: readonly unknown[]) => unknown
/** What is exported beside operations: types, programs, texts, and functions that take functions. */
const others = new Set(
  (
    'apply argsOf bool boundedWhile call checkAxes checkpoint cond cost customJvp customVjp declareJvp declareVjp ' +
    'entryOf evaluate fori freeAxes fromJSONText grad gradOrThrow hessian hessianOrThrow hvp hvpOrThrow int jacfwd ' +
    'jacrev jacrevOrThrow jvp keepAxes latex linearize orThrow parse parseFormula parseFormulaOrThrow parseOrThrow ' +
    'print program programOrThrow real safeSelect scan segmentedScan showDiagnostic showDiagnostics showParseError ' +
    'showParseErrors simplify toJSONText transpose transposeOrThrow valueAndGrad valueAndGradOrThrow vjp vjpOrThrow ' +
    'vmap whileLoop'
  ).split(' '),
)
const operations: readonly (readonly [string, Any])[] = Object.entries(adjoint).flatMap(([name, f]) =>
  typeof f === 'function' && !others.has(name) ? [[name, f as Any] as const] : [],
)

interface Outcome {
  readonly thrown?: Error
  readonly diagnostics: readonly Diagnostic[]
}
/** An operation on inputs of these types. A function that waits for more arguments counts as built. */
const outcome = (types: readonly Type[], f: (xs: readonly Expr[]) => unknown): Outcome => {
  let thrown: Error | undefined
  const p = program(types, (xs) => {
    try {
      const result = f(xs as readonly Expr[])
      return typeof result === 'function' || typeof result === 'number' ? {} : result
    } catch (error) {
      thrown = error as Error
      return {}
    }
  })
  return { ...(thrown && { thrown }), diagnostics: E.isLeft(p) ? p.left : [] }
}
const then = (f: unknown, ...xs: readonly unknown[]): unknown => (typeof f === 'function' ? (f as Any)(...xs) : f)

describe('every operation', () => {
  test('is in the table', () => expect(operations.length).toBeGreaterThan(150))

  test.each(operations)('%s refuses the other form of a call, and names the right one', (name, f) => {
    const wrongs = [
      outcome([real(3)], () => then(f())),
      outcome([real(3)], ([x]) => f(x)),
      outcome([real(3)], ([x]) => then(f(), x)),
      outcome([real(3)], ([x]) => then(f({ p: 3 }), x)),
      outcome([real(3)], ([x]) => then(f(x), x)),
      outcome([real(3)], () => f(adjoint.relu)),
      outcome([real(3)], () => then(f(0), adjoint.relu)),
      outcome([real(3)], () => then(f(), 5)),
      outcome([real(3)], () => then(f('three'), 'three')),
      outcome([], () => f(null)),
      outcome([], () => then(f(real(3)), real(3))),
    ]
    const thrown = wrongs.flatMap((w) => w.thrown ?? [])
    expect([
      name,
      thrown.map((e) => `${e.name}: ${e.message}`).filter((text) => !text.startsWith('WrongCall')),
    ]).toEqual([name, []])
    for (const e of thrown) expect(e.message).toMatch(new RegExp(`\\n  try  write ${name}\\(.*\\)`))
    for (const e of thrown) expect(e.message).toMatch(/ at \S*calls\.test\.ts:\d+:\d+\n/)
    // the library's source is no message
    for (const e of thrown) expect(e.message).not.toMatch(/=>|apply\(/)
    expect(thrown.length).toBeGreaterThan(0)
  })

  const types = [real(), real(3), real(2, 3), real(2, 3, 4), real(0), int(3), int(2, 3), bool(2), bool()]
  const options = [undefined, 5, [9], { kernel: 9, heads: 5, axis: 9 }]
  test.each(operations)('%s names itself where its arguments do not fit', (name, f) => {
    const found = new Map<string, Diagnostic>()
    const take = (o: Outcome): void => {
      if (o.thrown !== undefined) expect(o.thrown.name).toBe('WrongCall')
      for (const d of o.diagnostics) found.set(`${d.op} ${d.problem._tag} ${d.types.length}`, d)
    }
    const rotated = (k: number, n: number): readonly Type[] =>
      Array.from({ length: n }, (_, i) => types[(k * (i + 1) + i) % types.length] as Type)
    for (const [k, a] of options.entries())
      for (const n of [1, 3]) {
        const given = rotated(k, n)
        take(outcome(given, (xs) => f(...xs)))
        take(outcome(given, (xs) => then(f(a, k % 2 === 0 ? undefined : 7), ...xs)))
        take(outcome(given, (xs) => then(f(a, 1), xs)))
      }
    expect([...found.values()].filter((d) => d.op !== name).map(showDiagnostic)).toEqual([])
    for (const d of found.values()) expect(showDiagnostic(d)).not.toMatch(/-Infinity/)
  })
})
