/**
 * A1. A layer is a weighted sum. Ten pupils have seven marks each. A question that is a weighted sum of marks is one
 * column of a matrix; all questions together are one product.
 *
 *   answers = marks W        [10, 7] [7, 4] -> [10, 4]
 */
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { matmul, programOrThrow, real, tensor } from '../src/index.ts'
import { close, compute, type Report, type RunOptions } from '../src/report/index.ts'
import { languages, marks, sciences } from './marks.ts'

const question = (weights: readonly number[]) =>
  programOrThrow({ marks: real(10, 7) }, (v) => matmul(v.marks, tensor([7], weights)))
const questions = programOrThrow({ marks: real(10, 7), weights: real(7, 4) }, (v) => matmul(v.marks, v.weights))

const all = [1 / 7, 1 / 7, 1 / 7, 1 / 7, 1 / 7, 1 / 7, 1 / 7]
const mathsMinusComputing = [1, 0, -1, 0, 0, 0, 0]
/** The four columns side by side, row by row. */
const weights = all.flatMap((w, i) => [w, languages[i] ?? 0, mathsMinusComputing[i] ?? 0, sciences[i] ?? 0])

const expected = {
  all: [10.9857, 12.7429, 9.1857, 10.0571, 10.3286, 11.3571, 10.5, 8.3286, 10.7, 9.0143],
  languages: [11.25, 10.8, 7.9, 9, 11.05, 11.3, 13.45, 5.95, 14.7, 6.8],
  difference: [-1.6, -4, 0.7, 3.1, 2.2, -2, 0.9, -2.4, -0.9, -3.7],
  sciences: [10.88, 13.52, 9.7, 10.48, 10.04, 11.38, 9.32, 9.28, 9.1, 9.9],
}

export const run = (o: RunOptions): TE.TaskEither<string, Report> =>
  pipe(
    TE.Do,
    TE.apS('all', compute(o.backend)(question(all), { marks })),
    TE.apS('languages', compute(o.backend)(question(languages), { marks })),
    TE.apS('difference', compute(o.backend)(question(mathsMinusComputing), { marks })),
    TE.apS('sciences', compute(o.backend)(question(sciences), { marks })),
    TE.apS('together', compute(o.backend)(questions, { marks, weights })),
    TE.map((found) => ({
      findings: [
        close('mean of all seven', expected.all, found.all, 5e-5),
        close('languages', expected.languages, found.languages, 1e-9),
        close('maths minus computing', expected.difference, found.difference, 1e-9),
        close('sciences', expected.sciences, found.sciences, 1e-9),
        close(
          'all questions at once, the fourth',
          found.sciences,
          found.together.filter((_, i) => i % 4 === 3),
          1e-12,
        ),
      ],
    })),
  )
