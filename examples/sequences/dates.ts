/**
 * From sequence to sequence: dates as people write them become dates as computers sort them. An encoder reads the letters
 * forwards and backwards; a decoder writes, and attends to what was read.
 *
 * Source: Bahdanau, Cho, Bengio, "Neural machine translation by jointly learning to align and translate" (2014)
 */
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { pictures, sheet } from '../../src/draw/index.ts'
import {
  argmax,
  attention,
  concat,
  crossEntropy,
  type Expr,
  eq,
  int,
  matmul,
  mul,
  real,
  reduceMin,
  sliceAlong,
  softmax,
  swapAxes,
  toReal,
  vmap,
} from '../../src/index.ts'
import { combine, dense, embedding, gru, predictOrThrow } from '../../src/nn/index.ts'
import { adam, cosine } from '../../src/optim/index.ts'
import { foldIn, type Key, randomKey, uniform } from '../../src/random/index.ts'
import { atLeast, compute, learn, lossFalls, type Report, type RunOptions } from '../../src/report/index.ts'

const months = [
  'january',
  'february',
  'march',
  'april',
  'may',
  'june',
  'july',
  'august',
  'september',
  'october',
  'november',
  'december',
]
const days = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
const symbols = ' ,-./0123456789abcdefghijlmnoprstuvy'
const [read, written, width] = [18, 10, 32] as const
const codesOf = (text: string, n: number): readonly number[] =>
  Array.from({ length: n }, (_, i) => Math.max(symbols.indexOf(text[i] ?? ' '), 0))
const two = (n: number): string => String(n).padStart(2, '0')
/** A date from 1900 to 2099, in one of five forms, and as year-month-day. */
const dateFrom = (key: Key): readonly [string, string] => {
  const [a = 0, b = 0, c = 0, d = 0] = uniform(4)(key)
  const [year, m] = [1900 + Math.floor(200 * a), Math.floor(12 * b)]
  const day = 1 + Math.floor((days[m] ?? 28) * c)
  const name = months[m] ?? ''
  const forms = [
    `${day} ${name} ${year}`,
    `${name} ${day}, ${year}`,
    `${two(day)}.${two(m + 1)}.${year}`,
    `${m + 1}/${day}/${year}`,
    `${name.slice(0, 3)} ${day} ${year}`,
  ]
  return [forms[Math.floor(forms.length * d)] ?? '', `${year}-${two(m + 1)}-${two(day)}`]
}
/** The letters to read, then those written before each that is to be written; the target is what is written. */
const datesFrom = (key: Key, count: number) => {
  const pairs = Array.from({ length: count }, (_, n) => dateFrom(foldIn(n)(key)))
  const x = Int32Array.from(pairs.flatMap(([from, to]) => [...codesOf(from, read), ...codesOf(` ${to}`, written)]))
  return { pairs, x, y: Int32Array.from(pairs.flatMap(([, to]) => codesOf(to, written))), count }
}
type Matrix = Expr<readonly [number, number], 'real'>
const letters = embedding(symbols.length, width)
const parts = {
  letters,
  forwards: gru(width, width),
  backwards: gru(width, width, { reverse: true }),
  write: gru(width, width),
  ask: dense(width, 2 * width),
  answer: dense(3 * width, symbols.length),
}
/** The translator, or the weights of its attention. Shape: int [read + written] -> [written, letters] or [written, read] */
const translator = (shows: 'letters' | 'attention') =>
  combine()('translator', parts, (f, a) => {
    const [source, before] = [f.letters(sliceAlong(0, 0, read)(a)), f.letters(sliceAlong(0, read)(a))]
    const memory = concat(1)([f.forwards(source), f.backwards(source)] as readonly [Matrix, Matrix]) as Matrix
    const state = f.write(before) as Matrix
    const asked = f.ask(state) as Matrix
    if (shows === 'attention') return softmax(1)(mul(matmul(asked, swapAxes(0, 1)(memory)), 1 / Math.sqrt(2 * width)))
    return f.answer(concat(1)([state, attention()(asked, memory, memory)] as readonly [Matrix, Matrix]))
  })
const network = translator('letters')
const example = int(read + written)
const still = { params: false, state: false, x: true } as const
const weights = vmap(4, { over: still })(predictOrThrow(translator('attention'), example))
type Letters = Expr<readonly [number, number]>
type Truth = Expr<readonly [number], 'int'>
/**
 * 1 if every letter is right, else 0. Each is asked for after the right ones before it. So it is also 1 where the translator
 * goes on from its own letters: until the first wrong one, they are the same.
 */
const wholly = (found: Letters, y: Truth): Expr<readonly []> => reduceMin(0)(toReal(eq(argmax(1)(found), y)))

const narrow = combine()('narrow', { read: gru(2, 2), write: gru(2, 2) }, (f, a) => {
  const memory = f.read(a) as Matrix
  return attention()(f.write(a) as Matrix, memory, memory)
})
/** `adjoint run` checks their gradients against finite differences. */
export const programs = { 'a narrow encoder and decoder': predictOrThrow(narrow, real(3, 2)) }

export const run = (o: RunOptions): TE.TaskEither<string, Report> => {
  const [learned, unseen, epochs] = o.small ? [200, 50, 2] : [6000, 1000, o.epochs ?? 5]
  const training = datesFrom(foldIn(1)(randomKey(o.seed)), learned)
  const test = datesFrom(foldIn(2)(randomKey(o.seed)), unseen)
  return pipe(
    learn(o, 'dates', {
      backend: o.backend,
      network,
      loss: crossEntropy(),
      optimizer: adam({ rate: cosine(6e-3, (epochs * learned) / 50) }),
      shapes: { x: example, y: int(written), batch: 50 },
      examples: training,
      heldOut: test,
      metrics: { wholly },
      epochs,
      key: randomKey(o.seed),
    }),
    TE.bindTo('fitted'),
    TE.bind('maps', ({ fitted: { state } }) =>
      compute(o.backend)(weights, {
        params: state.params,
        state: state.state,
        x: test.x.subarray(0, 4 * (read + written)),
      }),
    ),
    TE.map(({ fitted, maps }) => ({
      findings: [
        o.small
          ? lossFalls(fitted.history)
          : atLeast(
              `share of ${unseen} new dates that are wholly right`,
              0.99,
              fitted.history.at(-1)?.metrics.wholly ?? 0,
            ),
      ],
      text: test.pairs
        .slice(0, 4)
        .map(([from, to]) => `${from} is ${to}`)
        .join('\n'),
      pictures: [{ name: 'attention.png', content: sheet(pictures(maps as Float32Array, written, read), 2, 12) }],
    })),
  )
}
