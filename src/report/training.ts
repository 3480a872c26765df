/** The page of a training run: its curves; of a classifier also its confusion matrix and its worst mistakes. */
import { chart, type Series } from '../draw/chart.ts'
import { figures } from '../draw/figures.ts'
import { code, page, type Section, table } from '../draw/html.ts'
import type { FitReport } from '../train/callback.ts'
import { accuracyOf, type Confusion, type Mistake } from '../train/metrics.ts'
import { confusionTable } from './confusion.ts'

/** The predictions of a classifier on the held-out examples. */
export interface Classified {
  readonly confusion: Confusion
  readonly mistakes: readonly Mistake[]
  /** The classes' names. Default: numbers from 0. */
  readonly names?: readonly string[]
  /** The examples' pictures, one after the other. Default: the examples are not pictures. */
  readonly pictures?: { readonly pixels: Float32Array; readonly rows: number; readonly columns: number }
}
/** What the page of a training shows. */
export interface TrainingPage {
  readonly title: string
  /** Shown under the title. */
  readonly settings: { readonly [name: string]: string | number | boolean | null }
  readonly history: readonly FitReport[]
  /** The loss of every step. Default: only the means of epochs are drawn. */
  readonly losses?: readonly (readonly [step: number, loss: number])[]
  /** Layers and parameters, as text. Default: not shown. */
  readonly summary?: string
  /** Default: the network is not a classifier. */
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
      text: 'Wrong predictions, the most confident first: the prediction, the true class, and the probability of the prediction.',
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
/** A curve over epochs. */
const overEpochs = (history: readonly FitReport[], name: string, y: (h: FitReport) => number | undefined): Series => ({
  name,
  points: history.map((h) => [h.epoch, y(h) ?? Number.NaN] as const),
})

const lossSection = ({ history, losses = [] }: TrainingPage): Section => {
  const last = history.at(-1)
  const stepsPerEpoch = last === undefined ? 1 : last.steps / last.epoch
  const steps = { name: 'each step', points: losses.map(([step, loss]) => [step / stepsPerEpoch, loss] as const) }
  return {
    title: 'Loss',
    text: 'The loss of every step, before it, and the mean of every epoch.',
    body: chart({ x: 'epoch', y: 'loss', logarithmic: true }, [
      ...(losses.length === 0 ? [] : [steps]),
      overEpochs(history, 'mean of an epoch', (h) => h.loss),
    ]),
  }
}
const metricsSection = (history: readonly FitReport[], measured: readonly string[]): Section => ({
  title: 'Metrics',
  text: 'After every epoch, on the held-out examples.',
  body: measured
    .map((name) => chart({ x: 'epoch', y: name }, [overEpochs(history, name, (h) => h.metrics[name])]))
    .join(''),
})
const epochsSection = (history: readonly FitReport[], measured: readonly string[]): Section => ({
  title: 'Epochs',
  body: table(
    ['epoch', 'steps', 'loss', ...measured],
    history.map((h) => [h.epoch, h.steps, figure(h.loss), ...measured.map((name) => figure(h.metrics[name]))]),
  ),
})
const classifierSections = (c: Classified): readonly Section[] => [
  {
    title: 'What is taken for what',
    text: `${(100 * accuracyOf(c.confusion)).toFixed(2)} % of the examples held out are right.`,
    body: confusionTable(c.confusion, c.names),
  },
  ...mistakesOf(c),
]
/** The page as HTML. */
export const trainingPage = (p: TrainingPage): string => {
  const { title, settings, history, summary, classified } = p
  const measured = names(history)
  const lead = Object.entries(settings).map(([name, value]) => `${name} ${value}`)
  return page(title, lead.join(' · '), [
    lossSection(p),
    ...(measured.length === 0 ? [] : [metricsSection(history, measured)]),
    epochsSection(history, measured),
    ...(classified === undefined ? [] : classifierSections(classified)),
    ...(summary === undefined ? [] : [{ title: 'The network', body: code(summary) }]),
  ])
}
