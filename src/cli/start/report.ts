/** The main job's page: programs before and after each transformation, the checks, the loss curve, predictions. */
import { chart } from '../../draw/chart.ts'
import { figures } from '../../draw/figures.ts'
import { code, columns, page, type Section, table } from '../../draw/html.ts'
import type { TrainedDigits } from './digits.ts'
import type { SimplifiedProgram } from './formula.ts'
import type { Verified } from './verify.ts'

const error = (v: number): string => v.toExponential(1)

const programSection = (s: SimplifiedProgram): Section => ({
  title: s.title,
  body: columns([
    ['before simplification', code(s.before)],
    ['after', code(s.after)],
  ]),
})
const gradientsSection = (verified: readonly Verified[]): Section => ({
  title: 'Gradients checked',
  text: 'Relative disagreement: of forward mode with finite differences, of reverse with forward mode, and of second derivatives.',
  body: table(
    ['program', 'verdict', 'forward', 'reverse', 'second order'],
    verified.map((v) => [v.name, v.verdict, error(v.forward), error(v.reverse), error(v.second)]),
  ),
})
const trainingSection = ({ accuracy, losses }: TrainedDigits): Section => ({
  title: 'Training on generated digits',
  text: `Test accuracy ${(100 * accuracy).toFixed(2)} % on digits drawn from a key never trained on.`,
  body: chart({ x: 'step', y: 'loss', logarithmic: true }, [
    { name: 'each step', points: losses },
    { name: 'mean of 20', points: smooth(losses, 20) },
  ]),
})
const predictionsSection = ({ predictions }: TrainedDigits): Section => ({
  title: 'Predictions',
  text: 'The predictions for the first test digits; a wrong one is followed by the right digit.',
  body: figures(
    predictions.map((p) => ({
      pixels: p.pixels,
      rows: 28,
      columns: 28,
      wrong: p.label !== p.predicted,
      caption: p.label === p.predicted ? `${p.predicted}` : `${p.predicted}, not ${p.label}`,
    })),
  ),
})
/** The page as HTML. `summary`: the network's layers; `backend`: the one that trained it. */
export const reportPage = (
  shown: readonly SimplifiedProgram[],
  verified: readonly Verified[],
  trained: TrainedDigits,
  summary: string,
  backend: string,
): string =>
  page('adjoint: the main job', `Trained with ${backend}. Everything below was computed by this run.`, [
    ...shown.map(programSection),
    gradientsSection(verified),
    { title: 'The network', body: code(summary) },
    trainingSection(trained),
    predictionsSection(trained),
  ])

/** Means over windows of `n` points. */
const smooth = (points: readonly (readonly [number, number])[], n: number): readonly (readonly [number, number])[] =>
  points.flatMap(([x], i) => {
    if ((i + 1) % n !== 0) return []
    const window = points.slice(i + 1 - n, i + 1)
    return [[x, window.reduce((s, [, y]) => s + y, 0) / n] as const]
  })
