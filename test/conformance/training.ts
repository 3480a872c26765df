/** A training case: the optimiser's whole path from state to state, one compiled step run again and again. */
import * as E from 'fp-ts/lib/Either.js'
import { close, inline } from '../../lang/syntax/closed.ts'
import { orThrow } from '../../lang/syntax/error.ts'
import { type Expr, input } from '../../lang/syntax/expr.ts'
import type { Program } from '../../lang/syntax/program.ts'
import type { Type } from '../../lang/syntax/shape.ts'
import { exprLeaves, typeLeaves } from '../../lang/syntax/tree.ts'
import {
  fromSettings,
  type OptimizerSettings,
  showSettingsError,
  startState,
  stateTypes,
  update,
} from '../../src/optim/index.ts'
import { valueAndGradOrThrow } from '../../src/transform/grad.ts'
import { programOf, typeOf } from './build.ts'
import { elementwise, grouped } from './compare.ts'
import type { Group } from './derivatives.ts'
import { type Case, dataOf, type State, type TensorSpec } from './format.ts'
import type { Runner } from './runner.ts'

/** (parameters, state, data) -> (loss, gradients, parameters', state'), every group flat. */
const stepOf = (
  c: Case,
): {
  readonly program: Program<unknown, unknown>
  readonly start: readonly Float64Array[]
  readonly params: number
  readonly slots: number
} => {
  const made = fromSettings(c.attrs as unknown as OptimizerSettings)
  if (E.isLeft(made)) throw new Error(showSettingsError(made.left))
  const optimizer = made.right,
    loss = programOf(c, ['loss'])
  const both = valueAndGradOrThrow(loss as never) as Program<unknown, unknown>
  const trained = c.inputs.map((t) => t.differentiable === true),
    params = c.inputs.filter((_, i) => trained[i]).map(typeOf)
  const stateTree = stateTypes(optimizer)(params),
    state = typeLeaves(stateTree),
    data = c.inputs.filter((_, i) => !trained[i]).map(typeOf)
  const types: readonly Type[] = [...params, ...state, ...data]
  const xs = types.map((type, k) => input(`x${k}`, type))
  const p = xs.slice(0, params.length),
    s = xs.slice(params.length, params.length + state.length),
    d = [...xs.slice(params.length + state.length)]
  const rest = [...p]
  const [value, ...gradients] = inline(
    both.closed,
    trained.map((t) => (t ? rest.shift() : d.shift()) as Expr),
  )
  // the gradient of data is not asked for
  const realInputs = c.inputs.filter((t) => t.dtype === undefined),
    wanted = gradients.filter((_, i) => realInputs[i]?.differentiable === true)
  const names = Object.keys((stateTree as { readonly slots: object }).slots),
    [step, ...slots] = s
  const tree = {
    step,
    slots: Object.fromEntries(names.map((name, k) => [name, slots.slice(k * params.length, (k + 1) * params.length)])),
  }
  const [moved, next] = update(optimizer)(p as never, wanted as never, tree as never)
  const outs = [value as Expr, ...wanted, ...exprLeaves(moved), ...exprLeaves(next)]
  const closed = orThrow(close(xs, outs)),
    flatState = leavesOf(startState(optimizer)(params))
  return {
    program: { in: types, out: outs.map((o) => o.type), closed },
    start: flatState,
    params: params.length,
    slots: state.length,
  }
}
const leavesOf = (tree: unknown): readonly Float64Array[] =>
  ArrayBuffer.isView(tree) ? [Float64Array.from(tree as Float32Array)] : Object.values(tree as object).flatMap(leavesOf)

interface At {
  readonly loss: number
  readonly gradients: readonly Float64Array[]
  readonly params: readonly Float64Array[]
}
export const runTraining = async (c: Case, runner: Runner): Promise<readonly Group[]> => {
  const { program, start, params: n, slots } = stepOf(c),
    steps = Number(c.attrs.steps),
    states = c.states ?? []
  const data = c.inputs.filter((t) => t.differentiable !== true).map(dataOf),
    wanted = new Set(states.map((s) => s.step))
  const found = new Map<number, At>()
  await runner.using(program, async (run) => {
    let params: readonly Float64Array[] = c.inputs.filter((t) => t.differentiable === true).map(dataOf),
      state = start
    for (let k = 0; k <= steps; k++) {
      const outs = await run([...params, ...state, ...data])
      if (wanted.has(k)) found.set(k, { loss: outs[0]?.[0] ?? Number.NaN, gradients: outs.slice(1, 1 + n), params })
      params = outs.slice(1 + n, 1 + 2 * n)
      state = outs.slice(1 + 2 * n, 1 + 2 * n + slots)
    }
  })
  return [judge(c, runner, states, found)]
}
const scalar = (name: string, v: number): TensorSpec => ({ name, shape: [], data: [v] })
const judge = (c: Case, runner: Runner, states: readonly State[], found: ReadonlyMap<number, At>): Group => {
  const beside = states.flatMap((s) => {
    const at = found.get(s.step) as At
    const named = (what: string, ts: readonly TensorSpec[] | undefined, xs: readonly Float64Array[]) =>
      (ts ?? []).map(
        (t, i) => [xs[i] ?? new Float64Array(0), { ...t, name: `step ${s.step} ${what} ${t.name}` }] as const,
      )
    return {
      loss: [[Float64Array.of(at.loss), scalar(`step ${s.step} loss`, s.loss)] as const],
      params: named('parameter', s.params, at.params),
      grads: named('gradient', s.grads, at.gradients),
    }
  })
  if (runner.precision === 'float32') {
    // states are judged against the largest parameter; losses and gradients against their own
    const groups = [beside.flatMap((b) => b.params), beside.flatMap((b) => b.loss), beside.flatMap((b) => b.grads)]
      .filter((g) => g.length > 0)
      .map((g) => grouped(g, 1e-4))
    return {
      name: 'states',
      outcome: groups.find((o) => !o.passed) ?? { passed: true, error: Math.max(...groups.map((o) => o.error)) },
    }
  }
  const all = beside
    .flatMap((b) => [...b.loss, ...b.params, ...b.grads])
    .map(([a, t]) => elementwise(a, t, c.tolerance))
  return {
    name: 'states',
    outcome: all.find((o) => !o.passed) ?? { passed: true, error: Math.max(0, ...all.map((o) => o.error)) },
  }
}
