/** Connectionist temporal classification: the likelihood of a text, over all its alignments with the time steps. */

import { scanTrees } from '../control/scan.ts'
import { concat } from '../primitives/concat.ts'
import { filled, iota } from '../primitives/constant.ts'
import { add, and, div, eq, le, lt, max, mul, ne, neg, select, sub, toReal } from '../primitives/elementwise.ts'
import { gatherRows } from '../primitives/indexing.ts'
import { moveAxis, reshape } from '../primitives/reindex.ts'
import type { Problem } from '../syntax/error.ts'
import { type Expr, rankOf, shapeOf } from '../syntax/expr.ts'
import { operation } from '../syntax/operation.ts'
import type { Gradual } from '../types/index.ts'
import { stack, unsqueeze } from './arranging.ts'
import { derived, differ, notReal, type Real, sizeAt, unless } from './derived.ts'
import { type LossOptions, type LossShape, reduceBy, reductionProblem } from './loss.ts'
import { strided } from './slicing.ts'
import { logsumexp } from './softmax.ts'

export interface CtcOptions extends LossOptions {
  /** The class that stands for no label. Default: 0. */
  readonly blank?: number
  /** Whether a text that is too long for its time steps has loss 0 instead of Infinity. Default: false. */
  readonly zeroInfinity?: boolean
}
const impossible = Number.NEGATIVE_INFINITY
/** The label of every state: blank, the first label, blank, the second one, ..., blank. int [N, S] -> [N, 2 S + 1] */
const statesOf = (targets: Expr, blank: number): Expr => {
  const [n = 0, s = 0] = shapeOf(targets)
  const pairs = reshape([n, 2 * s])(stack(-1)([filled('int', [n, s], blank), targets] as never))
  return concat(1)([pairs, filled('int', [n, 1], blank)])
}
/** The last axis moved on by k, with -Infinity in front. */
const delayed = (k: number, x: Expr): Expr => {
  const [n = 0, size = 0] = shapeOf(x)
  return size < k
    ? filled('real', [n, size], impossible)
    : concat(1)([filled('real', [n, k], impossible), strided(1, 0, size - k, 1)(x)])
}
/**
 * The loss of every example. scores [T, N, C], targets int [N, S], lengths int [N].
 *
 *     alpha[t, s] = score[t, label s] + ln(e^alpha[t-1, s] + e^alpha[t-1, s-1] + e^alpha[t-1, s-2])
 *
 * where the last term counts if label s is neither blank nor label s - 2.
 */
const losses = (blank: number, scores: Expr, targets: Expr, steps: Expr, lengths: Expr): Expr => {
  const labels = statesOf(targets, blank)
  const [n = 0, states = 0] = shapeOf(labels)
  const state = iota([n, states], 1)
  const emitted = moveAxis(-1, 0)(gatherRows(1)(moveAxis(0, -1)(scores), labels))
  const before = states < 3 ? labels : concat(1)([filled('int', [n, 2], blank), strided(1, 0, states - 2, 1)(labels)])
  const skips = and(ne(labels, blank), ne(labels, before))
  const step = (alpha: Expr, [score, t]: readonly [Expr, Expr]): readonly [Expr, null] => {
    const ways: readonly Expr[] = [alpha, delayed(1, alpha), select(skips, delayed(2, alpha), impossible)]
    const together: Expr = stack(0)(ways as never)
    const next = add(score, logsumexp(0)(together))
    return [select(unsqueeze(1)(lt(t, steps)), next, alpha), null]
  }
  // in front of the first step, as if the first blank had been there
  const start = select(eq(state, 0), 0, filled('real', [n, states], impossible))
  const [last] = scanTrees(
    step as never,
    {},
    { op: 'ctcLoss', steps: 'length' },
  )(start, [emitted, iota([sizeAt(scores, 0)])])
  const end = mul(2, unsqueeze(1)(lengths))
  const atEnd = and(le(sub(end, 1), state), le(state, end))
  return neg(logsumexp(1)(select(atEnd, last as Expr, impossible)))
}
const ints = (...xs: readonly Expr[]): Problem | undefined =>
  xs.every((x) => x.type.dtype === 'int')
    ? undefined
    : { _tag: 'ElementType', expected: xs.map(() => 'int' as const), found: xs.map((x) => x.type.dtype) }

/**
 * Connectionist temporal classification: -ln of the probability that the classes of all time steps, without repetitions and
 * then without blanks, are the target. `mean` divides each loss by the length of its target, at least 1, as in PyTorch.
 *
 * Shape:   log-probabilities [T, N, C], targets int [N, S], their numbers of time steps int [N] and of labels int [N] -> [], or
 *          [N] with reduction 'none'; the same without N for one example
 * Options: blank (0), zeroInfinity (false), reduction ('mean')
 * Cost:    T S per example, one step of a scan per time step
 * Derivative: that of the value in the log-probabilities; 0 where no alignment exists. PyTorch's own is that of the logits
 *          less a term that log_softmax cancels: through logSoftmax both are equal
 * Errors:  ShapeMismatch, RankMismatch, ElementType, InvalidAttribute
 * Source:  Graves et al., "Connectionist temporal classification" (2006)
 *
 * @example
 * const f = programOrThrow([real(2, 2), int(1)], ([x, t]) =>
 *   ctcLoss({ reduction: 'sum' })(logSoftmax(-1)(x), t, intTensor([], [2]), intTensor([], [1])))
 * evaluate(f.closed, [Float64Array.of(0, 0, 0, 0), Float64Array.of(1)]) // => [[0.287682]]
 */
export const ctcLoss = operation(
  'ctcLoss(options?{reduction blank zeroInfinity})(logProbabilities, targets, steps, lengths)',
  <const O extends CtcOptions = {}>(options?: O) =>
    (
      logProbabilities: Real<Gradual>,
      targets: Expr<Gradual, 'int'>,
      steps: Expr<Gradual, 'int'>,
      lengths: Expr<Gradual, 'int'>,
    ): Real<LossShape<Gradual, O>> => {
      const [x, t, n, k]: readonly [Expr, Expr, Expr, Expr] = [logProbabilities, targets, steps, lengths]
      const { blank = 0, zeroInfinity = false, reduction = 'mean' } = options ?? {}
      const single = rankOf(x) === 2
      const front = shapeOf(x).slice(1, -1)
      const problem: Problem | undefined =
        reductionProblem(options) ??
        notReal(x) ??
        ints(t, n, k) ??
        (single || rankOf(x) === 3 ? undefined : { _tag: 'RankMismatch', expected: 3, shape: shapeOf(x) }) ??
        differ(front, shapeOf(t).slice(0, -1)) ??
        differ(front, shapeOf(n)) ??
        differ(front, shapeOf(k)) ??
        unless(Number.isInteger(blank) && blank >= 0 && blank < sizeAt(x, -1), 'blank', 'must be one of the classes')
      return derived('ctcLoss', [x, t, n, k], problem, () => {
        const first = unsqueeze(0)
        const batch = single ? [unsqueeze(1)(x), first(t), first(n), first(k)] : [x, t, n, k]
        const all = losses(blank, ...(batch as [Expr, Expr, Expr, Expr]))
        const own = zeroInfinity ? select(eq(all, Number.POSITIVE_INFINITY), 0, all) : all
        const each = single ? reshape([])(own) : own
        return reduceBy(reduction, reduction === 'mean' ? div(each, toReal(max(k, 1))) : each)
      }) as Real<LossShape<Gradual, O>>
    },
)
