/** A derivation ends in the result of the transformation itself, equation for equation. */
import * as fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, test } from 'vitest'
import { generous } from '../../../backends/schedule/fuse.ts'
import { schedule } from '../../../backends/schedule/schedule.ts'
import { showPlan } from '../../../backends/schedule/show.ts'
import { type Diagnostics, showDiagnostic } from '../../../lang/syntax/error.ts'
import { parseOrThrow, print } from '../../../lang/text/index.ts'
import {
  type Derivation,
  explain,
  explainOrThrow,
  flows,
  flowsOrThrow,
  speak,
  type Transformation,
  takes,
  textOf,
} from '../../../src/explain/index.ts'
import { arbitraryProgram, inputRange } from '../../../src/testing/arbitrary/program.ts'
import { grad } from '../../../src/transform/grad.ts'
import { jvp } from '../../../src/transform/jvp.ts'
import { linearize } from '../../../src/transform/linearize.ts'
import { simplify } from '../../../src/transform/simplify/index.ts'
import { transpose } from '../../../src/transform/transpose.ts'
import { vjp } from '../../../src/transform/vjp.ts'
import { vmap } from '../../../src/transform/vmap.ts'
import { finiteAt, pointFrom } from '../../laws/table.ts'

type Any = ReturnType<typeof parseOrThrow>
const compile: Transformation = { _tag: 'compile', schedule: (p, tell) => showPlan(schedule(p, generous, tell)) }
/** Every transformation, with its result when it reports nothing; undefined if it refuses. */
const plain: readonly (readonly [Transformation, (p: Any) => Any | undefined])[] = [
  [{ _tag: 'forward' }, (p) => jvp(p) as Any],
  [{ _tag: 'reverse' }, (p) => right(vjp(p))],
  [{ _tag: 'gradient' }, (p) => right(grad(p as never))],
  [{ _tag: 'linearize' }, (p) => linearize(p).linear as unknown as Any],
  [{ _tag: 'batch', size: 3 }, (p) => vmap(3)(p) as unknown as Any],
  [{ _tag: 'simplify' }, (p) => simplify(p)],
  [compile, (p) => p],
]
const right = (e: E.Either<unknown, unknown>): Any | undefined => (E.isRight(e) ? (e.right as Any) : undefined)
const all = (d: Derivation): readonly Derivation[] => [
  d,
  ...d.steps.flatMap((s) => s.inside.flatMap(all)),
  ...(d.before ? all(d.before) : []),
]

/** Each equation is claimed once, except constants, zeros that are outputs, and those that are `free`. */
const claimsAll = (p: Any, produced: readonly number[], free: (value: number) => boolean = () => false): boolean => {
  const claimed = new Set(produced)
  return (
    claimed.size === produced.length &&
    produced.every((k) => k < p.closed.equations.length) &&
    p.closed.equations.every(
      (q, k) =>
        claimed.has(k) ||
        q.args.length === 0 ||
        p.closed.outputs.includes(q.first) ||
        q.outs.some((_, o) => free(q.first + o)),
    )
  )
}
/** Differentiation copies the equations that it differentiates: they are free. A split claims all of them. */
const wellProduced = (d: Derivation): boolean => {
  const copied = new Set(d.kind === 'linearize' ? [] : d.places.map((p) => p.primal))
  const produced = d.steps.flatMap((s) => s.produced)
  return (
    claimsAll(d.result, produced, (v) => copied.has(v)) &&
    (d.point === undefined ||
      claimsAll(
        d.point,
        d.steps.flatMap((s) => s.producedAtPoint),
      ))
  )
}
/** Every step of the plan is produced where its operation was scheduled; constants have no step. */
const wellScheduled = (d: Derivation): boolean => {
  const { steps } = schedule(d.source.closed)
  const produced = d.steps.flatMap((s) => s.produced.map((k) => [k, s.value as number] as const))
  const storing = new Map(produced)
  const constants = new Set(d.source.closed.equations.filter((q) => q.args.length === 0).map((q) => q.first))
  return (
    storing.size === produced.length &&
    produced.every(([k]) => k < steps.length) &&
    steps.every((s, k) =>
      storing.has(k)
        ? s._tag === 'Kernel' || s._tag === 'Data' || s._tag === 'Sort' || s._tag === 'Scatter'
          ? s.out === storing.get(k)
          : s.outs.some((o) => o !== undefined && o >= (storing.get(k) as number))
        : s._tag === 'Kernel' && constants.has(s.out),
    )
  )
}

