/**
 * Pictures in words: "a large bright disc and a small dark square". Convolutions read the picture; a recurrent network writes
 * word after word, and attends to the places of the picture. The shapes are named from left to right.
 *
 * Source: Xu et al., "Show, attend and tell" (2015)
 */
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import {
  apply,
  argmax,
  attention,
  concat,
  crossEntropy,
  type Expr,
  eq,
  fori,
  int,
  intTensor,
  programOrThrow,
  real,
  reduceMin,
  relu,
  reshape,
  sliceAlong,
  swapAxes,
  toReal,
  vmap,
} from '../../src/index.ts'
import {
  combine,
  conv2d,
  dense,
  embedding,
  gru,
  heUniform,
  maxPool,
  positions,
  predictOrThrow,
  sequential,
} from '../../src/nn/index.ts'
import { adam, cosine } from '../../src/optim/index.ts'
import { foldIn, type Key, randomKey } from '../../src/random/index.ts'
import { atLeast, compute, learn, lossFalls, type Report, type RunOptions } from '../../src/report/index.ts'
import { colourSheet, greyPainting } from '../colour-sheet.ts'
import { kinds, type Shape, scenes } from '../shapes.ts'

const words = ['.', 'a', 'and', 'small', 'large', 'bright', 'dark', ...kinds] as const
const [side, size, longest, width, shown] = [32, 1024, 10, 48, 6] as const
const middle = 0.145 * side
const he = { pad: 1, weights: heUniform } as const
const code = (word: string): number => words.indexOf(word as (typeof words)[number])
const named = ({ kind, r, grey }: Shape): readonly string[] => [
  'a',
  r > middle ? 'large' : 'small',
  grey > 0.75 ? 'bright' : 'dark',
  kinds[kind] ?? '',
]
const described = (shapes: readonly Shape[]): readonly string[] => {
  const [first, second] = [...shapes].sort((a, b) => a.x - b.x).map(named)
  return [...(first ?? []), ...(second === undefined ? [] : ['and', ...second])]
}
type Matrix = Expr<readonly [number, number], 'real'>
type Asked = { readonly picture: Expr<readonly [1, 32, 32], 'real'>; readonly before: Expr<readonly [number], 'int'> }
const see = sequential(
  conv2d(1, 16, 3, he),
  relu,
  maxPool(2),
  conv2d(16, 32, 3, he),
  relu,
  maxPool(2),
  conv2d(32, width, 3, he),
  relu,
)
/** [width, 8, 8] -> [64, width], the places of the picture with where they are. */
const parts = {
  see,
  places: positions(64, width),
  words: embedding(words.length, width),
  write: gru(width, width),
  ask: dense(width, width),
  say: dense(2 * width, words.length),
}
const network = combine()('writer', parts, (f, a) => {
  const { picture, before } = a as unknown as Asked // `fit` gives what `shapes` says
  const memory = f.places(swapAxes(0, 1)(reshape([width, 64])(f.see(picture)))) as Matrix
  const state = f.write(f.words(before)) as Matrix
  return f.say(concat(1)([state, attention()(f.ask(state) as Matrix, memory, memory)] as readonly [Matrix, Matrix]))
})
const asked = { picture: real(1, side, side), before: int(longest) }
/** Whether no word is a matter of taste. */
const isClear = ({ r, grey }: Shape): boolean => Math.abs(r - middle) > 0.01 * side && Math.abs(grey - 0.75) > 0.03
/** Pictures that can be described clearly, the words before each word, and the words. */
const captionsFrom = (key: Key, count: number) => {
  const { pixels, shapes } = scenes(key, 3 * count, side, 2)
  const chosen = [...shapes.keys()].filter((n) => shapes[n]?.every(isClear)).slice(0, count)
  const picture = Float32Array.from(
    { length: chosen.length * size },
    (_, i) => pixels[(chosen[Math.floor(i / size)] ?? 0) * size + (i % size)] ?? 0,
  )
  const texts = chosen.map((n) => described(shapes[n] ?? []).map(code))
  const padded = (from: readonly number[]) => Array.from({ length: longest }, (_, i) => from[i] ?? 0)
  const before = Int32Array.from(texts.flatMap((t) => padded([0, ...t])))
  return { x: { picture, before }, y: Int32Array.from(texts.flatMap(padded)), count: chosen.length }
}
/** 1 if every word is right, each after the right ones: then it is so after its own words too. */
const wholly = (found: Matrix, y: Expr<readonly [number], 'int'>): Expr<readonly []> =>
  reduceMin(0)(toReal(eq(argmax(1)(found), y)))

