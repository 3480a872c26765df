/** A model on one back end: parameters stay where it computes; an example goes in, an output or a loss comes out. */
import type { Backend } from '../../../backends/index.ts'
import { callClosed } from '../../../lang/primitives/call.ts'
import type { Expr } from '../../../lang/syntax/expr.ts'
import { type Program, untypedProgram } from '../../../lang/syntax/program.ts'
import { int, isReal, sizeOf } from '../../../lang/syntax/shape.ts'
import { exprLeaves } from '../../../lang/syntax/tree.ts'
import { predictOrThrow } from '../../../src/nn/index.ts'
import { sgd } from '../../../src/optim/index.ts'
import { startState } from '../../../src/optim/optimizer.ts'
import { trainStepOrThrow } from '../../../src/train/step.ts'
import { vmap } from '../../../src/transform/vmap.ts'
import { type HeldStep, noteOf, orFail } from '../held.ts'
import type { Measured } from '../line.ts'
import { measure } from '../measure.ts'
import { lossOf, type ModelCase, modelCase, type Task } from './list.ts'
import { hashed, labels, parametersOf, statisticsOf } from './numbers.ts'

type Numbers = Float32Array | Int32Array
/** Parameters and statistics are the state, which forward leaves as it is. */
const forwardStep = ({ network, x }: ModelCase): HeldStep => {
  const one = predictOrThrow(network, x as never) as Program<unknown, unknown>
  const all = vmap(1, { over: { params: false, state: false, x: true } as never, axis: 'batch' })(one as never)
  const { in: types, closed } = all as unknown as { readonly in: { readonly x: unknown }; readonly closed: never }
  const { x: example, ...held } = types
  const run = callClosed(closed)
  return orFail(
    untypedProgram([held, { x: example }], ([state, data]: readonly [object, object]) => [
      state,
      run(...exprLeaves({ ...state, ...data }))[0] as Expr,
    ]),
  ) as HeldStep
}
const optimizer = sgd({ rate: 1e-3 })
const trainingStep = (m: ModelCase): HeldStep =>
  trainStepOrThrow(m.network, lossOf(m) as never, optimizer, {
    ...{ x: m.x, y: int(...m.y), batch: m.batch },
  } as never) as unknown as HeldStep
/** The program that is measured. */
export const modelProgram = (workload: string): HeldStep => {
  const [m, task] = modelCase(workload)
  return task === 'forward' ? forwardStep(m) : trainingStep(m)
}

const examples = ({ x, classes }: ModelCase, batch: number): Numbers =>
  isReal(x) ? hashed(batch * sizeOf(x.shape), 1001, 1) : labels(batch * sizeOf(x.shape), 1001, classes)
const stateOf = ({ network, gain }: ModelCase, task: Task): unknown => {
  const [params, state] = [parametersOf(network.params, gain), statisticsOf(network.state)]
  return task === 'forward'
    ? { params, state }
    : { params, optimizer: startState(optimizer)(network.params), state, key: null }
}
/** Forward: the mean magnitude of the outputs. A step: the first loss. */
const checked = (task: Task, out: Float32Array): number =>
  task === 'forward' ? out.reduce((s, v) => s + Math.abs(v), 0) / out.length : (out[0] as number)

export const runModel = async (b: Backend, workload: string): Promise<Measured> => {
  const [m, task] = modelCase(workload)
  const batch = task === 'forward' ? 1 : m.batch
  const held = orFail(await b.resident(modelProgram(workload))())
  orFail(await held.load(stateOf(m, task) as never)())
  const x = examples(m, batch)
  const data = task === 'forward' ? { x } : { x, y: labels(batch * sizeOf(m.y), 1002, m.classes) }
  const once = async (): Promise<Float32Array> => orFail(await held.step(data as never)()) as Float32Array
  const loss = checked(task, await once())
  return { times: await measure(once), checks: { loss }, ...noteOf(held) }
}
