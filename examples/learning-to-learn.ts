/** MAML: parameters from which one step of descent fits a new task. */
import {
  apply,
  constant,
  type Expr,
  gradOrThrow,
  type Handles,
  mean,
  mseLoss,
  programOrThrow,
  real,
  tanh,
  vmap,
} from '../src/index.ts'
import { dense, predictOrThrow, sequential } from '../src/nn/index.ts'
import { sgd, update } from '../src/optim/index.ts'
import type { Key } from '../src/random/index.ts'

/** A network of this width, and its mean loss on k points. */
export const task = (hidden: number, k: number) => {
  const network = sequential(dense(1, hidden), tanh, dense(hidden, hidden), tanh, dense(hidden, 1))
  const answer = predictOrThrow(network, real(k, 1))
  const state = [null, null, null, null, null] as const
  const seen = { x: real(k, 1), y: real(k, 1) } as const
  const loss = programOrThrow([network.params, seen], ([params, { x, y }]) =>
    mseLoss()(apply(answer)({ params, state, x }), y),
  )
  return { params: network.params, start: (key: Key) => network.init(key).params, answer, seen, loss }
}
type Task = ReturnType<typeof task>
type Params = Handles<Task['params']>
/** So many gradient steps on what was seen of a task. */
export const adapted = ({ loss }: Task, steps: number) => {
  const slope = gradOrThrow(loss, { wrt: [true, false] })
  const inner = sgd({ rate: 0.05 })
  return (params: Params, seen: { readonly x: Expr<readonly [number, 1]>; readonly y: Expr<readonly [number, 1]> }) =>
    Array.from({ length: steps }).reduce<Params>(
      (w) => update(inner)(w, apply(slope)([w, seen])[0], { step: constant([], 0), slots: {} })[0],
      params,
    )
}
/** (parameters, points seen and new points of many tasks) -> the mean loss on new points after the steps. */
export const learning = (t: Task, tasks: number, steps: number) => {
  const one = programOrThrow([t.params, { seen: t.seen, fresh: t.seen }], ([params, { seen, fresh }]) =>
    apply(t.loss)([adapted(t, steps)(params, seen), fresh]),
  )
  const all = vmap(tasks, { over: [false, true] })(one)
  return programOrThrow(all.in, (v) => mean()(apply(all)(v)) as Expr<readonly []>)
}
