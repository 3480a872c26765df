/** The state of the image room: a picture, a network that learns, and what it sees. */
import { computed, signal, batch as together } from '@preact/signals'
import * as E from 'fp-ts/lib/Either.js'
import { backendName, loadBackend } from '../page/backend.ts'
import { attemptCompile, attemptRun } from '../page/failure.ts'
import { loop } from '../page/loop.ts'
import { choice, field, number } from '../page/url.ts'
import { type Drawing, drawing, picture } from './ink.ts'
import {
  example,
  kernelOf,
  type LayerName,
  layers,
  measurement,
  patchOf,
  type Seen,
  saliency,
  seen as seenProgram,
  startOf,
  step as stepProgram,
  testSet,
  trainingBatch,
  windowOf,
} from './model.ts'

const convs: readonly LayerName[] = ['conv1', 'conv2']
export const settings = {
  ink: field<Drawing>('image', 'ink', [], drawing),
  /** The example that is shown when nothing is drawn; -1 for an empty paper. */
  digit: field('image', 'digit', 3, number(-1, 9)),
  /** Whose saliency: -1 for the winner's. */
  about: field('image', 'about', -1, number(-1, 9)),
  layer: field<LayerName>('image', 'layer', 'conv1', choice(convs)),
  channel: field('image', 'channel', 0, number(0, 9)),
  row: field('image', 'row', 12, number(0, 27)),
  column: field('image', 'column', 14, number(0, 27)),
}
export const image = computed((): Float32Array => {
  if (settings.ink.value.length > 0) return picture(settings.ink.value)
  return settings.digit.value < 0 ? new Float32Array(784) : example(settings.digit.value)
})

/** Nothing is drawn, and no example is taken. */
export const empty = computed(() => settings.ink.value.length === 0 && settings.digit.value < 0)

export const failure = signal('')
export const training = signal(false)
export const steps = signal(0)
/** Enough steps for a drawn digit; the visitor can ask for more. */
export const enough = 320
export const goal = signal(enough)
export const machineName = signal('')
export const curve = signal<{
  readonly step: readonly number[]
  readonly loss: readonly number[]
  readonly right: readonly (number | null)[]
}>({
  step: [],
  loss: [],
  right: [],
})
export const right = signal<number | undefined>(undefined)
export const seen = signal<Seen | undefined>(undefined)
export const salient = signal<ArrayLike<number> | undefined>(undefined)
export const winner = computed(() => {
  const chances = seen.value?.chances
  return chances === undefined
    ? -1
    : Array.from(chances).reduce((best, p, i, all) => (p > (all[best] ?? 0) ? i : best), 0)
})
export interface Window {
  readonly ins: number
  readonly patch: ArrayLike<number>
  readonly kernel: ArrayLike<number>
  readonly products: ArrayLike<number>
  readonly bias: number
  readonly sum: number
  /** The same place in the layer that the whole network computed, before and after relu. */
  readonly layer: number
  readonly out: number
}
export const explained = signal<Window | undefined>(undefined)

type Run = (inputs: unknown) => Promise<E.Either<string, unknown>>
interface Machine {
  readonly step: Run
  readonly measure: Run
  readonly see: Run
  readonly slope: Run
  readonly windows: readonly [Run, Run]
  readonly release: () => void
}
let machine: Machine | undefined
let state: unknown
let wish = 0
let recent = 0
let seed = 1
let looking = 0
const test = testSet()

