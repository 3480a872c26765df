/** A differentiation case: outputs, vjp, jvp, hvp, Hessian, higher derivatives. One group each. */
import { closeOver, distinct, inline, inTypes, outTypes } from '../../lang/syntax/closed.ts'
import type { Expr } from '../../lang/syntax/expr.ts'
import type { Program } from '../../lang/syntax/program.ts'
import { isReal, type Type } from '../../lang/syntax/shape.ts'
import { gradOrThrow } from '../../src/transform/grad.ts'
import { hessianOrThrow } from '../../src/transform/jacobian.ts'
import { jvp } from '../../src/transform/jvp.ts'
import { vjpOrThrow } from '../../src/transform/vjp.ts'
import { type Flat, outputNames, programOf } from './build.ts'
import { elementwise, grouped, type Outcome } from './compare.ts'
import { type Case, dataOf, type TensorSpec } from './format.ts'
import type { Runner } from './runner.ts'

export interface Group {
  readonly name: string
  readonly outcome: Outcome
}

/** FORMAT.md's float32 rule: bounds by group. */
const bounds: { readonly [group: string]: number } = {
  outputs: 1e-5,
  intermediates: 1e-5,
  vjp: 1e-4,
  jvp: 1e-4,
  hvp: 1e-3,
  hessian: 1e-3,
  points: 1e-3,
}
const guided = (c: Case, group: string): number => {
  const guide = group === 'outputs' ? c.float32_error?.outputs : group === 'vjp' ? c.float32_error?.vjp : undefined
  return guide === undefined ? (bounds[group] ?? 1e-4) : 20 * guide + 1e-6
}
const judge = (
  c: Case,
  runner: Runner,
  name: string,
  pairs: readonly (readonly [Float64Array, TensorSpec])[],
): Group => {
  if (runner.precision === 'float32') return { name, outcome: grouped(pairs, guided(c, name)) }
  const all = pairs.map(([a, t]) => elementwise(a, t, c.tolerance))
  return {
    name,
    outcome: all.find((o) => !o.passed) ?? { passed: true, error: Math.max(0, ...all.map((o) => o.error)) },
  }
}
/** Actual and expected side by side, where something is expected. */
const beside = (
  actual: readonly Float64Array[],
  expected: readonly (TensorSpec | null)[],
): readonly (readonly [Float64Array, TensorSpec])[] =>
  expected.flatMap((t, i) => (t === null ? [] : [[actual[i] ?? new Float64Array(0), t] as const]))

/** The real arrays among a list that has one entry per type; absent ones are zero. */
const reals = (types: readonly Type[], given: (k: number) => Float64Array | undefined): readonly Float64Array[] =>
  types.flatMap((t, k) => (isReal(t) ? [given(k) ?? new Float64Array(t.shape.reduce((a, b) => a * b, 1))] : []))
/** Results that stand for real leaves only, back at the places of all leaves. */
const placed = (types: readonly Type[], results: readonly Float64Array[]): readonly (Float64Array | undefined)[] => {
  let next = 0
  return types.map((t) => (isReal(t) ? results[next++] : undefined))
}
const marked = <T>(c: Case, xs: readonly T[]): readonly T[] => xs.filter((_, i) => c.inputs[i]?.differentiable === true)
/** The k-th differentiable input's tangent, at the places of all inputs. */
const tangentsOf = (c: Case): readonly (Float64Array | undefined)[] => {
  const rest = [...(c.tangents ?? [])]
  return c.inputs.map((t) => {
    const s = t.differentiable === true ? rest.shift() : undefined
    return s && dataOf(s)
  })
}

/** (x, ct) -> df(x)^T ct alone. */
const gradientOf = (p: Flat): Program<unknown, unknown> => {
  const q = vjpOrThrow(p),
    n = p.closed.outputs.length
  return {
    in: q.in,
    out: (q.out as readonly unknown[])[1],
    closed: { ...q.closed, outputs: q.closed.outputs.slice(n) },
  }
}
/** Only the tangents of a jvp. */
const pushOf = (p: Program<unknown, unknown>): Program<unknown, unknown> => {
  const q = jvp(p),
    n = p.closed.outputs.length
  return {
    in: q.in,
    out: (q.out as readonly unknown[])[1],
    closed: { ...q.closed, outputs: q.closed.outputs.slice(n) },
  }
}
const run1 = (
  runner: Runner,
  p: Program<unknown, unknown>,
  inputs: readonly Float64Array[],
): Promise<readonly Float64Array[]> => runner.using(p, (run) => run(inputs))