/** A caption, word by word: each is the most probable one after those before it. */
const writer = (() => {
  const answer = predictOrThrow(network, asked)
  const logits = apply(answer) as unknown as (x: object) => Matrix // the rule of `network` does not say what it gives
  type Words = Expr<readonly [number], 'int'>
  return programOrThrow(
    { params: answer.in.params, state: answer.in.state, picture: asked.picture },
    ({ params, state, picture }) => {
      const next = (_: unknown, said: Words): Words => {
        const best = argmax(1)(
          logits({ params, state, x: { picture, before: concat(0)([zero, sliceAlong(0, 0, longest - 1)(said)]) } }),
        )
        return best as Words
      }
      const zero: Words = intTensor([1], [0])
      return fori(
        longest,
        next,
      )(
        intTensor(
          [longest],
          Array.from({ length: longest }, () => 0),
        ),
      )
    },
  )
})()

const narrow = combine()('narrow', { see: conv2d(1, 2, 2), ask: dense(2, 2) }, (f, a) => {
  const memory = swapAxes(0, 1)(reshape([2, 4])(f.see(a))) as Matrix
  return attention()(f.ask(memory) as Matrix, memory, memory)
})
/** `adjoint run` checks their gradients against finite differences. */
export const programs = { 'attention to the places of a picture': predictOrThrow(narrow, real(1, 3, 3)) }

export const run = (o: RunOptions): TE.TaskEither<string, Report> => {
  const [learned, unseen, epochs] = o.small ? [200, 40, 2] : [6000, 500, o.epochs ?? 12]
  const training = captionsFrom(foldIn(1)(randomKey(o.seed)), learned)
  const test = captionsFrom(foldIn(2)(randomKey(o.seed)), unseen)
  return pipe(
    learn(o, 'captions', {
      backend: o.backend,
      network,
      loss: crossEntropy(),
      optimizer: adam({ rate: cosine(3e-3, epochs * Math.floor(training.count / 20)) }),
      shapes: { x: asked, y: int(longest), batch: 20 },
      examples: training,
      heldOut: test,
      metrics: { wholly },
      epochs,
      key: randomKey(o.seed),
    }),
    TE.bindTo('fitted'),
    TE.bind('said', ({ fitted: { state } }) =>
      compute(o.backend)(vmap(shown, { over: { params: false, state: false, picture: true } })(writer), {
        params: state.params,
        state: state.state,
        picture: test.x.picture.subarray(0, shown * size),
      }),
    ),
    TE.map(({ fitted, said }) => ({
      findings: [
        o.small
          ? lossFalls(fitted.history)
          : atLeast(
              `share of ${test.count} new pictures whose words are all right`,
              0.8,
              fitted.history.at(-1)?.metrics.wholly ?? 0,
            ),
      ],
      text: Array.from(
        { length: shown },
        (_, n) =>
          `picture ${n + 1}: ${Array.from(said.subarray(n * longest, (n + 1) * longest), (c) => words[c] ?? '')
            .filter((w) => w !== '.')
            .join(' ')}`,
      ).join('\n'),
      pictures: [
        {
          name: 'described.png',
          content: colourSheet(
            Array.from({ length: shown }, (_, n) => greyPainting(test.x.picture, n, side)),
            side,
            shown,
            4,
          ),
        },
      ],
    })),
  )
}