describe('the derivation ends in the transformation’s own program', () => {
  test.each(plain.map(([t, f]) => [t._tag, t, f] as const))('%s', (_, t, f) => {
    let explained = 0
    fc.assert(
      fc.property(arbitraryProgram(), (p) => {
        const found = explain(p as Any, t)
        const expected = f(p as Any)
        if (expected === undefined || E.isLeft(found)) return expected === undefined && E.isLeft(found)
        explained += 1
        const speaks = all(found.right).every((d) =>
          d.steps.every((s) =>
            (['en', 'fr'] as const).every(
              (l) => textOf(speak(l, s.sentence)).length > 10 && textOf(speak(l, s.rule)) !== '',
            ),
          ),
        )
        const partitions =
          t._tag === 'simplify' ||
          (t._tag === 'compile' ? wellScheduled(found.right) : all(found.right).every(wellProduced))
        return print(found.right.result) === print(expected) && partitions && speaks
      }),
      // few random programs have one real number as their output
      { seed: 8, numRuns: t._tag === 'gradient' ? 120 : 40 },
    )
    expect(explained).toBeGreaterThan(t._tag === 'gradient' ? 2 : 15)
  })
  test('transpose', () => {
    const { linear } = linearize(parseOrThrow('x*sin(x*y)'))
    const back = transpose(linear as never)
    const d = explainOrThrow(linear, { _tag: 'transpose' })
    expect(E.isRight(back) && print(back.right)).toBe(print(d.result))
    expect(d.steps.length).toBe(linear.closed.equations.length)
  })
  test('linearize says which equations are computed at the point, and which in the linear program', () => {
    const d = explainOrThrow(parseOrThrow('x*sin(x*y)'), { _tag: 'linearize' })
    const said = d.steps.map((s) => [s.equation.left.text, s.producedAtPoint.length, s.produced.length])
    expect(said.filter(([, atPoint, linear]) => atPoint !== 0 && linear !== 0)).toEqual([])
    expect(d.steps.flatMap((s) => s.produced)).toEqual(d.result.closed.equations.map((_, k) => k))
    expect(d.steps.flatMap((s) => s.producedAtPoint)).toEqual(d.point?.closed.equations.map((_, k) => k))
  })
  test('compile says where every operation is computed', () => {
    const p = parseOrThrow('x*sin(x*y)')
    const d = explainOrThrow(p, compile)
    expect(d.plan).toBe(showPlan(schedule(p.closed)))
    expect(d.steps.map((s) => [s.sentence.key, s.produced])).toEqual([
      ['ownKernel', [0]],
      ['joined', []],
      ['joined', []],
    ])
  })
})

