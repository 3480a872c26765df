/** The state of the formula room. Everything else is computed from it. */
import { computed } from '@preact/signals'
import * as E from 'fp-ts/lib/Either.js'
import { choice, field, list, number, text } from '../page/url.ts'
import { lessonOf, numbersAt, taylorOf } from './lesson.ts'

export const examples = [
  'x*sin(x*y)',
  'exp(-x^2) * cos(3*x)',
  'log(1 + exp(x*w + b))',
  'x^2 + 4*y^2 - x*y',
  'tanh(a*x + b) * c',
] as const
const f = <T>(key: string, start: T, codec: Parameters<typeof field<T>>[3]) => field<T>('formula', key, start, codec)
export const settings = {
  text: f<string>('f', examples[0], text),
  /** The values of the inputs, in order of appearance; a missing one is `usual`. */
  at: f<readonly number[]>('at', [1.2, 0.5], list(number(-1e6, 1e6), 32)),
  about: f('about', 0, number(0, 31)),
  step: f('step', 0, number(0, 10_000)),
  mode: f<'forward' | 'reverse'>('mode', 'reverse', choice(['forward', 'reverse'])),
}
const usual = [1.2, 0.5, -0.7, 0.9, 1.6]

export const lesson = computed(() => lessonOf(settings.text.value))
/** The last formula that could be read stays on the page while the next is being typed. */
let kept: ReturnType<typeof lessonOf> | undefined
export const current = computed(() => {
  const l = lesson.value
  if (E.isRight(l)) kept = l
  return kept !== undefined && E.isRight(kept) ? kept.right : undefined
})
export const point = computed(
  () => current.value?.inputs.map((_, k) => settings.at.value[k] ?? usual[k % usual.length] ?? 1) ?? [],
)
export const about = computed(() => Math.min(Math.round(settings.about.value), Math.max(0, point.value.length - 1)))
export const numbers = computed(() =>
  current.value === undefined ? undefined : numbersAt(current.value, point.value, about.value),
)
export const reach = 2
export const taylor = computed(() =>
  current.value === undefined ? undefined : taylorOf(current.value, point.value, about.value, reach),
)
export const steps = computed(() =>
  Math.max(current.value?.forward.steps.length ?? 0, current.value?.reverse.steps.length ?? 0),
)
export const step = computed(() => Math.min(Math.round(settings.step.value), steps.value))
export const setInput = (k: number, x: number): void => {
  settings.at.value = point.peek().map((old, i) => (i === k ? x : old))
}
