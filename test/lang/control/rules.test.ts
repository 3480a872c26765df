/** Custom rules are held to what they claim: linear, in use, and one-way only on purpose. Captured values count. */
import * as fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, test } from 'vitest'
import {
  abs,
  add,
  clamp,
  clipGradient,
  concat,
  cond,
  constant,
  cumSum,
  div,
  type Expr,
  evaluate,
  exp,
  floor,
  inverse,
  log,
  logabsdet,
  lt,
  matmul,
  max,
  mul,
  neg,
  norm,
  parse,
  print,
  program,
  programOrThrow,
  real,
  rem,
  reshape,
  scan,
  select,
  sin,
  solve,
  sqrt,
  stopGradient,
  sub,
  sum,
  tensor,
} from '../../../lang/index.ts'
import { notLinear } from '../../../lang/linear.ts'
import { dictionary } from '../../../lang/primitives/index.ts'
import { type Closed, isClosed } from '../../../lang/syntax/closed.ts'
import { node } from '../../../lang/syntax/expr.ts'
import type { Attrs } from '../../../lang/syntax/plain.ts'
import type { Type } from '../../../lang/syntax/shape.ts'
import { validateCall } from '../../../lang/validate.ts'
import {
  customJvp,
  customVjp,
  gradOrThrow,
  jacrevOrThrow,
  jvp,
  simplify,
  transpose,
  transposeOrThrow,
  vjp,
  vmap,
} from '../../../src/index.ts'
import type { AnyProgram } from '../../laws/derivative.ts'
import { sameFunction } from '../../laws/equal.ts'
import { valuesOn } from './onBackends.ts'

type Real = Expr<readonly [], 'real'>
type V = Expr<readonly [2], 'real'>
type Rule = (x: V, d: V, y: V) => V | null
const ways = [
  ['customJvp', (rule: Rule) => customJvp((x: V) => mul(x, 2), rule)],
  ['customVjp', (rule: Rule) => customVjp((x: V) => mul(x, 2), rule)],
] as const
/** The faults of a rule, each with its term. */
const faultsOf = (f: (x: V) => unknown): readonly string[] => {
  const p = program(real(2), f as (x: V) => V)
  if (E.isRight(p)) return []
  return p.left.map((d) => {
    const { _tag } = d.problem
    return _tag === 'NotLinear' ? `${d.op} ${_tag} ${d.problem.term}` : `${d.op} ${_tag}`
  })
}

