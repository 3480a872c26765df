/**
 * F3. A physics-informed network: u(x, t) is a network, and its loss is how far it is from an equation and from values on the
 * boundary. No value inside is given. The derivatives in the equation are programs, and so is the gradient of the loss.
 *
 *   u_t + u u_x = v u_xx      Burgers' equation, whose travelling front is known: u = c - a tanh(a (x - c t) / (2 v))
 */
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { gridPoints, plane, probability } from '../src/draw/index.ts'
import { add, apply, type Expr, mean, programOrThrow, real, square, sub, take, tanh, vmap } from '../src/index.ts'
import { dense, predictOrThrow, sequential } from '../src/nn/index.ts'
import { adam, cosine } from '../src/optim/index.ts'
import { foldIn, randomKey, uniform } from '../src/random/index.ts'
import { atMost, close, compute, type Report, type RunOptions } from '../src/report/index.ts'
import { exact, front, residual } from './burgers.ts'
import { descended } from './descend.ts'

const solution = (hidden: number) => {
  const network = sequential(dense(2, hidden), tanh, dense(hidden, hidden), tanh, dense(hidden, 1))
  const answer = predictOrThrow(network, real(2))
  const state = [null, null, null, null, null] as const
  const u = programOrThrow({ params: network.params, p: real(2) }, ({ params, p }) =>
    take(0, 0)(apply(answer)({ params, state, x: p })),
  )
  return { network, u }
}
/** The mean square of the residual at points inside, and of the error at points on the boundary. */
const lossOf = (hidden: number, inside: number, edge: number) => {
  const { network, u } = solution(hidden)
  const over = { over: { params: false, p: true } } as const
  const [residuals, values] = [vmap(inside, over)(residual(u)), vmap(edge, over)(u)]
  return programOrThrow(
    [network.params, { inside: real(inside, 2), edge: real(edge, 2), given: real(edge) }],
    ([params, d]) => {
      const wrong = sub(apply(values)({ params, p: d.edge }) as Expr, d.given)
      return add(mean()(square(apply(residuals)({ params, p: d.inside }) as Expr)), mean()(square(wrong))) as Expr<
        readonly []
      >
    },
  )
}
const box = { x: [-1, 1], y: [0, 1] } as const
const [hidden, inside, edge, side] = [24, 200, 60, 48] as const

/** `adjoint run` checks their gradients against finite differences. */
export const programs = { 'the loss': lossOf(3, 2, 2) }

/** Random points inside, and on the three sides where values are given: t = 0, x = -1 and x = 1. */
const points = (seed: number) => (step: number) => {
  const drawn = uniform(2 * inside + edge)(foldIn(step)(randomKey(seed)))
  const within = drawn.slice(0, 2 * inside).map((u, i) => (i % 2 === 0 ? 2 * u - 1 : u))
  const around = Array.from(drawn.subarray(2 * inside), (u, i) =>
    i % 2 === 0 ? ([2 * u - 1, 0] as const) : ([i % 4 === 1 ? -1 : 1, u] as const),
  )
  return { inside: within, edge: around.flat(), given: around.map(([x, t]) => exact(x, t)) }
}
const grid = gridPoints(box.x, box.y, side)
const truth = Array.from({ length: side * side }, (_, k) => exact(grid[2 * k] ?? 0, grid[2 * k + 1] ?? 0))
const known = vmap(side * side, { over: { params: false, p: true } })(residual(front))

export const run = (o: RunOptions): TE.TaskEither<string, Report> => {
  const { network, u } = solution(hidden)
  const steps = o.small ? 600 : 6000
  return pipe(
    TE.Do,
    TE.bind('zero', () => compute(o.backend)(known, { params: [], p: grid })),
    TE.bind('found', () =>
      descended(o, 'burgers', {
        loss: lossOf(hidden, inside, edge),
        params: network.init(foldIn(1)(randomKey(o.seed))).params,
        optimizer: adam({ rate: cosine(5e-3, steps) }),
        steps,
        data: points(o.seed),
      }),
    ),
    TE.bind('values', ({ found: { params } }) =>
      compute(o.backend)(vmap(side * side, { over: { params: false, p: true } })(u), { params, p: grid }),
    ),
    TE.map(({ zero, values }) => {
      const size = (xs: readonly number[]) => Math.sqrt(xs.reduce((s, v) => s + v * v, 0))
      const off = size(truth.map((v, k) => v - (values[k] ?? Number.NaN)))
      const picture = (name: string, of: ArrayLike<number>) => ({
        name,
        content: plane({ ...box, field: { values: of, side, colour: probability }, title: 'u(x, t): t goes up' }),
      })
      return {
        findings: [
          close('the residual of the known solution', 0, Math.max(...Array.from(zero, Math.abs)), 1e-4),
          atMost('error of the network inside, over the size of u', o.small ? 0.2 : 0.02, off / size(truth)),
        ],
        pictures: [picture('learned.svg', values), picture('true.svg', truth)],
      }
    }),
  )
}
