/**
 * Questions about short stories: "Where is the milk?" Somebody took it, and went somewhere: the answer needs two sentences,
 * and of the places where somebody went, the last. Layers of attention look from the question into the story.
 *
 * Source: Weston et al., "Towards AI-complete question answering: a set of prerequisite toy tasks" (2015), the second task
 */
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { crossEntropy, type Expr, geluTanh, int, reshape, sum, take } from '../../src/index.ts'
import {
  dense,
  embedding,
  layerNorm,
  multiHeadAttention,
  positions,
  predictOrThrow,
  residual,
  sequential,
} from '../../src/nn/index.ts'
import { adam, cosine, warmUp } from '../../src/optim/index.ts'
import { foldIn, type Key, randomKey, uniform } from '../../src/random/index.ts'
import { atLeast, learn, type Report, type RunOptions } from '../../src/report/index.ts'
import { accuracy } from '../../src/train/index.ts'

const people = ['mary', 'john', 'sandra'] as const
const things = ['milk', 'football', 'apple'] as const
const places = ['kitchen', 'garden', 'office', 'hallway'] as const
const words = ['-', 'takes', 'goes', 'where', ...people, ...things, ...places]
const code = (word: string): number => words.indexOf(word)
const [sentences, width] = [7, 48] as const
type Sentence = readonly [who: string, does: string, what: string]

/** Everybody goes somewhere and takes a thing, in any order; the question is about one of the things. */
const storyFrom = (key: Key) => {
  const u = uniform(3 * sentences + 2)(key)
  const pick = <T>(list: readonly T[], k: number): T => list[Math.floor(list.length * (u[k] ?? 0))] as T
  const told: Sentence[] = []
  const holder = new Map<string, string>()
  const place = new Map<string, string>()
  for (let i = 0; i < sentences; i++) {
    const [who, thing] = [pick(people, 3 * i), pick(things, 3 * i + 1)]
    const takes = (u[3 * i + 2] ?? 0) < 0.4 && !holder.has(thing) && place.has(who)
    const where = pick(places, 3 * i + 1)
    if (takes) holder.set(thing, who)
    else place.set(who, where)
    told.push(takes ? [who, 'takes', thing] : [who, 'goes', where])
  }
  const asked = [...holder.keys()][Math.floor((u.at(-1) ?? 0) * holder.size)]
  const answer = place.get(holder.get(asked ?? '') ?? '')
  return asked === undefined || answer === undefined ? undefined : { told, asked, answer }
}
/** The question, then the sentences, three words each. */
const storiesFrom = (key: Key, count: number) => {
  const all = Array.from({ length: 2 * count }, (_, n) => storyFrom(foldIn(n)(key)))
  const kept = all.flatMap((s) => s ?? []).slice(0, count)
  const x = kept.flatMap(({ told, asked }) => [
    ...[code('where'), code('-'), code(asked)],
    ...told.flatMap((s) => s.map(code)),
  ])
  return {
    kept,
    x: Int32Array.from(x),
    y: Int32Array.from(kept, ({ answer }) => places.indexOf(answer as (typeof places)[number])),
    count: kept.length,
  }
}
/** Every sentence becomes one vector, the sum of its words: which is who, and which is what, the words themselves say. */
const sentence = (a: Expr<readonly [number, number]>): Expr<readonly [number, number], 'real'> =>
  sum(1)(reshape([sentences + 1, 3, width])(a))
const block = [
  residual(sequential(layerNorm([width]), multiHeadAttention(width, 4))),
  residual(sequential(layerNorm([width]), dense(width, 2 * width), geluTanh, dense(2 * width, width))),
] as const
const network = sequential(
  embedding(words.length, width),
  sentence,
  positions(sentences + 1, width),
  ...block,
  ...block,
  ...block,
  layerNorm([width]),
  take(0, 0),
  dense(width, places.length),
)
const narrow = sequential(embedding(3, 4), residual(sequential(layerNorm([4]), multiHeadAttention(4, 2))), dense(4, 2))
/** `adjoint run` checks their gradients against finite differences. */
export const programs = { 'a narrow block of attention': predictOrThrow(narrow, int(3)) }

export const run = (o: RunOptions): TE.TaskEither<string, Report> => {
  const [learned, unseen, epochs] = o.small ? [300, 100, 1] : [16_000, 1000, o.epochs ?? 5]
  const training = storiesFrom(foldIn(1)(randomKey(o.seed)), learned)
  const steps = epochs * Math.floor(training.count / 50)
  const test = storiesFrom(foldIn(2)(randomKey(o.seed)), unseen)
  const { told = [], asked = '', answer = '' } = test.kept[0] ?? {}
  return pipe(
    learn(o, 'stories', {
      backend: o.backend,
      network,
      loss: crossEntropy(),
      optimizer: adam({ rate: warmUp(Math.ceil(steps / 8))(cosine(2e-3, steps)) }),
      shapes: { x: int(3 * (sentences + 1)), y: int(), batch: 50 },
      examples: training,
      heldOut: test,
      metrics: { accuracy },
      epochs,
      key: randomKey(o.seed),
    }),
    TE.map(({ history }) => ({
      findings: [
        atLeast(
          `share of right answers, ${test.count} new stories`,
          o.small ? 0.1 : 0.95,
          history.at(-1)?.metrics.accuracy ?? 0,
        ),
      ],
      text: `${told.map(([who, does, what]) => `${who} ${does} ${does === 'goes' ? 'to ' : ''}the ${what}.`).join(' ')} where is the ${asked}? ${answer}.`,
    })),
  )
}
