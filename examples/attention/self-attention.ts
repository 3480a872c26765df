/**
 * Self-attention as the lecture writes it, softmax((Q H)(K H)^T / sqrt(L)) (V H): H has a token in each column there, and in
 * each row here. Attention in shifted windows is attention to all tokens under a mask.
 *
 * Source: Vaswani et al., "Attention is all you need" (2017); Liu et al., "Swin transformer" (2021)
 */
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import {
  and,
  apply,
  attention,
  div,
  type Expr,
  eq,
  floor,
  gradOrThrow,
  iota,
  matmul,
  mul,
  permute,
  programOrThrow,
  real,
  reshape,
  roll,
  softmax,
  square,
  sub,
  sum,
  swapAxes,
  toReal,
  unsqueeze,
} from '../../src/index.ts'
import { multiHeadAttention, parameterCount, predictOrThrow } from '../../src/nn/index.ts'
import { foldIn, normal, randomKey } from '../../src/random/index.ts'
import { close, compute, type Report, type RunOptions, same } from '../../src/report/index.ts'

type Matrix = Expr<readonly [number, number], 'real'>
type Mask = Expr<readonly [number, number], 'bool'>
const transposed: (a: Matrix) => Matrix = swapAxes(0, 1)
/** softmax(q k^T / sqrt(width)) v with q = H Q^T and so on. Shape: [n, from], three times [width, from] -> [n, width] */
const lecture = (n: number, from: number, width: number) =>
  programOrThrow([real(n, from), real(width, from), real(width, from), real(width, from)], ([h, wq, wk, wv]) => {
    const [q, k, v]: readonly [Matrix, Matrix, Matrix] = [
      matmul(h, transposed(wq)),
      matmul(h, transposed(wk)),
      matmul(h, transposed(wv)),
    ]
    return matmul(softmax(1)(div(matmul(q, transposed(k)), Math.sqrt(width))), v)
  })
/** The same, by the function of the library. */
const builtIn = (n: number, from: number, width: number) =>
  programOrThrow([real(n, from), real(width, from), real(width, from), real(width, from)], ([h, wq, wk, wv]) => {
    const by = (w: Matrix): Matrix => matmul(h, transposed(w))
    return attention()(by(wq), by(wk), by(wv))
  })

type Numbers = Expr<readonly number[]>
/**
 * Attention of side x side tokens in windows that are shifted by `shift` rows and columns, so that windows are cut at every
 * border. Twice: to all tokens under a mask, and window by window.
 *
 * Law: masked = shifted
 */
const windows = (side: number, window: number, shift: number, width: number) => {
  const [tokens, inWindow, perSide] = [side * side, window * window, side / window]
  const windowOf = (place: Numbers): Numbers => floor(div(sub(place, shift), window))
  /** The windows of the rows and the columns in which tokens with these numbers are. */
  const placeOf = (token: Numbers): readonly [Numbers, Numbers] => {
    const row = floor(div(token, side))
    return [windowOf(row), windowOf(sub(token, mul(side, row)))]
  }
  /** Whether two tokens are in one window. Shape: [..., n] -> [..., n, n] */
  const together = (token: Numbers): Mask => {
    const [rows, columns] = placeOf(token)
    const both = (w: Numbers) => eq(unsqueeze(-1)(w), unsqueeze(-2)(w))
    return and(both(rows), both(columns)) as Mask
  }
  const numbered: Numbers = toReal(iota([tokens]))
  const masked = programOrThrow(real(tokens, width), (h) => attention()(h, h, h, together(numbered)))
  /** [side, side, ...] -> [windows, tokens of a window, ...] */
  const cut = (x: Numbers): Numbers => {
    const rest = x.type.shape.slice(2)
    const grid = reshape([perSide, window, perSide, window, ...rest])(x)
    return reshape([perSide * perSide, inWindow, ...rest])(permute([0, 2, 1, 3, ...rest.map((_, k) => 4 + k)])(grid))
  }
  const joined = (x: Numbers): Numbers =>
    reshape([side, side, width])(permute([0, 2, 1, 3, 4])(reshape([perSide, perSide, window, window, width])(x)))
  /** Rolls rows and columns. */
  const rolled =
    (n: number) =>
    (x: Numbers): Numbers =>
      roll(n, 0)(roll(n, 1)(x as Matrix))
  /** Rolled back, shifted windows are whole ones; what came round from the other end is masked. */
  const shifted = programOrThrow(real(tokens, width), (h) => {
    const x = cut(rolled(-shift)(reshape([side, side, width])(h)))
    const mask = together(cut(rolled(-shift)(reshape([side, side])(numbered))))
    return reshape([tokens, width])(rolled(shift)(joined(attention()(x, x, x, mask))))
  })
  return { masked, shifted }
}
const { masked, shifted } = windows(8, 4, 2, 6)
const slopeOf = (p: typeof masked) => gradOrThrow(programOrThrow(p.in, (h) => sum()(square(apply(p)(h)))))

/** How many numbers the layer learns, as its program on so many tokens has them as inputs. */
const weightsFor = (layer: ReturnType<typeof multiHeadAttention<5, 1>>, count: number): number =>
  parameterCount({ params: predictOrThrow(layer, real(count, 5)).in.params })

/** `adjoint run` checks their gradients against finite differences. */
export const programs = {
  'attention as the lecture writes it': lecture(4, 3, 2),
  'attention in shifted windows': windows(4, 4, 2, 1).shifted,
}

export const run = (o: RunOptions): TE.TaskEither<string, Report> => {
  const numbers = (k: number, n: number) => normal(n)(foldIn(k)(randomKey(o.seed)))
  const [n, from, d] = [7, 5, 3] as const
  const weights = [numbers(0, n * from), numbers(1, d * from), numbers(2, d * from), numbers(3, d * from)] as const
  const layer = multiHeadAttention(from, 1)
  return pipe(
    TE.Do,
    TE.apS('lecture', compute(o.backend)(lecture(n, from, d), weights)),
    TE.apS('builtIn', compute(o.backend)(builtIn(n, from, d), weights)),
    TE.apS('masked', compute(o.backend)(masked, numbers(4, 8 * 8 * 6))),
    TE.apS('shifted', compute(o.backend)(shifted, numbers(4, 8 * 8 * 6))),
    TE.apS('maskedSlope', compute(o.backend)(slopeOf(masked), numbers(4, 8 * 8 * 6))),
    TE.apS('shiftedSlope', compute(o.backend)(slopeOf(shifted), numbers(4, 8 * 8 * 6))),
    TE.map((r) => ({
      findings: [
        close("the lecture's formula, and the function of the library", r.builtIn, r.lecture, 1e-6),
        same(
          'weights of a layer, for 3 tokens and for 300',
          ...([3, 300].map((count) => String(weightsFor(layer, count))) as [string, string]),
        ),
        close('attention in shifted windows, and to all tokens under a mask', r.masked, r.shifted, 1e-6),
        close('their gradients', r.maskedSlope, r.shiftedSlope, 1e-5),
      ],
    })),
  )
}