describe.each(ways)('%s refuses a rule that is not linear, and names the term', (op, build) => {
  const d = op === 'customJvp' ? 'dx' : 'ct'
  test.each<readonly [string, Rule, string]>([
    ['a function of the point is added', (_, t, y) => add(t, sqrt(y)), `add(${d}, sqrt(y))`],
    ['a number is added', (_, t) => add(t, 1), `add(${d}, 1)`],
    ['a very small number is added', (_, t) => add(t, 1e-12), `add(${d}, 1e-12)`],
    ['a number is subtracted', (_, t) => sub(1, t), `sub(1, ${d})`],
    ['added first, then scaled', (x, t) => mul(x, add(mul(t, 2), exp(x))), `add(mul(${d}, 2), exp(x))`],
    ['a square', (_, t) => mul(t, t), `mul(${d}, ${d})`],
    ['divided by it', (_, t) => div(1, t), `div(1, ${d})`],
    ['its size', (_, t) => abs(t), `abs(${d})`],
    ['clipped', (_, t) => clamp(-1, 1)(t), `lt(${d}, -1)`],
    ['its positive part', (_, t) => max(t, 0), `max(${d}, 0)`],
    ['rounded', (_, t) => floor(t), `floor(${d})`],
    ['a remainder', (_, t) => rem(t, 2), `rem(${d}, 2)`],
    ['scaled by its norm', (_, t) => div(t, norm()(t) as Expr) as V, 'any'],
    ['chosen by it', (_, t) => select(lt(t, 0), t, mul(2, t)), `lt(${d}, 0)`],
    [
      'one of two branches, chosen by it',
      (_, t) =>
        cond(
          lt(sum()(t), 0),
          (a: V) => a,
          (a: V) => neg(a),
        )(t),
      `lt(sum(${d}), 0)`,
    ],
    ['in a loop', (_, t) => scan((c: V) => [add(c, 1), null], { length: 2 })(t, null)[0], 'add(carry, 1)'],
    ['a function of the point alone', (x) => sin(x), 'sin(x)'],
    ['a number alone', () => constant([2], 3), '3'],
  ])('%s', (_, rule, term) => {
    const found = faultsOf(build(rule))
    expect(found).toHaveLength(1)
    if (term !== 'any') expect(found).toEqual([`${op} NotLinear ${term}`])
  })
  test('a rule that does not use it; null says that the derivative is 0 on purpose', () => {
    expect(faultsOf(build(() => constant([2], 0)))).toEqual([`${op} UnusedTangent`])
    expect(faultsOf(build((x) => mul(x, 0)))).toEqual([`${op} UnusedTangent`])
    expect(faultsOf(build((_, t) => stopGradient(t)))).toEqual([`${op} UnusedTangent`])
    expect(faultsOf(build((_, t) => mul(t, 0)))).toEqual([`${op} UnusedTangent`])
    expect(faultsOf(build((() => {}) as never))).toEqual([`${op} NotAnExpression`])
    const none = programOrThrow(real(2), (x) => sum()(build(() => null)(x)))
    expect(evaluate(gradOrThrow(none).closed, [Float64Array.of(1, 2)])).toEqual([Float64Array.of(0, 0)])
  })
  test('no false alarm: every way to be linear', () => {
    const square = constant([2, 2], 0.5)
    const linear: readonly Rule[] = [
      (x, t) => mul(t, exp(x)),
      (x, t, y) => sub(div(mul(t, y), add(1, mul(x, x))), mul(2, t)),
      (x, t) => select(lt(x, 0), t, mul(3, t)),
      (x, t) => select(lt(x, 0), t, 0),
      (_, t) => matmul(square, t) as V,
      (_, t) => cumSum(0)(t),
      (_, t) => concat(0)([reshape([2] as const)(t)]) as V,
      (x, t) =>
        cond(
          lt(sum()(x), 0),
          (a: V) => a,
          (a: V) => neg(a),
        )(t),
      (x, t) => scan((c: V) => [mul(add(c, t), x), null], { length: 3 })(t, null)[0],
      // the fixed term cancels
      (x, t) => sub(mul(x, add(t, 1)), x),
      (x, t) => add(sub(t, log(mul(x, x))), mul(2, log(abs(x)))),
    ]
    for (const rule of linear) expect(faultsOf(build(rule))).toEqual([])
  })
})
test('a member that was forgotten is an error; null is not', () => {
  type Both = { readonly a: V; readonly b: V }
  const forgets = customVjp((p: Both) => mul(p.a, p.b), ((p: Both, ct: V) => ({ a: mul(ct, p.b) })) as never)
  const wrong = program({ a: real(2), b: real(2) }, forgets)
  expect(E.isLeft(wrong) && wrong.left.map((d) => d.problem._tag)).toEqual(['BodyMismatch'])
  const without = customVjp(
    (p: Both) => mul(p.a, p.b),
    (p, ct) => ({ a: mul(ct, p.b), b: null }),
  )
  expect(E.isRight(program({ a: real(2), b: real(2) }, without))).toBe(true)
})

describe('a transpose is of a linear program', () => {
  const both = [real(2), real(2)] as const
  test.each<readonly [string, (r: V, a: V) => V, string]>([
    ['a number is added', (_, a) => add(1, a), 'add(1, x1)'],
    ['the point is added', (r, a) => add(mul(r, a), r), 'add(mul(x0, x1), x0)'],
    ['a square', (_, a) => mul(a, a), 'mul(x1, x1)'],
    ['the point alone', (r) => r, 'x0'],
  ])('%s', (_, f, term) => {
    const p = transpose(programOrThrow(both, ([r, a]) => f(r, a)))
    expect(E.isLeft(p) && p.left.map((d) => d.problem)).toEqual([{ _tag: 'NotLinear', inputs: ['x1'], term }])
  })
  test('a scalar that is added is refused, by an exception in scripts', () => {
    const p = programOrThrow([real(), real()], ([, x]) => add(1, x))
    expect(() => transposeOrThrow(p)).toThrow(/not linear in x1: add\(1, x1\)/)
  })
  test('a linear one is transposed', () => {
    const p = transposeOrThrow(programOrThrow(both, ([r, a]) => mul(r, a)))
    expect(evaluate(p.closed, [Float64Array.of(2, 3), Float64Array.of(1, 1)])).toEqual([Float64Array.of(2, 3)])
  })
})