const first = async (c: Case, runner: Runner): Promise<readonly Group[]> => {
  const p = programOf(c, outputNames(c)),
    x = c.inputs.map(dataOf),
    ins = inTypes(p.closed),
    outs = outTypes(p.closed)
  const groups: Group[] = [judge(c, runner, 'outputs', beside(await run1(runner, p, x), c.outputs ?? []))]
  if (c.intermediates !== undefined) {
    const named = c.intermediates.filter((t) => t.name !== undefined)
    groups.push(
      judge(
        c,
        runner,
        'intermediates',
        beside(
          await run1(
            runner,
            programOf(
              c,
              named.map((t) => t.name),
            ),
            x,
          ),
          named,
        ),
      ),
    )
  }
  const cts = reals(outs, (k) => {
    const t = c.cotangents?.[k]
    return t ? dataOf(t) : undefined
  })
  const dx = reals(ins, (k) => tangentsOf(c)[k])
  if (c.vjp !== undefined) {
    const pulled = placed(ins, await run1(runner, gradientOf(p), [...x, ...cts]))
    groups.push(judge(c, runner, 'vjp', beside(marked(c, pulled) as readonly Float64Array[], c.vjp)))
  }
  if (c.jvp !== undefined)
    groups.push(
      judge(
        c,
        runner,
        'jvp',
        beside(placed(outs, await run1(runner, pushOf(p), [...x, ...dx])) as readonly Float64Array[], c.jvp),
      ),
    )
  if (c.hvp !== undefined) {
    const second = pushOf(gradientOf(p)),
      still = cts.map((ct) => new Float64Array(ct.length))
    const bent = placed(ins, await run1(runner, second, [...x, ...cts, ...dx, ...still]))
    groups.push(judge(c, runner, 'hvp', beside(marked(c, bent) as readonly Float64Array[], c.hvp.result)))
  }
  if (c.hessian !== undefined) {
    const expected = flatHessian(c),
      scalar = { ...p, out: (p.out as readonly unknown[])[0] } as Program<unknown, Type<readonly [], 'real'>>
    const blocks = await run1(runner, hessianOrThrow(scalar) as Program<unknown, unknown>, x)
    // one block per pair of real inputs; the case has one differentiable input
    const real = c.inputs.filter((t) => t.dtype === undefined),
      d = real.findIndex((t) => t.differentiable === true)
    groups.push(judge(c, runner, 'hessian', [[blocks[d * real.length + d] ?? new Float64Array(0), expected]]))
  }
  return groups
}
const flatHessian = (c: Case): TensorSpec => {
  const h = c.hessian as TensorSpec | readonly number[] | readonly (readonly number[])[]
  if (!Array.isArray(h)) return { ...(h as TensorSpec), name: 'hessian' }
  const data = (h as readonly (number | readonly number[])[]).flatMap((v) => (typeof v === 'number' ? [v] : [...v]))
  return { name: 'hessian', shape: [data.length], data }
}

/** f, f', f'', ... of a scalar function, by nested gradients. */
const higher = async (c: Case, runner: Runner): Promise<readonly Group[]> => {
  const p = programOf(c, outputNames(c))
  const points = c.points ?? [],
    order = Math.max(...points.map((q) => q.derivatives.length)) - 1
  type Scalar = Program<Type, Type<readonly [], 'real'>>
  const scalar: Scalar = {
    in: real1,
    out: real1,
    closed: closeOver(distinct([{ name: 'x', type: real1 }]), ([e]) => [inline(p.closed, [e as Expr])[0] as Expr]),
  }
  const programs: Scalar[] = [scalar]
  for (let k = 0; k < order; k++) programs.push(gradOrThrow(programs[k] as Scalar) as unknown as Scalar)
  const values = await Promise.all(
    programs.map((q) =>
      runner.using(q, async (run) => {
        const found: number[] = []
        for (const point of points) found.push((await run([Float64Array.of(point.x)]))[0]?.[0] ?? Number.NaN)
        return found
      }),
    ),
  )
  const pairs = points.flatMap((point, i) =>
    point.derivatives.map(
      (d, k) =>
        [
          Float64Array.of(values[k]?.[i] ?? Number.NaN),
          { name: `f${"'".repeat(k)}(${point.x})`, shape: [], data: [d] },
        ] as const,
    ),
  )
  return [judge(c, runner, 'points', pairs)]
}
const real1: Type<readonly [], 'real'> = { dtype: 'real', shape: [] }

export const runDerivatives = (c: Case, runner: Runner): Promise<readonly Group[]> =>
  c.points !== undefined ? higher(c, runner) : first(c, runner)
