/**
 * Operations across the examples of a mapped axis, by its name. Inside a program of one example they mean "over all
 * examples". vmap with that name eliminates them: what is batched is summed along the batch, what is not is the same
 * for every example. The result is the same for all examples, so it has no batch axis.
 *
 *   y_i = sum_j x_j for every i, so a cotangent comes back to every x_j from every y_i:  the pull of psum is psum
 *
 * In a branch that only some examples take, all examples still count. There reverse mode must come after vmap: before
 * it, a branch cannot know whose cotangents are to be added.
 *
 * Until vmap maps it, an axis is free. Where nothing maps it there is one example: that is the meaning given here. Back
 * ends refuse programs with free axes (lang/axes.ts), so that a misspelt name is an error and not a batch of one.
 */
import * as E from 'fp-ts/lib/Either.js'
import { kernel, num, whole } from '../kernel/index.ts'
import type { Expr } from '../syntax/expr.ts'
import { operation } from '../syntax/operation.ts'
import { int, real, type Shape } from '../syntax/shape.ts'
import { onlyNumbers, sum } from './broadcast.ts'
import { constant, iota, like } from './constant.ts'
import { div, eq, mul, neg, select } from './elementwise.ts'
import { apply, type Entry, type LinearMap, only } from './entry.ts'
import { reduceMax } from './reduction.ts'

type Named = { readonly axis: string }

// -- a value over all examples ---------------------------------------------------------------------------------------

interface Over<Name extends string> {
  readonly name: Name
  readonly sentence: string
  readonly latex: string
  /** What it is over the batch axis, in front. */
  readonly joined: (x: Expr) => Expr
  /** What it is of a value that is the same for all n examples. */
  readonly shared: (x: Expr, n: number) => Expr
  readonly derivative: (axis: string, x: Expr, y: Expr) => LinearMap
}
const over = <Name extends string>(c: Over<Name>): Entry<Named, [0], Name> => {
  const entry: Entry<Named, [0], Name> = {
    name: c.name,
    sentence: c.sentence,
    latex: c.latex,
    algebra: {},
    examples: [{ attrs: { axis: 'batch' }, args: [real(3)] }],
    axes: ({ axis }) => [axis],
    batch: {
      rule: (a, [x], [mapped], rec) =>
        a.axis === rec.axis
          ? { outs: [mapped ? c.joined(x) : c.shared(x, rec.size)], batched: [false] }
          : { outs: [apply(entry, a, x)], batched: [mapped] },
    },
    type: (_, [x]) => onlyNumbers(x, () => E.right([x])),
    derivative: ({ axis }, [x], outs) => [c.derivative(axis, x, only(outs))],
    meaning: (_, [x]) => kernel(x.at),
  }
  return entry
}
const psumEntry = over({
  name: 'psum',
  sentence: 'adds over the examples of a mapped axis',
  latex: '\\sum_{$axis} $0',
  joined: sum(0),
  shared: (x, n) => mul(x, like(x, n)),
  derivative: (axis) => ({ push: psum(axis), pull: psum(axis) }),
})
const pmaxEntry = over({
  name: 'pmax',
  sentence: 'takes the largest over the examples of a mapped axis; ties share the derivative',
  latex: '\\max_{$axis} $0',
  joined: reduceMax(0),
  shared: (x) => x,
  derivative: (axis, x, y) => {
    const hit = select(eq(x, y), like(x, 1), like(x, 0))
    const share = div(hit, psum(axis)(hit))
    return { push: (t) => psum(axis)(mul(share, t)), pull: (ct) => mul(share, psum(axis)(ct)) }
  },
})

// -- a fact about the axis -------------------------------------------------------------------------------------------

interface About<Name extends string> {
  readonly name: Name
  readonly sentence: string
  readonly latex: string
  readonly dtype: 'real' | 'int'
  /** What it is when vmap maps n examples, and whether that differs from example to example. */
  readonly mapped: (n: number) => Expr
  readonly batched: boolean
}
const about = <Name extends string>(c: About<Name>): Entry<Named, [], Name> => {
  const entry: Entry<Named, [], Name> = {
    name: c.name,
    sentence: c.sentence,
    latex: c.latex,
    algebra: {},
    examples: [{ attrs: { axis: 'batch' }, args: [] }],
    axes: ({ axis }) => [axis],
    batch: {
      rule: (a, _, __, rec) =>
        a.axis === rec.axis
          ? { outs: [c.mapped(rec.size)], batched: [c.batched] }
          : { outs: [apply(entry, a)], batched: [false] },
    },
    type: () => E.right([c.dtype === 'int' ? int() : real()]),
    derivative: () => [],
    meaning: () => kernel(() => (c.dtype === 'int' ? whole(0) : num(1))),
  }
  return entry
}
const axisSizeEntry = about({
  name: 'axisSize',
  sentence: 'the number of examples of a mapped axis',
  latex: 'n_{$axis}',
  dtype: 'real',
  mapped: (n) => constant([], n),
  batched: false,
})
const axisIndexEntry = about({
  name: 'axisIndex',
  sentence: 'the index of the example on a mapped axis',
  latex: 'i_{$axis}',
  dtype: 'int',
  mapped: (n) => iota([n]),
  batched: true,
})

// -- the functions ---------------------------------------------------------------------------------------------------

type Across = (axis: string) => <S extends Shape, D extends 'real' | 'int'>(x: Expr<S, D>) => Expr<S, D>
/**
 * Adds over the examples of a mapped axis.
 *
 * Law:     vmap(n, { axis })(f), with psum(axis)(x) in f, is f with sum(0) of the x of all examples
 * Errors:  ElementType; UnboundAxis, when nothing maps the axis
 */
export const psum: Across = operation('psum(axis)(x)', (axis) => (x) => apply(psumEntry, { axis }, x))
/** Takes the largest over the examples of a mapped axis; ties share the derivative. Errors: ElementType, UnboundAxis */
export const pmax: Across = operation('pmax(axis)(x)', (axis) => (x) => apply(pmaxEntry, { axis }, x))
/**
 * Takes the smallest over the examples of a mapped axis; ties share the derivative. Errors: ElementType, UnboundAxis
 */
export const pmin: Across = operation('pmin(axis)(x)', (axis) => (x) => neg(pmax(axis)(neg(x))))
/** The number of examples of a mapped axis. It is real, for divisions. Errors: UnboundAxis */
export const axisSize = operation(
  'axisSize(axis)',
  (axis: string): Expr<readonly [], 'real'> => apply(axisSizeEntry, { axis }),
)
/** The index of the example on a mapped axis. It is an integer: 0, 1, ... Errors: UnboundAxis */
export const axisIndex = operation(
  'axisIndex(axis)',
  (axis: string): Expr<readonly [], 'int'> => apply(axisIndexEntry, { axis }),
)
/** The mean over the examples of a mapped axis. Errors: ElementType, UnboundAxis */
export const pmean = operation(
  'pmean(axis)(x)',
  (axis: string) =>
    <S extends Shape>(x: Expr<S, 'real'>): Expr<S, 'real'> => {
      const total: Expr = psum(axis)(x)
      return div(total, axisSize(axis))
    },
)

export const collectives = [psumEntry, pmaxEntry, axisSizeEntry, axisIndexEntry] as const