describe('a rule that is not linear on purpose', () => {
  const clipped = customVjp(
    (x: V): V => x,
    (_, ct) => clamp(-1, 1)(ct),
    { linear: false },
  )
  const f = programOrThrow({ x: real(2), w: real(2) }, ({ x, w }) => sum()(mul(clipped(mul(x, x)), w)))
  const reals = { x: [2, 3], w: [5, 0.5] }
  test('clips the gradient, on every back end and mapped', async () => {
    // d/dx = clip(w) 2x, d/dw = x^2
    const right = { x: [4, 3], w: [4, 9] }
    for (const g of await valuesOn(gradOrThrow(f), reals))
      expect(Object.fromEntries(Object.entries(g as object).map(([k, v]) => [k, [...v]]))).toEqual(right)
    const mapped = vmap(2, { over: { x: true, w: false } })(gradOrThrow(f))
    const [x] = evaluate(mapped.closed, [Float64Array.of(2, 3, 1, 1), Float64Array.of(5, 0.5)])
    expect([...(x ?? [])]).toEqual([4, 3, 2, 1])
  })
  test('clipGradient is one that is ready for use', async () => {
    const p = programOrThrow({ x: real(3) }, ({ x }) => sum()(mul(clipGradient(1)(x), tensor([3], [0.5, 40, -40]))))
    for (const g of await valuesOn(gradOrThrow(p), { x: [1, 2, 3] }))
      expect([...(g as { readonly x: Float64Array }).x]).toEqual([0.5, 1, -1])
    expect(faultsOf((x) => clipGradient(-1)(x))).toEqual(['clipGradient InvalidAttribute'])
    expect(faultsOf((x) => clipGradient(Number.NaN)(x))).toEqual(['clipGradient InvalidAttribute'])
    expect(() => jvp(p)).toThrow(/no forward derivative/)
  })
  test('reverse over reverse differentiates the rule; forward mode and a transpose are refused', () => {
    const hessian = jacrevOrThrow(gradOrThrow(programOrThrow(real(2), (x) => sum()(clipped(mul(x, x))))))
    // the gradient is clip(1) 2x, so its derivative is 2 on the diagonal
    expect([...(evaluate(hessian.closed, [Float64Array.of(1, 3)])[0] ?? [])]).toEqual([2, 0, 0, 2])
    expect(() => jvp(f)).toThrow(/no forward derivative/)
    const asLinear = programOrThrow([real(2), real(2)], ([, a]) => clipped(a))
    expect(E.isLeft(transpose(asLinear))).toBe(true)
    const forward = customJvp(
      (x: V) => x,
      (_, dx) => clamp(-1, 1)(dx),
      { linear: false },
    )
    const p = programOrThrow(real(2), (x) => sum()(forward(x)))
    expect([...(evaluate(jvp(p).closed, [Float64Array.of(1, 2), Float64Array.of(5, 0.5)])[1] ?? [])]).toEqual([1.5])
    const back = vjp(p)
    expect(E.isLeft(back) && back.left.map((d) => d.problem)).toEqual([{ _tag: 'OneWay', mode: 'reverse' }])
  })
})

