/** The page of a training run: its curves, and of a classifier of pictures what it confuses and where it was sure and wrong. */

import { chart } from '../draw/chart.ts'
import { figures } from '../draw/figures.ts'
import { code, page, type Section, table } from '../draw/html.ts'
import type { FitReport } from '../train/callback.ts'
import { type Confusion, type Mistake, share } from '../train/metrics.ts'
import { confusionTable } from './confusion.ts'

export interface Classified {
  readonly confusion: Confusion
  readonly mistakes: readonly Mistake[]
  readonly names?: readonly string[]
  /** The examples' pictures, one after the other; left out where examples are no pictures. */
  readonly pictures?: { readonly pixels: Float32Array; readonly rows: number; readonly columns: number }
}
export interface TrainingPage {
  readonly title: string
  readonly settings: { readonly [name: string]: string | number | boolean | null }
  readonly history: readonly FitReport[]
  /** (step, loss) */
  readonly losses?: readonly (readonly [number, number])[]
  /** layers and parameters, as text */
  readonly summary?: string
  readonly classified?: Classified
}
const names = (history: readonly FitReport[]): readonly string[] => [
  ...new Set(history.flatMap((h) => Object.keys(h.metrics))),
]
const figure = (x: number | undefined): string | number => (x === undefined ? '' : Number(x.toPrecision(5)))

const mistakesOf = ({ mistakes, pictures, names: called = [] }: Classified): readonly Section[] => {
  if (pictures === undefined || mistakes.length === 0) return []
  const { pixels, rows, columns } = pictures
  const size = rows * columns
  const nameOf = (c: number): string => called[c] ?? String(c)
  return [
    {
      title: 'Worst mistakes',
      text: 'Wrong answers, the surest first: what was answered, what it is, and the probability that was given to the answer.',
      body: figures(
        mistakes.map((m) => ({
          pixels: pixels.subarray(m.index * size, (m.index + 1) * size),
          rows,
          columns,
          wrong: true,
          caption: `${nameOf(m.predicted)}, is ${nameOf(m.truth)} (${(100 * m.confidence).toFixed(0)} %)`,
        })),
        3,
      ),
    },
  ]
}
export const trainingPage = ({ title, settings, history, losses = [], summary, classified }: TrainingPage): string => {
  const measured = names(history)
  const last = history.at(-1)
  const curveOf = (name: string, y: (h: FitReport) => number | undefined) => ({
    name,
    points: history.map((h) => [h.epoch, y(h) ?? Number.NaN] as const),
  })
  const steps = history.length === 0 ? 1 : (last?.steps ?? 1) / (last?.epoch ?? 1)
  return page(
    title,
    Object.entries(settings)
      .map(([name, value]) => `${name} ${value}`)
      .join(' · '),
    [
      {
        title: 'Loss',
        text: 'Of every step, before it, and the mean of every epoch.',
        body: chart({ x: 'epoch', y: 'loss', logarithmic: true }, [
          ...(losses.length === 0
            ? []
            : [{ name: 'each step', points: losses.map(([step, loss]) => [step / steps, loss] as const) }]),
          curveOf('mean of an epoch', (h) => h.loss),
        ]),
      },
      ...(measured.length === 0
        ? []
        : [
            {
              title: 'Metrics',
              text: 'After every epoch, on examples held out.',
              body: measured
                .map((name) => chart({ x: 'epoch', y: name }, [curveOf(name, (h) => h.metrics[name])]))
                .join(''),
            },
          ]),
      {
        title: 'Epochs',
        body: table(
          ['epoch', 'steps', 'loss', ...measured],
          history.map((h) => [h.epoch, h.steps, figure(h.loss), ...measured.map((name) => figure(h.metrics[name]))]),
        ),
      },
      ...(classified === undefined
        ? []
        : [
            {
              title: 'What is taken for what',
              text: `${(100 * share(classified.confusion)).toFixed(2)} % of the examples held out are right.`,
              body: confusionTable(classified.confusion, classified.names),
            },
            ...mistakesOf(classified),
          ]),
      ...(summary === undefined ? [] : [{ title: 'The network', body: code(summary) }]),
    ],
  )
}
