/**
 * B8. The optimisers, ten steps each on one bowl. An optimiser is a value, its state is data, and a step is a program;
 * ten steps are a loop of it.
 *
 *   f(w) = 1/2 w^T A w - b^T w
 */
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { apply, dot, matmul, mul, programOrThrow, real, scan, sub, tensor } from '../src/index.ts'
import { adadelta, adagrad, adam, adamW, type Optimizer, rmsProp, sgd } from '../src/optim/index.ts'
import { close, compute, type Report, type RunOptions } from '../src/report/index.ts'
import { descentStepOrThrow, startDescent } from '../src/train/index.ts'

const bowl = programOrThrow([{ w: real(3) }, null], ([{ w }]) => {
  const a = tensor([3, 3], [3, 0.5, 0.2, 0.5, 2, -0.3, 0.2, -0.3, 1])
  return sub(mul(0.5, dot(w, matmul(a, w))), dot(tensor([3], [1, -2, 0.5]), w))
})
const start = { w: [1.5, -1, 2] }

/** Each with its weights after ten steps, by another library in float64. */
const optimizers: readonly (readonly [name: string, o: Optimizer, end: readonly number[]])[] = [
  ['SGD', sgd({ rate: 0.1 }), [0.4614181226387147, -0.9881325857654669, 0.7401753700334506]],
  [
    'SGD with momentum',
    sgd({ rate: 0.05, momentum: 0.9 }),
    [0.1076869524036128, -0.8726062400811544, -0.4694862252638052],
  ],
  [
    'Nesterov',
    sgd({ rate: 0.05, momentum: 0.9, nesterov: true }),
    [0.3761485378138263, -0.9674007838523864, -0.3552911439393533],
  ],
  ['Adam', adam({ rate: 0.1 }), [0.5678285203535246, -1.0010301329429427, 1.0303546227702305]],
  ['AdamW', adamW({ rate: 0.05, weightDecay: 0.1 }), [0.9516660402581376, -0.9921787254597272, 1.4201312536494965]],
  ['RMSprop', rmsProp({ rate: 0.01 }), [1.0471012819768273, -1.0349315140402706, 1.5230567975945184]],
  ['Adadelta', adadelta({ rate: 1 }), [1.4666231015282882, -1.0286032553844637, 1.9664025814708983]],
  ['Adagrad', adagrad({ rate: 0.1 }), [1.050998683490704, -1.0353260079818765, 1.5271935961038212]],
]
/** Ten steps in a loop: the last weights. */
const tenSteps = (o: Optimizer) => {
  const step = descentStepOrThrow(o)(bowl)
  const [state] = step.in
  type State = Parameters<ReturnType<typeof apply<typeof step.in, typeof step.out>>>[0][0]
  return programOrThrow(
    state,
    (from) => scan((s: State) => [apply(step)([s, null])[0], null], { length: 10 })(from, null)[0].params.w,
  )
}

/** `adjoint run` checks their gradients against finite differences. */
export const programs = { 'the bowl': bowl }

export const run = (o: RunOptions): TE.TaskEither<string, Report> =>
  pipe(
    optimizers,
    TE.traverseSeqArray(([name, optimizer, end]) =>
      pipe(
        compute(o.backend)(tenSteps(optimizer), startDescent(optimizer, { w: real(3) }, start)),
        TE.map((w) => close(`${name} after ten steps`, end, w, 1e-8)),
      ),
    ),
    TE.map((findings) => ({ findings })),
  )
