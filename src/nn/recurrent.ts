/**
 * Recurrent layers: a memory carried along the rows of a sequence by `scan`, from zero.
 *
 *   p = W x + b        from the row: for all rows at once, before the scan
 *   q = U h + c        from the memory, in every step of the scan
 *
 * The gates' weights are stacked in PyTorch's order, [gates H, ...], so that PyTorch's files can be read.
 */
import { scan } from '../../lang/control/scan.ts'
import { linear } from '../../lang/operations/product.ts'
import { split as cut } from '../../lang/operations/slicing.ts'
import { constant } from '../../lang/primitives/constant.ts'
import { add, logistic, mul, sub, tanh } from '../../lang/primitives/elementwise.ts'
import type { Expr } from '../../lang/syntax/expr.ts'
import { real, type Type } from '../../lang/syntax/shape.ts'
import { typed } from '../../lang/syntax/typed.ts'
import type { Agree, Dims, Gradual, Mul, Show } from '../../lang/types/index.ts'
import { splitKey } from '../random/key.ts'
import type { Key } from '../random/threefry.ts'
import { glorotUniform, type Initializer, orthogonal, zeros } from './initial.ts'
import { type Layer, layerAs } from './layer.ts'
import type { AnyReal, TypeRule } from './rule.ts'
import { mixesRows, remembers } from './stepwise.ts'

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
export interface RecurrentOptions {
  /** Whether to go from the last row to the first; false by default. */
  readonly reverse?: boolean
  /** How W starts, `glorotUniform` by default. U starts orthogonal, b and c at 0. */
  readonly weights?: Initializer
}
/** h, and what else is carried. */
type Memory = readonly [h: Expr, ...others: Expr[]]
/** The next memory from the gates' p and q, one of each per gate. */
type Cell = (p: Gate, q: Gate, memory: Memory) => Memory
/** The k-th gate's p or q. */
type Gate = (k: number) => Expr

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
) =>
  typed<RecurrentLayer<Name, G>>((from: number, hidden: number, options: RecurrentOptions = {}) => {
    const { reverse = false, weights = glorotUniform } = options
    const rows = gates * hidden
    const [w, u, b]: readonly [AnyReal, AnyReal, AnyReal] = [real(rows, from), real(rows, hidden), real(rows)]
    const sizes: Dims = Array.from({ length: gates }, () => hidden)
    const gatesOf = (all: Expr): Gate => {
      const parts: readonly Expr[] = cut(-1, sizes)(all)
      // a cell reads only its own gates, and there is a part for each of them
      return (k) => parts[k] as Expr
    }
    type Weights = { readonly [K in 'w' | 'u' | 'b' | 'c']: Expr }
    /** From the memory and a row that W and b were applied to. */
    const step =
      ({ u: from, c }: Weights) =>
      (memory: Memory, row: Expr) => {
        const next = cell(gatesOf(row), gatesOf(linear(memory[0], from, c)), memory)
        return [next, next[0]] as const
      }
    const shared = {
      name: `${name}(${from}, ${hidden}${reverse ? ', reverse' : ''})`,
      params: { w, u, b, c: b },
      init: (key: Key) => {
        const [forW, forU] = splitKey(2)(key)
        return {
          params: {
            w: weights(forW, w.shape),
            u: orthogonal()(forU, u.shape),
            b: zeros(key, [rows]),
            c: zeros(key, [rows]),
          },
        }
      },
    }
    const memories: readonly AnyReal[] = Array.from({ length: carried }, () => real(hidden))
    return layerAs({
      ...shared,
      apply: (p: Weights, state, _, a: Expr) => {
        const zero: Expr = constant([hidden], 0)
        const start: Memory = [zero, ...Array.from({ length: carried - 1 }, () => zero)]
        return [scan(step(p), { reverse })(start, linear(a, p.w, p.b))[1], state]
      },
      step: () =>
        reverse
          ? mixesRows(shared.name)
          : remembers({
              ...shared,
              state: memories,
              apply: (p: Weights, memory: readonly Expr[], _, a: Expr) => {
                const [next, h] = step(p)(memory as unknown as Memory, linear(a, p.w, p.b))
                return [h, next]
              },
            }),
    })
  })

/**
 * An Elman network: h' = tanh(p + q)
 *
 * Shape:   [L, from] -> [L, hidden]: the h of every step; `last` takes the last
 * Source:  Elman, "Finding structure in time" (1990)
 *
 * @example
 * sequential(rnn(27, 64), last, dense(64, 27))
 */
export const rnn: RecurrentLayer<'rnn', 1> = recurrent('rnn', 1, 1, (p, q) => [tanh(add(p(0), q(0)))])

/**
 * Long short-term memory: input, forget, cell and output gates i, f, g, o, each with its own p + q:
 *
 *   c' = sigmoid(f) c + sigmoid(i) tanh(g);   h' = sigmoid(o) tanh(c')
 *
 * Shape:   [L, from] -> [L, hidden]
 * Source:  Hochreiter and Schmidhuber, "Long short-term memory" (1997); Gers et al. (2000) for f
 */
export const lstm: RecurrentLayer<'lstm', 4> = recurrent('lstm', 4, 2, (p, q, [h, cell = h]) => {
  const gate = (k: number): Expr => add(p(k), q(k))
  const [i, f, g, o] = [gate(0), gate(1), gate(2), gate(3)] as const
  const next = add(mul(logistic(f), cell), mul(logistic(i), tanh(g)))
  return [mul(logistic(o), tanh(next)), next]
})
/**
 * Gated recurrent unit: reset and update gates r, z, and a candidate n:
 *
 *   n = tanh(p_n + sigmoid(r) q_n);   h' = (1 - sigmoid(z)) n + sigmoid(z) h
 *
 * Shape:   [L, from] -> [L, hidden]
 * Source:  Cho et al., "Learning phrase representations using RNN encoder-decoder" (2014), in PyTorch's form
 */
export const gru: RecurrentLayer<'gru', 3> = recurrent('gru', 3, 1, (p, q, [h]) => {
  const [r, z] = [logistic(add(p(0), q(0))), logistic(add(p(1), q(1)))]
  const n = tanh(add(p(2), mul(r, q(2))))
  return [add(mul(sub(1, z), n), mul(z, h))]
})
