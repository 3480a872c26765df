/**
 * Recurrent layers: a memory carried along the rows of a sequence by `scan`, from zero.
 *
 *   p = W x + b        what a row brings: all rows at once, before the scan
 *   q = U h + c        what the memory brings, step by step
 *
 * The gates' weights are stacked, in PyTorch's order, so that its files can be read: [gates H, ...].
 */
import { scan } from '../../lang/control/scan.ts'
import { linear } from '../../lang/operations/product.ts'
import { split as cut } from '../../lang/operations/slicing.ts'
import { constant } from '../../lang/primitives/constant.ts'
import { add, logistic, mul, sub, tanh } from '../../lang/primitives/elementwise.ts'
import type { Expr } from '../../lang/syntax/expr.ts'
import { real, type Type } from '../../lang/syntax/shape.ts'
import type { Agree, Gradual, Mul, Show } from '../../lang/types/index.ts'
import { splitKey } from '../random/key.ts'
import { glorotUniform, type Initializer, orthogonal, zeros } from './initial.ts'
import { type Layer, layer } from './layer.ts'
import type { TypeRule } from './rule.ts'

/** [L, I] -> [L, H] */
export interface Recurrent<Name extends string, I extends number, H extends number> extends TypeRule {
  readonly takes: Type<readonly [number, I], 'real'>
  readonly out: this['in'] extends Type<infer S, 'real'>
    ? [number] extends [S['length']]
      ? Type<Gradual, 'real'>
      : S extends readonly [infer L extends number, infer J extends number]
        ? Agree<I, J> extends true
          ? Type<readonly [L, H], 'real'>
          : `${Name}(${I}, ${H}) takes [L, ${I}], not ${Show<S>}`
        : `${Name}(${I}, ${H}) takes [L, ${I}], not ${Show<S>}`
    : 'a sequence of real rows is wanted'
}
/** G gates of H numbers each. */
type Gates<G extends number, I extends number, H extends number> = {
  readonly w: Type<readonly [Mul<G, H>, I], 'real'>
  readonly u: Type<readonly [Mul<G, H>, H], 'real'>
  readonly b: Type<readonly [Mul<G, H>], 'real'>
  readonly c: Type<readonly [Mul<G, H>], 'real'>
}
interface Read {
  readonly w: Expr
  readonly u: Expr
  readonly b: Expr
  readonly c: Expr
}
export interface RecurrentOptions {
  /** From the last row to the first. */
  readonly reverse?: boolean
  /** How W starts; U starts orthogonal. */
  readonly weights?: Initializer
}
/** What is carried, h first. */
type Memory = readonly [Expr, ...Expr[]]
type Cell = (p: readonly Expr[], q: readonly Expr[], memory: Memory) => Memory

type RecurrentLayer<Name extends string, G extends number> = <const I extends number, const H extends number>(
  from: I,
  hidden: H,
  options?: RecurrentOptions,
) => Layer<Gates<G, I, H>, null, null, Recurrent<Name, I, H>>
const recurrent = <const Name extends string, const G extends number>(
  name: Name,
  gates: G,
  carried: number,
  cell: Cell,
): RecurrentLayer<Name, G> =>
  ((from: number, hidden: number, { reverse = false, weights = glorotUniform }: RecurrentOptions = {}) => {
    const rows = gates * hidden
    const params = { w: real(rows, from), u: real(rows, hidden), b: real(rows), c: real(rows) }
    const apart = cut(
      -1,
      Array.from({ length: gates }, () => hidden),
    ) as (e: Expr) => readonly Expr[]
    return layer<TypeRule>()({
      name: `${name}(${from}, ${hidden}${reverse ? ', reverse' : ''})`,
      params,
      init: (key) => {
        const [forW, forU] = splitKey(2)(key)
        return {
          params: {
            w: weights(forW, params.w.shape),
            u: orthogonal()(forU, params.u.shape),
            b: zeros(key, [rows]),
            c: zeros(key, [rows]),
          },
        }
      },
      apply: (tree, state, _, a: Expr) => {
        const { w, u, b, c } = tree as unknown as Read
        const step = (memory: Memory, p: Expr) => {
          const next = cell(apart(p), apart(linear(memory[0], u, c)), memory)
          return [next, next[0]] as const
        }
        const start = Array.from({ length: carried }, () => constant([hidden], 0)) as unknown as Memory
        return [scan(step, { reverse })(start, linear(a, w, b))[1], state]
      },
    }) as never
  }) as never

/**
 * h' = tanh(p + q)
 *
 * Shape:   [L, from] -> [L, hidden]: every step's h; `last` takes the last
 * Source:  Elman, "Finding structure in time" (1990)
 *
 * @example
 * sequential(rnn(27, 64), last, dense(64, 27))
 */
export const rnn: RecurrentLayer<'rnn', 1> = recurrent('rnn', 1, 1, ([p], [q]) => [tanh(add(p as Expr, q as Expr))])

/** One gate's sum. */
const joined = (p: readonly Expr[], q: readonly Expr[], k: number): Expr => add(p[k] as Expr, q[k] as Expr)
/**
 * Input, forget, cell and output gates i, f, g, o, each of its own p + q:
 *
 *   c' = sigmoid(f) c + sigmoid(i) tanh(g);   h' = sigmoid(o) tanh(c')
 *
 * Shape:   [L, from] -> [L, hidden]
 * Source:  Hochreiter and Schmidhuber, "Long short-term memory" (1997); Gers et al. (2000) for f
 */
export const lstm: RecurrentLayer<'lstm', 4> = recurrent('lstm', 4, 2, (p, q, [, cell]) => {
  const [i, f, g, o] = [0, 1, 2, 3].map((k) => joined(p, q, k)) as unknown as readonly [Expr, Expr, Expr, Expr]
  const next = add(mul(logistic(f), cell as Expr), mul(logistic(i), tanh(g)))
  return [mul(logistic(o), tanh(next)), next]
})
/**
 * Reset and update gates r, z, and a candidate n:
 *
 *   n = tanh(p_n + sigmoid(r) q_n);   h' = (1 - sigmoid(z)) n + sigmoid(z) h
 *
 * Shape:   [L, from] -> [L, hidden]
 * Source:  Cho et al., "Learning phrase representations using RNN encoder-decoder" (2014), as PyTorch has it
 */
export const gru: RecurrentLayer<'gru', 3> = recurrent('gru', 3, 1, (p, q, [h]) => {
  const [r, z] = [logistic(joined(p, q, 0)), logistic(joined(p, q, 1))]
  const n = tanh(add(p[2] as Expr, mul(r, q[2] as Expr)))
  return [add(mul(sub(1, z), n), mul(z, h))]
})
