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
    'apply argsOf bicgstab bind bindOrThrow bisect bool boundedWhile call cg checkAxes checkpoint cond cost customJvp customLinearSolve customRoot customVjp customVmap declareJvp declareVjp denseSolve ' +
    'entryOf evaluate fixedPoint fori freeAxes fromJSONText grad gradOrThrow hessian hessianOrThrow hvp hvpOrThrow int jacfwd ' +
    'jacrev jacrevOrThrow jet jvp keepAxes latex linearize newton odeint orThrow parse parseFormula parseFormulaOrThrow parseOrThrow ' +
    'print program programOrThrow real safeSelect scan segmentedScan showDiagnostic showDiagnostics showParseError ' +
    'showParseErrors simplify sparseJacobian taylor toJSONText transpose transposeOrThrow ' +
    'treeLeaves treeMap treeMapWithPath treeRavel treeReduce treeStack treeStructure treeUnflatten treeUnravel treeUnstack valueAndGrad valueAndGradOrThrow vjp vjpOrThrow ' +
    'vmap whileLoop'
  ).split(' '),
)
const operations: readonly (readonly [string, Any])[] = Object.entries(adjoint).flatMap(([name, f]) =>
  typeof f === 'function' && !others.has(name) ? [[name, f as Any] as const] : [],
)

const isWaiting = (x: unknown): boolean =>
  typeof x === 'object' && x !== null && Object.values(x).some((f) => typeof f === 'function')