export const prepare = async (): Promise<void> => {
  const mine = ++wish
  const backend = await loadBackend(backendName.peek())
  const programs = [stepProgram, measurement, seenProgram, saliency, windowOf(1), windowOf(6)]
  const all = await Promise.all(programs.map((p) => attemptCompile(backend, p)))
  const good = all.flatMap((x) => (E.isRight(x) ? [x.right] : []))
  const release = (): void => {
    for (const x of good) x.release()
  }
  const wrong = all.find(E.isLeft)
  if (mine !== wish || wrong !== undefined) {
    release()
    if (wrong !== undefined) failure.value = wrong.left
    return
  }
  const [step, measure, see, slope, one, six] = good.map(
    (x): Run =>
      (inputs) =>
        attemptRun(x, inputs),
  ) as [Run, Run, Run, Run, Run, Run]
  machine?.release()
  machine = { step, measure, see, slope, windows: [one, six], release }
  machineName.value = good[0]?.backend ?? ''
  failure.value = ''
  state ??= startOf(seed)
  await look()
}
const fail = (message: string): void => {
  failure.value = message
  training.value = false
}
const one = async (): Promise<boolean> => {
  const m = machine
  if (m === undefined || steps.peek() >= goal.peek()) {
    training.value = false
    return false
  }
  const done = await m.step([state, trainingBatch(seed, steps.peek())])
  if (m !== machine) return true
  if (E.isLeft(done)) {
    fail(done.left)
    return false
  }
  const [next, loss] = done.right as readonly [unknown, ArrayLike<number>]
  state = next
  const value = loss[0] ?? Number.NaN
  const count = steps.peek() + 1
  recent = count === 1 ? value : 0.9 * recent + 0.1 * value
  steps.value = count
  return training.peek()
}
/** After so many steps each, the accuracy on digits that it has not learned from is measured. */
const every = 20
const measure = async (m: Machine): Promise<void> => {
  const { params, state: kept } = state as { readonly params: unknown; readonly state: unknown }
  const found = await m.measure({ params, state: kept, x: test.x, y: test.y, count: test.count })
  if (E.isLeft(found)) return fail(found.left)
  right.value = ((found.right as { readonly accuracy: ArrayLike<number> }).accuracy[0] ?? 0) / test.count
}
export const look = async (): Promise<void> => {
  const [m, mine] = [machine, ++looking]
  if (m === undefined) return
  const { params, state: kept } = state as { readonly params: unknown; readonly state: unknown }
  const x = image.peek()
  const found = await m.see({ params, state: kept, x })
  if (m !== machine || mine !== looking) return
  if (E.isLeft(found)) return fail(found.left)
  const s = found.right as Seen
  const chances = Array.from(s.chances)
  const about = settings.about.peek() < 0 ? chances.indexOf(Math.max(...chances)) : settings.about.peek()
  const which = Float32Array.from({ length: 10 }, (_, i) => (i === about ? 1 : 0))
  const slope = await m.slope({ params, state: kept, x, which })
  if (m !== machine || mine !== looking) return
  if (E.isLeft(slope)) return fail(slope.left)
  together(() => {
    seen.value = s
    salient.value = slope.right as ArrayLike<number>
  })
  await explain()
}
/** The window under the pointer. */
export const explain = async (): Promise<void> => {
  const [m, s] = [machine, seen.peek()]
  const layer = layers.find((l) => l.name === settings.layer.peek())
  if (m === undefined || s === undefined || layer?.conv === undefined) return
  const { params } = state as { readonly params: unknown }
  const [channel, row, column] = [
    Math.min(settings.channel.peek(), layer.channels - 1),
    Math.min(settings.row.peek(), layer.side - 1),
    Math.min(settings.column.peek(), layer.side - 1),
  ]
  const { ins, kernel, bias } = kernelOf(params, layer.conv, channel)
  const patch = patchOf(layer.conv === 0 ? image.peek() : s.pool1, ins, layer.side, row, column)
  const found = await m.windows[layer.conv]({ patch, kernel, bias })
  if (E.isLeft(found)) return fail(found.left)
  const { products, value } = found.right as { readonly products: ArrayLike<number>; readonly value: ArrayLike<number> }
  const at = (channel * layer.side + row) * layer.side + column
  const [z, out] = layer.conv === 0 ? [s.z1, s.conv1] : [s.z2, s.conv2]
  explained.value = { ins, patch, kernel, products, bias, sum: value[0] ?? 0, layer: z[at] ?? 0, out: out[at] ?? 0 }
}

const picturesOf = async (): Promise<void> => {
  const m = machine
  if (m === undefined) return
  const count = steps.peek()
  const { step, loss, right: rights } = curve.peek()
  if (step.length === 0 || count - (step.at(-1) ?? 0) >= every || !training.peek()) {
    await measure(m)
    if (step.at(-1) !== count)
      curve.value = { step: [...step, count], loss: [...loss, recent], right: [...rights, right.peek() ?? null] }
  }
  await look()
}
const runner = loop(6, one, picturesOf)
export const train = (): void => {
  if (machine === undefined) return
  if (steps.peek() >= goal.peek()) goal.value = steps.peek() + enough
  training.value = true
  runner.start()
}
export const pause = (): void => {
  training.value = false
  runner.stop()
}
export const again = async (): Promise<void> => {
  pause()
  seed += 1
  state = startOf(seed)
  together(() => {
    steps.value = 0
    goal.value = enough
    right.value = undefined
    curve.value = { step: [], loss: [], right: [] }
  })
  await look()
}
