/**
 * A model of tokens that copies and sorts: it reads a command and up to eight digits, and writes them again, in their order
 * or sorted. Every layer of attention has one head, as the lecture writes it; what it attends to is drawn.
 */
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { pictures, sheet } from '../../src/draw/index.ts'
import {
  argmax,
  attention,
  crossEntropy,
  type Expr,
  eq,
  geluTanh,
  int,
  iota,
  le,
  matmul,
  mul,
  or,
  reduceMin,
  select,
  softmax,
  swapAxes,
  toReal,
} from '../../src/index.ts'
import {
  combine,
  dense,
  embedding,
  layerNorm,
  positions,
  predictOrThrow,
  residual,
  sequential,
} from '../../src/nn/index.ts'
import { adam, cosine } from '../../src/optim/index.ts'
import { foldIn, type Key, randomKey, uniform } from '../../src/random/index.ts'
import { atLeast, compute, learn, lossFalls, type Report, type RunOptions } from '../../src/report/index.ts'

/** Symbols: the digits, then the commands, and what fills the rest. */
const [copy, sort, go, nothing, symbols] = [10, 11, 12, 13, 14] as const
const [most, width] = [8, 48] as const
const length = 2 * most + 2
type Matrix = Expr<readonly [number, number], 'real'>

/** Command, digits, `go` in a fixed place, and the answer; the target is the answer, and `nothing` elsewhere. */
const taskFrom = (key: Key) => {
  const [command = 0, size = 0, ...draws] = uniform(2 + most)(key)
  const digits = draws.slice(0, 1 + Math.floor(most * size)).map((u) => Math.floor(10 * u))
  const answer = command < 0.5 ? digits : [...digits].sort((a, b) => a - b)
  const filled = (from: readonly number[], n: number) => Array.from({ length: n }, (_, i) => from[i] ?? nothing)
  const x = [command < 0.5 ? copy : sort, ...filled(digits, most), go, ...filled(answer.slice(0, most - 1), most)]
  return { digits, answer, x, y: [...filled([], most + 1), ...filled(answer, most + 1)].slice(0, length) }
}
const tasksFrom = (key: Key, count: number) => {
  const all = Array.from({ length: count }, (_, n) => taskFrom(foldIn(n)(key)))
  return { all, x: Int32Array.from(all.flatMap((t) => t.x)), y: Int32Array.from(all.flatMap((t) => t.y)), count }
}
/** One head, or its weights. A token sees itself and those before it. */
const head = (shows: 'values' | 'weights') =>
  combine()('head', { q: dense(width, width), k: dense(width, width), v: dense(width, width) }, (f, a) => {
    const [q, k, v] = [f.q(a) as Matrix, f.k(a) as Matrix, f.v(a) as Matrix]
    const scores = mul(matmul(q, swapAxes(0, 1)(k)), 1 / Math.sqrt(width)) as Matrix
    const before = le(iota([length, length], 1), iota([length, length], 0))
    return shows === 'values'
      ? attention({ causal: true })(q, k, v)
      : softmax(1)(select(before, scores, Number.NEGATIVE_INFINITY))
  })
const mlp = residual(sequential(layerNorm([width]), dense(width, 3 * width), geluTanh, dense(3 * width, width)))
const block = sequential(residual(sequential(layerNorm([width]), head('values'))), mlp)
const tokens = sequential(embedding(symbols, width), positions(length, width))
const network = sequential(tokens, block, block, block, sequential(layerNorm([width]), dense(width, symbols)))
const maps = [
  predictOrThrow(sequential(tokens, layerNorm([width]), head('weights')), int(length)),
  predictOrThrow(sequential(tokens, block, layerNorm([width]), head('weights')), int(length)),
] as const
const loss = crossEntropy({ ignoreIndex: nothing })
/** 1 if every digit of the answer is right, each after the right ones: then it is so after its own digits too. */
const wholly = (found: Expr<readonly [number, number]>, y: Expr<readonly [number], 'int'>): Expr<readonly []> =>
  reduceMin(0)(toReal(or(eq(argmax(1)(found), y), eq(y, nothing))))

const narrow = sequential(
  embedding(3, 2),
  combine()('head', { q: dense(2, 2), k: dense(2, 2) }, (f, a) =>
    attention({ causal: true })(f.q(a) as Matrix, f.k(a) as Matrix, a as Matrix),
  ),
)
/** `adjoint run` checks their gradients against finite differences. */
export const programs = { 'a narrow head of attention': predictOrThrow(narrow, int(3)) }

export const run = (o: RunOptions): TE.TaskEither<string, Report> => {
  const [learned, unseen, epochs] = o.small ? [80, 100, 2] : [12_000, 1000, o.epochs ?? 8]
  const [training, test] = [
    tasksFrom(foldIn(1)(randomKey(o.seed)), learned),
    tasksFrom(foldIn(2)(randomKey(o.seed)), unseen),
  ]
  const drawn = test.all.findIndex((t) => t.digits.length === most && t.x[0] === sort)
  return pipe(
    learn(o, 'tokens', {
      backend: o.backend,
      network,
      loss,
      optimizer: adam({ rate: cosine(3e-3, epochs * Math.floor(learned / 40)) }),
      shapes: { x: int(length), y: int(length), batch: 40 },
      examples: training,
      heldOut: test,
      metrics: { wholly },
      epochs,
      key: randomKey(o.seed),
    }),
    TE.bindTo('fitted'),
    TE.bind(
      'maps',
      ({
        fitted: {
          state: {
            params: [t, first, second],
          },
        },
      }) => {
        const x = test.x.subarray(drawn * length, (drawn + 1) * length)
        const [one, two] = maps
        const state = (p: typeof one | typeof two) => p.in.state as never // there is none: a tree of null
        return pipe(
          TE.Do,
          TE.apS('one', compute(o.backend)(one, { params: [t, first[0][0][0], first[0][0][1]], state: state(one), x })),
          TE.apS(
            'two',
            compute(o.backend)(two, { params: [t, first, second[0][0][0], second[0][0][1]], state: state(two), x }),
          ),
        )
      },
    ),
    TE.map(({ fitted, maps: { one, two } }) => ({
      findings: [
        o.small
          ? lossFalls(fitted.history)
          : atLeast(
              `share of ${unseen} new sequences that are copied or sorted without a fault`,
              1,
              fitted.history.at(-1)?.metrics.wholly ?? 0,
            ),
      ],
      text: `the maps: rows attend to columns, while ${test.all[drawn]?.digits.join(' ')} is sorted`,
      pictures: [
        {
          name: 'attention.png',
          content: sheet(
            [one, two].flatMap((m) => pictures(m as Float32Array, length, length)),
            2,
            16,
          ),
        },
      ],
    })),
  )
}
