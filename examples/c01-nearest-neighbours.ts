/**
 * C1. The nearest neighbour: the class of the closest example, or the majority of the k closest. Nothing is learned, and
 * the examples themselves are always right. It needs many examples, and many more where most coordinates are noise: its
 * bad case.
 */
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { spiral } from '../src/data/index.ts'
import { curves } from '../src/draw/index.ts'
import {
  argmin,
  gather,
  gt,
  int,
  mean,
  neg,
  programOrThrow,
  real,
  square,
  sub,
  sum,
  topK,
  toReal,
  unsqueeze,
} from '../src/index.ts'
import { foldIn, normal, randomKey } from '../src/random/index.ts'
import { atLeast, atMost, compute, type Report, type RunOptions } from '../src/report/index.ts'

const [tested, k] = [200, 5] as const

/** The predictions of both rules, from the squared distances [query, example]. */
const classifier = (count: number, queries: number, coordinates: number) =>
  programOrThrow({ x: real(count, coordinates), y: int(count), at: real(queries, coordinates) }, ({ x, y, at }) => {
    const distance = sum(2)(square(sub(unsqueeze(1)(at), unsqueeze(0)(x))))
    const near = topK(1, k)(neg(distance)).indices
    return { one: gather(y, argmin(1)(distance)), many: gt(mean(1)(toReal(gather(y, near))), 0.5) }
  })

/** Spirals, with more coordinates that are noise. */
const points = (seed: number, count: number, noise: number) => {
  const { x, y } = spiral(foldIn(0)(randomKey(seed)), count)
  const more = normal(count * noise)(foldIn(1)(randomKey(seed)))
  const rows = Array.from(y, (_, i) => [...x.subarray(2 * i, 2 * i + 2), ...more.subarray(noise * i, noise * (i + 1))])
  return { x: rows.flat(), y, count }
}
const wrong = (found: ArrayLike<number>, y: Int32Array): number =>
  y.reduce((n, label, i) => n + (label === found[i] ? 0 : 1), 0) / y.length

const errors = (o: RunOptions, count: number, noise = 0) => {
  const [train, test] = [points(2 * o.seed, count, noise), points(2 * o.seed + 1, tested, noise)]
  const run = (q: typeof test) =>
    compute(o.backend)(classifier(count, q.count, 2 + noise), { x: train.x, y: train.y, at: q.x })
  return pipe(
    TE.Do,
    TE.apS('own', run(train)),
    TE.apS('fresh', run(test)),
    TE.map(({ own, fresh }) => ({
      count,
      training: wrong(own.one, train.y),
      test: wrong(fresh.one, test.y),
      majority: wrong(fresh.many, test.y),
    })),
  )
}

export const run = (o: RunOptions): TE.TaskEither<string, Report> =>
  pipe(
    TE.Do,
    TE.apS(
      'rows',
      TE.traverseSeqArray((n: number) => errors(o, n))(o.small ? [10, 40, 160] : [10, 20, 40, 80, 160, 320]),
    ),
    TE.apS('bad', errors(o, o.small ? 80 : 160, 60)),
    TE.map(({ rows, bad }) => ({
      findings: [
        atMost(
          'training error, over all numbers of samples',
          0,
          Math.max(...rows.map((r) => r.training), bad.training),
        ),
        atMost(`test error with ${rows.at(-1)?.count} samples`, o.small ? 0.05 : 0.02, rows.at(-1)?.test ?? 1),
        atMost(`the same, majority of ${k}`, o.small ? 0.2 : 0.05, rows.at(-1)?.majority ?? 1),
        atLeast('test error with 10 samples', 0.2, rows[0]?.test ?? 0),
        atLeast(`bad case, ${bad.count} samples with 60 coordinates of noise: test error`, 0.25, bad.test),
      ],
      pictures: [
        {
          name: 'samples.svg',
          content: curves({ x: 'samples', y: 'test error', logX: true }, [
            { name: 'nearest neighbour', points: rows.map((r) => [r.count, r.test] as const) },
            { name: `majority of ${k}`, points: rows.map((r) => [r.count, r.majority] as const) },
          ]),
        },
      ],
    })),
  )
