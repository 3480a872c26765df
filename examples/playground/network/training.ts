/**
 * The state of the training, and the actions that change it: compile, step, measure, look. A step is the library's
 * compiled program; the page only hands it the next batch.
 */
import { batch, signal } from '@preact/signals'
import * as E from 'fp-ts/lib/Either.js'
import { gridPoints } from '../../../src/draw/index.ts'
import { foldIn, randomKey } from '../../../src/random/index.ts'
import { shuffled } from '../../../src/train/index.ts'
import { type Backend, backendName, loadBackend } from '../page/backend.ts'
import { attemptCompile, attemptRun } from '../page/failure.ts'
import { loop } from '../page/loop.ts'
import { type Model, modelOf, type Points, pointsOf, side } from './model.ts'
import { chosen, type Settings } from './settings.ts'

type Run = (inputs: unknown) => Promise<E.Either<string, unknown>>
interface Machine {
  readonly name: string
  readonly model: Model
  readonly train: Points
  readonly test: Points
  readonly step: Run
  readonly see: Run
  readonly measure: Run
  readonly release: () => void
}
interface Carried {
  readonly params: unknown
}

export const box = [-1.2, 1.2] as const
const grid = Float32Array.from(gridPoints(box, box, side))

// -- what the room shows ---------------------------------------------------------------------------------------------

export const playing = signal(false)
export const failure = signal('')
export const model = signal<Model | undefined>(undefined)
export const machineName = signal('')
export const points = signal<{ readonly train: Points; readonly test: Points } | undefined>(undefined)
export const params = signal<unknown>(undefined)
/** Values of every layer over the grid. */
export const seen = signal<readonly ArrayLike<number>[]>([])
/** The neuron that is pointed at, shown large. */
export const pointed = signal<{ readonly layer: number; readonly index: number } | undefined>(undefined)
export const steps = signal(0)
export const microseconds = signal(0)
export const measured = signal<{ readonly loss: number; readonly accuracy: number } | undefined>(undefined)
export interface Curve {
  readonly step: readonly number[]
  readonly train: readonly (number | null)[]
  readonly test: readonly (number | null)[]
}
const noCurve: Curve = { step: [], train: [], test: [] }
export const curve = signal<Curve>(noCurve)

// -- what moves it ---------------------------------------------------------------------------------------------------

let machine: Machine | undefined
let state: unknown
let batches: Iterator<unknown> | undefined
let epoch = 0
let recent = 0
/** Only the latest request is carried out. */
let wish = 0

const compiled = async (backend: Backend, m: Model, s: Settings): Promise<E.Either<string, Machine>> => {
  const [step, see, measure] = await Promise.all([m.step, m.seen, m.measurement].map((p) => attemptCompile(backend, p)))
  if (step === undefined || see === undefined || measure === undefined) return E.left('')
  for (const made of [step, see, measure]) if (E.isLeft(made)) return made
  const all = [step, see, measure].flatMap((made) => (E.isRight(made) ? [made.right] : []))
  const runner =
    (k: number): Run =>
    (inputs) =>
      attemptRun(all[k] as (typeof all)[number], inputs)
  return E.right({
    name: all[0]?.backend ?? '',
    model: m,
    train: pointsOf(s, 1),
    test: pointsOf(s, 2),
    step: runner(0),
    see: runner(1),
    measure: runner(2),
    release: () => {
      for (const x of all) x.release()
    },
  })
}
const fail = (message: string): void => {
  batch(() => {
    failure.value = message
    playing.value = false
  })
}

/** Builds and compiles the network of the settings. `keep`: continue from the current state, where it fits. */
export const prepare = async (keep: boolean): Promise<void> => {
  const mine = ++wish
  const s = chosen()
  const backend = await loadBackend(backendName.value)
  const m = modelOf(s)
  const made = await compiled(backend, m, s)
  if (mine !== wish) {
    if (E.isRight(made)) made.right.release()
    return
  }
  if (E.isLeft(made)) return fail(made.left)
  machine?.release()
  machine = made.right
  const same = keep && state !== undefined && form(m.start) === form(state)
  if (!same) restart(m)
  batch(() => {
    failure.value = ''
    model.value = m
    machineName.value = made.right.name
    points.value = { train: made.right.train, test: made.right.test }
  })
  batches = undefined
  await look()
}
/** The lengths of all arrays of a state; two states with the same lengths are interchangeable. */
const form = (tree: unknown): string =>
  JSON.stringify(tree, (_, v: unknown) => (ArrayBuffer.isView(v) ? (v as Float32Array).length : v))
