/**
 * B5. Descent with back-tracking: take a step of twice the last rate; while the function has not decreased, halve it. So
 * the function never rises; the descent stops where the gradient is small.
 *
 *   f(x) = 1 - exp(-(x1^2 + 4 x2^2) / 4)      smooth, between 0 and 1, lowest at 0
 */
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { curves } from '../src/draw/index.ts'
import {
  apply,
  constant,
  dot,
  type Expr,
  expm1,
  gradOrThrow,
  lt,
  neg,
  norm,
  programOrThrow,
  real,
  scan,
  select,
  square,
  tensor,
} from '../src/index.ts'
import { lineSearch } from '../src/optim/index.ts'
import { atMost, close, compute, holds, type Report, type RunOptions } from '../src/report/index.ts'

type Point = Expr<readonly [2]>
type Scalar = Expr<readonly []>
const steps = 60
const firstRate = 10
const tolerance = 1e-8

const f = programOrThrow({ x: real(2) }, ({ x }) => neg(expm1(neg(dot(square(x), tensor([2], [0.25, 1]))))))
const gradient = gradOrThrow(f)

const search = lineSearch({ first: firstRate })
const descent = programOrThrow({ x: real(2) }, ({ x }) => {
  const step = ([now, rate]: readonly [Point, Scalar]): readonly [readonly [Point, Scalar], Scalar] => {
    const g = apply(gradient)({ x: now })
    const stopped = lt(norm()(g.x), tolerance)
    const [next, state] = search.update((p) => apply(f)(p), { x: now }, g, { rate })
    return [[select(stopped, now, next.x), state.rate], apply(f)({ x: now })]
  }
  const [[last], values] = scan(step, { length: steps })([x, constant([], firstRate)] as const, null)
  return { last, values, slope: norm()(apply(gradient)({ x: last }).x) }
})

/** `adjoint run` checks their gradients against finite differences. */
export const programs = { 'the function': f }

export const run = (o: RunOptions): TE.TaskEither<string, Report> =>
  pipe(
    compute(o.backend)(descent, { x: [2, 1] }),
    TE.map(({ last, values, slope }) => ({
      findings: [
        holds(
          'the objective never rises',
          values.every((v, k) => k === 0 || v <= (values[k - 1] ?? 0)),
        ),
        atMost('the norm of the last gradient', tolerance, slope[0] ?? Number.NaN),
        close('where it ends', [0, 0], last, 1e-7),
      ],
      pictures: [
        {
          name: 'objective.svg',
          content: curves({ x: 'step', y: 'f', logY: true }, [
            { name: 'f', points: Array.from(values, (v, k) => [k, v] as const) },
          ]),
        },
      ],
    })),
  )