describe('a rule may capture values from around it', () => {
  const same = (a: unknown, b: unknown) =>
    fc.assert(
      fc.property(fc.integer(), (seed) => sameFunction(a as AnyProgram, b as AnyProgram, seed)),
      { numRuns: 8 },
    )
  const both = { x: real(2), k: real(2) }
  const plain = programOrThrow(both, ({ x, k }) => mul(sin(mul(x, k)), k))
  test('their derivative is that of the function', () => {
    const byJvp = programOrThrow(both, ({ x, k }) =>
      mul(
        customJvp(
          (a: V) => sin(mul(a, k)),
          (a, dx) => mul(dx, mul(k, sin(add(mul(a, k), Math.PI / 2)))),
        )(x),
        k,
      ),
    )
    const byVjp = programOrThrow(both, ({ x, k }) =>
      mul(
        customVjp(
          (a: V) => sin(mul(a, k)),
          (a, ct) => mul(ct, mul(k, sin(add(mul(a, k), Math.PI / 2)))),
        )(x),
        k,
      ),
    )
    same(byJvp, plain)
    same(byVjp, plain)
    same(vmap(3, { over: { x: true, k: false } })(byVjp), vmap(3, { over: { x: true, k: false } })(plain))
    same(vmap(3, { over: { x: false, k: true } })(byJvp), vmap(3, { over: { x: false, k: true } })(plain))
    same(
      gradOrThrow(programOrThrow(both, (p) => sum()(byVjpOf(p)))),
      gradOrThrow(programOrThrow(both, (p) => sum()(mul(p.x, p.k)))),
    )
  })
  const byVjpOf = ({ x, k }: { readonly x: V; readonly k: V }) =>
    customVjp(
      (a: V) => mul(a, k),
      (_, ct) => mul(ct, k),
    )(x)
  test('a value that only the rule uses does not change the function', () => {
    const p = programOrThrow(both, ({ x, k }) =>
      sum()(
        customVjp(
          (a: V) => a,
          (_, ct) => mul(ct, k),
        )(x),
      ),
    )
    expect(evaluate(gradOrThrow(p).closed, [Float64Array.of(1, 2), Float64Array.of(5, 7)])).toEqual([
      Float64Array.of(5, 7),
      Float64Array.of(0, 0),
    ])
  })
  test('inside a loop, its carry', async () => {
    const p = programOrThrow(
      real(),
      (x) =>
        scan(
          (c: Real) => [
            customVjp(
              (a: Real) => mul(a, c),
              (_, ct) => mul(ct, c),
            )(x),
            null,
          ],
          { length: 3 },
        )(x, null)[0],
    )
    expect(await valuesOn(gradOrThrow(p), 2)).toEqual([[32], [32], [32], [32]])
  })
})

describe('in every program of this repository', () => {
  /** The rules in a program and in its bodies, each with the number of its first tangent or cotangent. */
  const rulesIn = (p: Closed): readonly (readonly [Closed, number])[] =>
    p.equations.flatMap((q) => {
      const { rule } = q.attrs
      const inner = Object.values(q.attrs).flatMap((a) => (isClosed(a) ? rulesIn(a) : []))
      return isClosed(rule) ? [[rule, q.args.length + q.outs.length] as const, ...inner] : inner
    })
  const square = real(3, 3)
  test.each<readonly [string, { readonly closed: Closed }]>([
    ['solve', programOrThrow([square, real(3, 2)], ([a, b]) => solve(a, b))],
    ['inverse', programOrThrow(square, (a) => inverse(a))],
    ['logabsdet', programOrThrow(square, (a) => logabsdet(a))],
    ['a batch of solve', vmap(2)(programOrThrow([square, real(3, 2)], ([a, b]) => solve(a, b)))],
    ['its derivative', jvp(programOrThrow([square, real(3, 2)], ([a, b]) => solve(a, b)))],
    ['its simplified form', simplify(programOrThrow([square, real(3, 2)], ([a, b]) => solve(a, b)))],
  ])('the rules of %s are linear', (_, p) => {
    const found = rulesIn(p.closed)
    expect(found.length).toBeGreaterThan(0)
    for (const [rule, from] of found)
      expect(
        notLinear(
          rule,
          rule.inputs.map((_, k) => k >= from),
        ),
      ).toBeUndefined()
  })
  test('every derivative of every primitive is linear in its tangents', () => {
    for (const entry of dictionary.values())
      for (const { attrs, args } of entry.examples) {
        const p = programOrThrow([...args], (xs) =>
          node(entry.name, attrs, xs as readonly Expr[], outsOfExample(entry.name, attrs, args)),
        )
        if (attrs.linear === false) continue
        const pushed = jvp(p as never) as { readonly closed: Closed }
        const n = args.length
        const derivative = { ...pushed.closed, outputs: pushed.closed.outputs.slice(p.closed.outputs.length) }
        const moved = derivative.inputs.map((_, k) => k >= n)
        expect([entry.name, notLinear(derivative, moved)]).toEqual([entry.name, undefined])
      }
  })
  const outsOfExample = (op: string, attrs: Attrs, args: readonly Type[]): readonly Type[] => {
    const outs = validateCall(op, attrs, args)
    return E.isRight(outs) ? outs.right : []
  }
  test('a text or a file with a rule that is not linear is refused', () => {
    const good = programOrThrow(real(2), (x) =>
      customVjp(
        (a: V) => mul(a, 2),
        (_, ct) => mul(ct, 2),
      )(x),
    )
    const text = print(good).replace('ct * 2', 'ct + 2')
    const read = parse(text)
    expect(text).toContain('ct + 2')
    expect(E.isLeft(read) && JSON.stringify(read.left)).toContain('"NotLinear"')
    expect(E.isRight(parse(print(good)))).toBe(true)
  })
})