const restart = (m: Model): void => {
  state = m.start
  epoch = 0
  recent = 0
  batches = undefined
  batch(() => {
    steps.value = 0
    microseconds.value = 0
    curve.value = noCurve
  })
}
export const reset = async (): Promise<void> => {
  playing.value = false
  if (machine !== undefined) restart(machine.model)
  await look()
}

const nextBatch = (m: Machine): unknown => {
  for (let tries = 0; tries < 2; tries++) {
    const next = batches?.next()
    if (next !== undefined && next.done !== true) return next.value
    const [, types] = m.model.step.in as readonly [unknown, never]
    batches = shuffled(foldIn(100 + epoch++)(randomKey(m.model.settings.seed)), types, m.train)[Symbol.iterator]()
  }
  return undefined
}
/** One step of training; false when training must stop. */
export const one = async (): Promise<boolean> => {
  const m = machine
  if (m === undefined) return false
  const data = nextBatch(m)
  const began = performance.now()
  const done = await m.step([state, data])
  if (m !== machine) return true
  if (E.isLeft(done)) {
    fail(done.left)
    return false
  }
  const [next, loss] = done.right as readonly [unknown, ArrayLike<number>]
  const value = loss[0] ?? Number.NaN
  if (!Number.isFinite(value)) {
    fail('notFinite')
    return false
  }
  state = next
  const count = steps.peek() + 1
  recent = count === 1 ? value : 0.95 * recent + 0.05 * value
  batch(() => {
    steps.value = count
    microseconds.value = 0.95 * microseconds.peek() + 0.05 * 1000 * (performance.now() - began)
  })
  return playing.peek()
}
/** The most points of a curve; every second one is dropped when there are so many. */
const most = 400
let gap = 1
const remember = (test: number): void => {
  const { step, train, test: tests } = curve.peek()
  const at = steps.peek()
  if (step.length === 0) gap = 1
  if (at - (step.at(-1) ?? -gap) < gap) return
  const thin = step.length >= most
  const half = <T>(xs: readonly T[]): readonly T[] => (thin ? xs.filter((_, i) => i % 2 === 0) : xs)
  if (thin) gap *= 2
  curve.value = {
    step: [...half(step), at],
    train: [...half(train), at === 0 ? null : recent],
    test: [...half(tests), test],
  }
}
/** Shows the state of the training: every neuron over the plane, the weights, the loss on points not trained on. */
export const look = async (): Promise<void> => {
  const m = machine
  if (m === undefined) return
  const { params: now, state: kept } = state as Carried & { readonly state: unknown }
  const [layers, tested] = await Promise.all([
    m.see({ params: now, x: grid }),
    m.measure({ params: now, state: kept, x: m.test.x, y: m.test.y, count: m.test.count }),
  ])
  if (m !== machine) return
  if (E.isLeft(layers)) return fail(layers.left)
  if (E.isLeft(tested)) return fail(tested.left)
  const sums = tested.right as { readonly loss: ArrayLike<number>; readonly accuracy: ArrayLike<number> }
  const mean = (xs: ArrayLike<number>): number => (xs[0] ?? Number.NaN) / m.test.count
  batch(() => {
    params.value = now
    seen.value = layers.right as readonly ArrayLike<number>[]
    measured.value = { loss: mean(sums.loss), accuracy: mean(sums.accuracy) }
    remember(mean(sums.loss))
  })
}

const runner = loop(9, one, look)
export const play = (): void => {
  if (machine === undefined || failure.peek() !== '') return
  playing.value = true
  runner.start()
}
export const pause = (): void => {
  playing.value = false
  runner.stop()
}
export const single = async (): Promise<void> => {
  pause()
  await one()
  await look()
}
