/**
 * Models of characters: which one comes next? A recurrent network, an LSTM and attention learn the first nine tenths of a
 * text. On the last tenth, each says the next character better than a table of pairs of characters does. Then each writes.
 */
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import {
  apply,
  categorical,
  concat,
  crossEntropy,
  type Expr,
  foldIn,
  geluTanh,
  int,
  iota,
  mul,
  programOrThrow,
  reshape,
  scan,
  sliceAlong,
  take,
} from '../../src/index.ts'
import {
  dense,
  dropout,
  embedding,
  type Layer,
  layerNorm,
  lstm,
  multiHeadAttention,
  positions,
  predictOrThrow,
  residual,
  rnn,
  sequential,
} from '../../src/nn/index.ts'
import { adamW, clipNorm, cosine } from '../../src/optim/index.ts'
import { foldIn as childOf, randomKey, uniform } from '../../src/random/index.ts'
import { atMost, compute, learn, type Report, type RunOptions } from '../../src/report/index.ts'
import { alice } from './alice.ts'

const symbols = [...new Set(alice)].sort()
const codes = Int32Array.from(alice, (c) => symbols.indexOf(c))
const [count, length, width, written] = [symbols.length, 40, 64, 200] as const
const held = Math.floor(0.9 * codes.length)

const block = [
  residual(sequential(layerNorm([width]), multiHeadAttention(width, 4, { causal: true }))),
  residual(sequential(layerNorm([width]), dense(width, 2 * width), geluTanh, dense(2 * width, width))),
] as const
const heads = [dropout(0.2), dense(width, count)] as const
const networks = {
  rnn: sequential(embedding(count, width), rnn(width, width), ...heads),
  lstm: sequential(embedding(count, width), lstm(width, width), ...heads),
  attention: sequential(
    embedding(count, width),
    positions(length, width),
    ...block,
    ...block,
    layerNorm([width]),
    ...heads,
  ),
}
type Name = keyof typeof networks
/** The text is short: attention learns it by heart after more. */
const epochsOf = { rnn: 12, lstm: 12, attention: 6 } as const
/** Windows of the text, and the characters that follow theirs. */
const windows = (from: number, to: number, stride: number) => {
  const starts = Array.from({ length: Math.floor((to - from - length - 1) / stride) + 1 }, (_, i) => from + stride * i)
  const cut = (shift: number) =>
    Int32Array.from(starts.flatMap((s) => [...codes.subarray(s + shift, s + shift + length)]))
  return { x: cut(0), y: cut(1), count: starts.length }
}
/** The loss on the rest of the text of a table that counts which character follows which, each pair once more than it occurs. */
const pairLoss = (): number => {
  const counts = new Float64Array(count * count).fill(1)
  const at = (i: number): number => (codes[i - 1] ?? 0) * count + (codes[i] ?? 0)
  for (let i = 1; i < held; i++) counts[at(i)] = (counts[at(i)] ?? 0) + 1
  const row = (c: number): number => counts.subarray(c * count, (c + 1) * count).reduce((a, b) => a + b, 0)
  const rest = Array.from({ length: codes.length - held }, (_, k) => held + k)
  return rest.reduce((s, i) => s - Math.log((counts[at(i)] ?? 0) / row(codes[i - 1] ?? 0)), 0) / rest.length
}
/** Text, character by character: each is drawn from what the network expects after the `length` before it. */
const writer = (network: Layer) => {
  const answer = predictOrThrow(network, int(length))
  // the types of a network that is one of several are not known here
  const logits = apply(answer) as unknown as (x: object) => Expr<readonly [number, number]>
  type Written = Expr<readonly [number], 'int'>
  return programOrThrow(
    { params: answer.in.params as null, state: answer.in.state as null, start: int(length), key: int(3) },
    ({ params, state, start, key }) => {
      const step = (before: Written, k: Expr<readonly [], 'int'>): readonly [Written, Expr<readonly [], 'int'>] => {
        const next = categorical(mul(1 / 0.7, take(0, length - 1)(logits({ params, state, x: before }))))(
          foldIn(k)(key),
        )
        return [concat(0)([sliceAlong(0, 1)(before), reshape([1])(next)]), next]
      }
      return scan(step)(start, iota([written]))[1]
    },
  )
}
const narrow = sequential(embedding(3, 2), lstm(2, 2), dense(2, 3))
/** `adjoint run` checks their gradients against finite differences. */
export const programs = { 'a narrow LSTM': predictOrThrow(narrow, int(4)) }

const study = (o: RunOptions, name: Name) => {
  const [training, test] = [windows(0, held, o.small ? 80 : 7), windows(held, codes.length, 20)]
  const epochs = o.epochs ?? (o.small ? 1 : epochsOf[name])
  const network = networks[name] as typeof networks.lstm
  return pipe(
    learn(o, name, {
      backend: o.backend,
      network,
      loss: crossEntropy(),
      optimizer: clipNorm(1)(
        adamW({ rate: cosine(4e-3, epochs * Math.floor(training.count / 32)), weightDecay: 0.05 }),
      ),
      shapes: { x: int(length), y: int(length), batch: 32 },
      examples: training,
      heldOut: test,
      metrics: { loss: crossEntropy() },
      epochs,
      key: randomKey(o.seed),
    }),
    TE.bindTo('fitted'),
    TE.bind(
      'text',
      ({
        fitted: {
          state: { params, state },
        },
      }) => {
        const key = Int32Array.from(uniform(3)(childOf(9)(randomKey(o.seed))), (u) => Math.floor(2 ** 24 * u))
        return compute(o.backend)(writer(network), {
          params: params as never,
          state: state as never,
          start: codes.subarray(0, length),
          key,
        })
      },
    ),
    TE.map(({ fitted, text }) => ({
      name,
      loss: fitted.history.at(-1)?.metrics.loss ?? Number.NaN,
      text: Array.from(text, (c) => symbols[c] ?? '').join(''),
    })),
  )
}
export const run = (o: RunOptions): TE.TaskEither<string, Report> =>
  pipe(
    Object.keys(networks) as readonly Name[],
    TE.traverseSeqArray((name) => study(o, name)),
    TE.map((all) => ({
      findings: all.map(({ name, loss }) =>
        atMost(
          `${name}: loss of the next character in new text; a table of pairs has the bar`,
          o.small ? 4 : pairLoss(),
          loss,
        ),
      ),
      text: all.map(({ name, text }) => `${name} writes: ${alice.slice(0, length)}${text}`).join('\n\n'),
    })),
  )
