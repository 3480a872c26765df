/**
 * B9. Two step sizes on one surface, f(x, y) = x^2 + 4 y^2 - x y. Its steepest curvature is about 8.2, and descent with
 * rate eta converges where eta < 2 / 8.2: 0.125 does, 0.5 does not.
 */
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { bands, gridPoints, plane } from '../src/draw/index.ts'
import {
  add,
  apply,
  type Expr,
  gradOrThrow,
  mul,
  programOrThrow,
  real,
  scan,
  square,
  sub,
  take,
  vmap,
} from '../src/index.ts'
import { atLeast, atMost, compute, type Report, type RunOptions } from '../src/report/index.ts'

type Point = Expr<readonly [2]>
const [steps, side] = [24, 160] as const
const start = [2.5, 1.5]

const f = programOrThrow({ p: real(2) }, ({ p }) => {
  const [x, y] = [take(0, 0)(p), take(0, 1)(p)]
  return sub(add(square(x), mul(4, square(y))), mul(x, y))
})
const gradient = gradOrThrow(f)
const surface = vmap(side * side)(f)
const path = programOrThrow({ p: real(2), rate: real() }, ({ p, rate }) => {
  const [last, points] = scan((q: Point) => [sub(q, mul(rate, apply(gradient)({ p: q }).p)), q], { length: steps })(
    p,
    null,
  )
  return { points, value: apply(f)({ p: last }) }
})
const box = { x: [-3, 3], y: [-3, 3] } as const
const pairs = (xs: ArrayLike<number>) =>
  Array.from({ length: xs.length / 2 }, (_, k) => [xs[2 * k] ?? 0, xs[2 * k + 1] ?? 0] as const)

/** `adjoint run` checks their gradients against finite differences. */
export const programs = { 'the surface': f }

export const run = (o: RunOptions): TE.TaskEither<string, Report> =>
  pipe(
    TE.Do,
    TE.apS('slow', compute(o.backend)(path, { p: start, rate: 0.125 })),
    TE.apS('fast', compute(o.backend)(path, { p: start, rate: 0.5 })),
    TE.apS('values', compute(o.backend)(surface, { p: gridPoints(box.x, box.y, side) })),
    TE.map(({ slow, fast, values }) => ({
      findings: [
        atMost(`f after ${steps} steps of 0.125: converges`, 1e-4, slow.value[0] ?? Number.NaN),
        atLeast(`f after ${steps} steps of 0.5: does not`, 1e6, fast.value[0] ?? Number.NaN),
      ],
      pictures: [
        {
          name: 'paths.svg',
          content: plane({
            ...box,
            field: { values, side, colour: bands(0.02, 2, 12) },
            paths: [
              { name: 'eta = 0.125', points: pairs(slow.points) },
              { name: 'eta = 0.5', points: pairs(fast.points).slice(0, 3) },
            ],
            title: 'x² + 4y² − xy',
          }),
        },
      ],
    })),
  )