describe('the numbers agree with their finite differences', () => {
  const agree = (xs: readonly number[], ys: readonly number[]): boolean =>
    xs.every((x, k) => Math.abs(x - (ys[k] as number)) <= 1e-5 * Math.max(1, Math.abs(x)))
  test.each([
    ['x*sin(x*y)', [1.2, 0.5]],
    ['exp(-x^2)/(1 + y^2)', [0.3, -0.7]],
    ['x*x + x*y + log(1 + x^2)', [0.4, 0.9]],
  ])('%s', (text, at) => {
    const p = parseOrThrow(text)
    for (const t of ['forward', 'reverse', 'gradient'] as const) {
      const point = {
        at: at.map((x) => Float64Array.of(x)),
        ...(takes(t, 'along') && { along: [Float64Array.of(0.7), Float64Array.of(-0.3)] }),
        ...(takes(t, 'from') && { from: [Float64Array.of(2)] }),
      }
      const found = flowsOrThrow(explainOrThrow(p, { _tag: t }), point)
      const told = found.filter((f) => f.difference !== undefined)
      // every value except constants has a derivative, and the finite difference confirms it
      expect(told.length).toBeGreaterThanOrEqual(p.closed.equations.filter((q) => q.args.length > 0).length)
      for (const f of told)
        expect([f.name.text, agree(f.tangent ?? f.cotangent ?? [], f.difference as readonly number[])]).toEqual([
          f.name.text,
          true,
        ])
    }
  })
  test('random programs: every cotangent is the derivative of the outputs by that value', () => {
    let compared = 0
    fc.assert(
      fc.property(arbitraryProgram({ maxEquations: 6 }), fc.nat(), (p, seed) => {
        const x = pointFrom(p, seed, inputRange)
        if (!finiteAt(p, x)) return true
        const found = explain(p as Any, { _tag: 'reverse' })
        if (E.isLeft(found)) return true
        // declared rules need not be the derivatives of the values, and at a kink there is no derivative
        const declared = p.closed.equations.some((q) =>
          /custom|stopGradient|sort|max|min|select|abs|cond|floor|ceil|round|rem/i.test(q.op),
        )
        if (declared) return true
        return flowsOrThrow(found.right, { at: [...x.x()] as Float64Array[] }).every((f) => {
          if (f.difference === undefined || !f.difference.every(Number.isFinite)) return true
          compared += 1
          return agree(f.cotangent ?? [], f.difference)
        })
      }),
      { seed: 5, numRuns: 60 },
    )
    expect(compared).toBeGreaterThan(30)
  })
})

describe('an option that a transformation does not have is refused, not ignored', () => {
  const p = parseOrThrow('x*sin(x*y)')
  const said = (found: E.Either<Diagnostics, unknown>): string =>
    E.isLeft(found) ? found.left.map(showDiagnostic).join('\n') : 'accepted'
  test.each([
    [
      { _tag: 'linearize', wrt: ['x'] },
      /^explain: wrt has no part in linearize\n.*\n.*belongs to forward, reverse, gradient$/,
    ],
    [{ _tag: 'forward', size: 3 }, /^explain: size has no part in forward\n.*\n.*belongs to batch$/],
    [{ _tag: 'simplify', sise: 3 }, /^explain: sise has no part in simplify\n.*\n.*there is no such option$/],
    [{ _tag: 'gradient', wrt: ['x', 'z'] }, /^explain: no real input is called z\n.*\n {2}try {2}one of x, y$/],
    [{ _tag: 'transpose' }, /^transpose: not a program of \(residuals, tangents\)\n/],
  ])('%j', (t, says) => expect(said(explain(p, t as unknown as Transformation))).toMatch(says))
  const one = Float64Array.of(1)
  test.each([
    [
      'gradient',
      { at: [one, one], along: [one, one] },
      /^flows: along has no part in gradient\n.*\n.*belongs to forward$/,
    ],
    ['batch', { at: [one, one] }, /^flows: at has no part in batch\n/],
    ['forward', { at: [one] }, /^flows: at: expected real\[\], real\[\], found real\[1\]\n/],
    ['forward', { at: [one, one], along: [one] }, /^flows: along: expected/],
    ['reverse', { at: [one, one], from: [Float64Array.of(1, 2)] }, /^flows: from: expected/],
  ] as const)('%s at %j', (kind, point, says) => {
    const t = kind === 'batch' ? { _tag: kind, size: 2 } : { _tag: kind }
    expect(said(flows(explainOrThrow(p, t), point))).toMatch(says)
  })
})
test('the numbers of a transposition are those of the transposed map', () => {
  const { linear } = linearize(parseOrThrow('x*y'))
  const at = [3, 5, 7, 11].map((x) => Float64Array.of(x))
  const found = flowsOrThrow(explainOrThrow(linear, { _tag: 'transpose' }), { at, from: [Float64Array.of(2)] })
  const shares = found.flatMap((f) => (/^d/.test(f.name.text) ? [[f.cotangent?.[0], f.difference?.[0]]] : []))
  expect(shares).toEqual([
    [6, expect.closeTo(6, 6)],
    [10, expect.closeTo(10, 6)],
  ])
})