interface Outcome {
  readonly thrown?: Error
  readonly diagnostics: readonly Diagnostic[]
}
/** An operation on inputs of these types. A function that waits for more arguments, or a record of them, counts as built. */
const outcome = (types: readonly Type[], f: (xs: readonly Expr[]) => unknown): Outcome => {
  let thrown: Error | undefined
  const p = program(types, (xs) => {
    try {
      const result = f(xs as readonly Expr[])
      return typeof result === 'function' || typeof result === 'number' || isWaiting(result) ? {} : result
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

describe('a call of JavaScript that TypeScript would refuse', () => {
  const said = (f: (x: Expr) => unknown): string =>
    outcome([real(3, 3)], ([x]) => f(x as Expr)).thrown?.message ?? 'none'
  const any = adjoint as unknown as { readonly [name: string]: (...xs: readonly unknown[]) => Any }
  const at = (name: string, ...first: readonly unknown[]): Any => (any[name] as Any)(...first) as Any

  test('the advice shows the place of a parameter that a record stands for', () => {
    const whole = 'the whole call is mean(axes?, options?)(x)'
    expect(said(() => at('mean', { axis: 0 }))).toContain(`write mean(axes?)(x): ${whole}`)
  })
  test.each<readonly [string, (x: Expr) => unknown, string]>([
    ['options of another operation', (x) => at('norm', { p: 3 })(x), 'norm: { p } stands where the axes belong'],
    ['a record for an axis', () => at('cumSum', { axis: 0 }), 'cumSum: { axis } stands where the axis belongs'],
    [
      'a record for two places',
      () => at('roll', { shift: 1, axis: 0 }),
      'roll: { shift, axis } stands where the shift belongs',
    ],
    ['a number for a shape', (x) => at('reshape', 9)(x), 'reshape: cannot read 9 as shape'],
    ['a word for axes', (x) => at('sum', 'a')(x), 'sum: cannot read "a" as axes'],
    ['a list for an array', (x) => at('sum')([x, x]), 'sum: cannot read [real[3, 3], real[3, 3]] as x'],
    ['a list for an axis', (x) => at('concat', [x, x]), 'concat: an array stands where the options belong'],
    ['an array too many', (x) => at('add', x, x, x), 'add: takes 2 arguments, not 3'],
    ['an offset of other systems', (x) => at('trace', x, 1, 2), 'trace: takes 2 arguments, not 3'],
    ['arrays that are no list', (x) => at('concat', 0)(x, x), 'concat: takes 1 argument in these brackets, not 2'],
    [
      'a misspelt option',
      () => at('mseLoss', { reductoin: 'sum' }),
      'mseLoss: has no option reductoin; it has reduction, broadcast',
    ],
    [
      'another name for an option',
      () => at('conv', { padding: 1 }),
      'conv: has no option padding; it has stride, pad, dilation, groups',
    ],
    ['a word for options', () => at('mseLoss', 'sum'), 'mseLoss: "sum" stands where the options belong'],
    ['null for options', () => at('layerNorm', null), 'layerNorm: null stands where the options belong'],
    [
      'a branch that is missing',
      (x) => at('cond', adjoint.lt(adjoint.sum()(x), 0), adjoint.sin)(x),
      'cond: no is missing',
    ],
    [
      'no function for a branch',
      (x) => at('cond', true, x, x)(x),
      'cond: real[3, 3] stands where the function yes belongs',
    ],
    [
      'cond, not curried',
      (x) => at('cond', true, adjoint.sin, adjoint.cos, x),
      'cond: takes 3 arguments in these brackets, not 4',
    ],
    [
      'fori, exchanged',
      (x) => at('fori', (_: unknown, c: unknown) => c, 3)(x),
      'fori: 3 stands where the function body belongs',
    ],
    [
      'fori, not curried',
      (x) => at('fori', 3, (_: unknown, c: unknown) => c, x),
      'fori: takes 2 arguments in these brackets, not 3',
    ],
    [
      'whileLoop of arrays',
      (x) => at('whileLoop', x, x)(x),
      'whileLoop: real[3, 3] stands where the function test belongs',
    ],
    [
      'a misspelt limit',
      () => at('whileLoop', adjoint.not, adjoint.sin, { limmit: 3 }),
      'whileLoop: has no option limmit; it has limit, name',
    ],
    ['a rule that is missing', (x) => at('customVjp', adjoint.sin)(x), 'customVjp: rule is missing'],
    [
      'a misspelt option of a rule',
      () => at('customJvp', adjoint.sin, adjoint.sin, { linar: false }),
      'customJvp: has no option linar; it has linear',
    ],
    ['call of an array', (x) => at('call', x), 'call: real[3, 3] stands where the function body belongs'],
  ])('%s', (_, f, what) => {
    const [first, where, advice] = said(f).split('\n')
    expect(first).toContain(what)
    expect(where).toMatch(/calls\.test\.ts:\d+/)
    expect(advice).toMatch(/^ {2}try {2}write /)
  })
  test('the whole call is shown, and its operands', () => {
    expect(said((x) => at('reshape', 9)(x))).toContain('in   reshape(9)(real[3, 3])')
    expect(said((x) => at('einsum', x))).toContain('write einsum(equation)(operands...)')
  })
  test('a list may be mapped by an operation, although it passes more arguments', () => {
    const p = program([real(), real()], (xs) => (xs as readonly Expr[]).map(adjoint.sin as (x: Expr) => Expr))
    expect(p._tag).toBe('Right')
  })
  test('elements and constants that are no numbers', () => {
    for (const value of ['a', null, true, [1]])
      expect(outcome([], () => at('constant', [2], value)).diagnostics[0]?.problem._tag).toBe('NotAnElement')
    expect(outcome([], () => at('tensor', [2], ['a', 'b'])).diagnostics.map(showDiagnostic)[0]).toContain(
      'a is not a number',
    )
  })
  test('real beside int: neither is wrong alone', () => {
    const [d] = outcome([real(2), int(2)], (xs) => at('add', ...xs)).diagnostics
    expect(d && showDiagnostic(d)).toContain('add: element types real and int differ')
  })
  test('a word for true or false', () => {
    const [d] = outcome([real(3)], ([x]) => then(at('sort', 0, { descending: 'yes' }), x)).diagnostics
    expect(d && showDiagnostic(d)).toContain('sort: descending must be true or false')
  })
  test('a matrix that is not square', () => {
    const [d] = outcome([real(2, 3)], ([x]) => at('det', x)).diagnostics
    expect(d && showDiagnostic(d)).toMatch(
      /^det: \[2, 3\] is not square: 3 is not 2\n {2}in {3}det\(real\[2, 3\]\) .*$/,
    )
  })
  test('only reshape computes a size', () => {
    const [d] = outcome([], () => at('tensor', [3], [1, 2])).diagnostics
    expect(d && showDiagnostic(d)).not.toContain('-1')
  })
})

describe('a program of JavaScript that TypeScript would refuse', () => {
  const said = (types: unknown, f?: unknown): string => {
    const p = program(types as Type, f as (x: Expr) => Expr)
    return E.isLeft(p) ? p.left.map(showDiagnostic).join('\n') : 'none'
  }
  const same = (x: unknown): unknown => x
  test.each<readonly [string, unknown, unknown, string]>([
    ['a number for a type', { x: 3 }, same, 'the input x is the number 3, not a type such as real(3)'],
    ['a word for a type', { x: 'real' }, same, 'the input x is the string real, not a type'],
    ['a type not called', { x: real }, same, 'the input x is a function, not a type'],
    ['an unknown element type', { x: { dtype: 'float', shape: [3] } }, same, 'the input x is of the type float'],
    ['no function', { x: real() }, undefined, 'its function is undefined'],
    ['a promise', real(), async (x: unknown) => x, 'the output is an object of the class Promise, not an expression'],
    [
      'an array of JavaScript',
      real(),
      () => Float64Array.of(1, 2),
      'the output is an object of the class Float64Array',
    ],
    ['a map', real(), (x: unknown) => new Map([['x', x]]), 'the output is an object of the class Map'],
    ['an operation', real(), () => adjoint.sin, 'the output is a function, not an expression'],
    [
      'a scan without its arrays',
      real(),
      () => adjoint.scan((c, r) => [c, r]),
      'the output is a function, not an expression',
    ],
  ])('%s', (_, types, f, what) => {
    expect(said(types, f)).toContain(what)
    expect(said(types, f)).toMatch(/calls\.test\.ts:\d+/)
    expect(said(types, f).length).toBeLessThan(300)
  })
  test.each<readonly [unknown, string]>([
    ['x', 'over has the string x where true, false or an axis belongs'],
    [['x'], 'over is a list, but the inputs have names'],
    [{ x: 0.5 }, 'over has the number 0.5 where true, false or an axis belongs'],
    [{ x: 9 }, '9 is not an axis'],
    [{ y: true }, 'over names y, and there is no such input'],
  ])('vmap over %j', (over, what) => {
    const f = adjoint.programOrThrow({ x: real() }, ({ x }) => x)
    expect(() => adjoint.vmap(3, { over } as never)(f as never)).toThrow(what)
  })
})
