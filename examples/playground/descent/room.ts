/** The state of the descent room, and the runs that follow from it. */
import { batch, signal } from '@preact/signals'
import * as E from 'fp-ts/lib/Either.js'
import { gridPoints } from '../../../src/draw/index.ts'
import { backendName, loadBackend } from '../page/backend.ts'
import { attemptCompile, attemptRun } from '../page/failure.ts'
import { type OptimiserName, optimiserNames } from '../page/optimisers.ts'
import { choice, field, list, number, text } from '../page/url.ts'
import { presets, type SurfaceProblem, side, stateOf, steps, surfaceOf } from './surface.ts'

const lecture = presets[0] as (typeof presets)[number]
export const settings = {
  formula: field<string>('descent', 'f', lecture.formula, text),
  reach: field('descent', 'reach', lecture.reach, number(0.1, 100)),
  x: field('descent', 'x', lecture.start[0], number(-100, 100)),
  y: field('descent', 'y', lecture.start[1], number(-100, 100)),
  rate: field('descent', 'rate', lecture.rate, number(1e-5, 10)),
  shown: field<readonly OptimiserName[]>('descent', 'show', optimiserNames, list(choice(optimiserNames), 8)),
  at: field('descent', 'step', 40, number(0, steps - 1)),
}

export interface Path {
  readonly name: OptimiserName
  readonly points: ArrayLike<number>
  readonly values: ArrayLike<number>
}
export interface Field {
  readonly values: Float64Array
  readonly reach: number
}
export type Problem = SurfaceProblem | { readonly _tag: 'Failed'; readonly message: string }
export const problem = signal<Problem | undefined>(undefined)
export const surface = signal<Field | undefined>(undefined)
export const paths = signal<readonly Path[]>([])

type Run = (inputs: unknown) => Promise<E.Either<string, unknown>>
interface Machine {
  readonly field: Run
  readonly paths: readonly { readonly name: OptimiserName; readonly run: Run }[]
  readonly release: () => void
}
let machine: Machine | undefined
let wish = 0
let turn = 0

const machineOf = async (): Promise<E.Either<Problem, Machine>> => {
  const made = surfaceOf(settings.formula.peek())
  if (E.isLeft(made)) return made
  const backend = await loadBackend(backendName.peek())
  const programs = [made.right.field, ...optimiserNames.map(made.right.path)]
  const all = await Promise.all(programs.map((p) => attemptCompile(backend, p)))
  const wrong = all.find(E.isLeft)
  if (wrong !== undefined) return E.left({ _tag: 'Failed', message: wrong.left })
  const good = all.flatMap((x) => (E.isRight(x) ? [x.right] : []))
  const runs = good.map(
    (x): Run =>
      (inputs) =>
        attemptRun(x, inputs),
  )
  return E.right({
    field: runs[0] as Run,
    paths: optimiserNames.map((name, k) => ({ name, run: runs[k + 1] as Run })),
    release: () => {
      for (const x of good) x.release()
    },
  })
}
/** Compiles the surface of the formula. */
export const prepare = async (): Promise<void> => {
  const mine = ++wish
  const made = await machineOf()
  if (mine !== wish) {
    if (E.isRight(made)) made.right.release()
    return
  }
  if (E.isLeft(made)) {
    problem.value = made.left
    return
  }
  machine?.release()
  machine = made.right
  problem.value = undefined
  await Promise.all([survey(), descend()])
}
/** The values over the grid. */
export const survey = async (): Promise<void> => {
  const [m, reach] = [machine, settings.reach.peek()]
  if (m === undefined) return
  const box = [-reach, reach] as const
  const found = await m.field({ p: Float32Array.from(gridPoints(box, box, side)) })
  if (m !== machine) return
  if (E.isLeft(found)) problem.value = { _tag: 'Failed', message: found.left }
  else surface.value = { values: Float64Array.from(found.right as ArrayLike<number>), reach }
}
/** The path of every optimiser from the chosen start. */
export const descend = async (): Promise<void> => {
  const [m, mine] = [machine, ++turn]
  if (m === undefined) return
  const p = [settings.x.peek(), settings.y.peek()]
  const rate = settings.rate.peek()
  const all = await Promise.all(m.paths.map(({ name, run }) => run({ p, rate, state: stateOf(name) })))
  if (m !== machine || mine !== turn) return
  const wrong = all.find(E.isLeft)
  batch(() => {
    problem.value = wrong === undefined ? undefined : { _tag: 'Failed', message: wrong.left }
    paths.value = all.flatMap((found, k) => {
      if (E.isLeft(found)) return []
      const { point, value } = found.right as { readonly point: ArrayLike<number>; readonly value: ArrayLike<number> }
      return [{ name: m.paths[k]?.name ?? 'sgd', points: point, values: value }]
    })
  })
}
