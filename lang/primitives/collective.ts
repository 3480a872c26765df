/**
 * Across the examples of a mapped axis, by its name: inside a program of one example these mean "over all of them". vmap
 * with that name eliminates them: what is batched is summed along the batch, what is not is the same for every example.
 * The result is the same for all examples, so it has no batch axis.
 *
 *   y_i = sum_j x_j for every i, so a cotangent comes back to every x_j from every y_i:  the pull of psum is psum
 *
 * In a branch that not all examples take, all count nevertheless. There reverse mode must come after vmap: before it, a
 * branch cannot know whose cotangents are to be added.
 *
 * Until it is mapped, an axis is free. Where nothing maps it there is one example: that is the meaning given here; back
 * ends refuse programs with free axes (lang/axes.ts), so that a name misspelt is not a batch of one.
 */
import * as E from 'fp-ts/lib/Either.js'
import { kernel, num, whole } from '../kernel/index.ts'
import { ill } from '../syntax/error.ts'
import type { Expr } from '../syntax/expr.ts'
import { type DType, int, real, type Shape } from '../syntax/shape.ts'
import { sum } from './broadcast.ts'
import { constant, iota, like } from './constant.ts'
import { div, eq, mul, neg, select } from './elementwise.ts'
import { apply, type Derivative, type Entry, type Words } from './entry.ts'
import { reduceMax } from './reduction.ts'

type Named = { readonly axis: string }

const across = (name: string, sentence: Words, latex: string, join: (x: Expr) => Expr, shared: (x: Expr, n: number) => Expr, d: (axis: string, x: Expr, y: Expr) => Derivative): Entry<Named, [0]> => {
  const entry: Entry<Named, [0]> = {
    name, latex, sentence, algebra: {},
    examples: [{ attrs: { axis: 'batch' }, args: [real(3)] }],
    axes: ({ axis }) => [axis],
    batch: {
      rule: (a, [x], [mapped], rec) =>
        a.axis !== rec.axis ? { outs: [apply(entry, a, x)], batched: [mapped] }
        : { outs: [mapped ? join(x) : shared(x, rec.size)], batched: [false] },
    },
    type: (_, [x]) => (x.dtype === 'bool' ? ill({ _tag: 'ElementType', expected: ['real', 'int'], found: ['bool'] }) : E.right([x])),
    derivative: ({ axis }, [x], [y]) => d(axis, x, y as Expr),
    meaning: (_, [x]) => kernel(x.at),
  }
  return entry
}
export const psumEntry = across('psum', { en: 'adds over the examples of a mapped axis', fr: 'additionne sur les exemples d’un axe de lot' }, '\\sum_{$axis} $0', sum(0), (x, n) => mul(x, like(x, n)),
  (axis) => [{ push: psum(axis), pull: psum(axis) }])
export const pmaxEntry = across('pmax', { en: 'takes the largest over the examples of a mapped axis; ties share the derivative', fr: 'prend le plus grand sur les exemples d’un axe de lot ; les ex æquo se partagent la dérivée' }, '\\max_{$axis} $0', reduceMax(0), (x) => x,
  (axis, x, y) => {
    const hit = select(eq(x, y), like(x, 1), like(x, 0)), share = div(hit, psum(axis)(hit))
    return [{ push: (t) => psum(axis)(mul(share, t)), pull: (ct) => mul(share, psum(axis)(ct)) }]
  })

const about = (name: string, sentence: Words, latex: string, dtype: DType, mapped: (n: number) => Expr, batched: boolean): Entry<Named, []> => {
  const entry: Entry<Named, []> = {
    name, latex, sentence, algebra: {},
    examples: [{ attrs: { axis: 'batch' }, args: [] }],
    axes: ({ axis }) => [axis],
    batch: {
      rule: (a, _, __, rec) => (a.axis === rec.axis ? { outs: [mapped(rec.size)], batched: [batched] } : { outs: [apply(entry, a)], batched: [false] }),
    },
    type: () => E.right([dtype === 'int' ? int() : real()]),
    derivative: () => [],
    meaning: () => kernel(() => (dtype === 'int' ? whole(0) : num(1))),
  }
  return entry
}
export const axisSizeEntry = about('axisSize', { en: 'how many examples a mapped axis has', fr: 'combien d’exemples compte un axe de lot' }, 'n_{$axis}', 'real', (n) => constant([], n), false)
export const axisIndexEntry = about('axisIndex', { en: 'which example of a mapped axis this is', fr: 'le numéro de l’exemple sur un axe de lot' }, 'i_{$axis}', 'int', (n) => iota([n]), true)

type Across = (axis: string) => <S extends Shape, D extends 'real' | 'int'>(x: Expr<S, D>) => Expr<S, D>
/**
 * The sum over the examples of a mapped axis.
 *
 * Law:     vmap(n, { axis })(f) with psum(axis)(x) in f reads sum(0) of the x of all examples
 * Errors:  ElementType; UnboundAxis, when nothing maps the axis
 */
export const psum: Across = (axis) => (x) => apply(psumEntry, { axis }, x as Expr)
/** The largest over the examples of a mapped axis. */
export const pmax: Across = (axis) => (x) => apply(pmaxEntry, { axis }, x as Expr)
export const pmin: Across = (axis) => (x) => neg(pmax(axis)(neg(x as Expr))) as never
/** How many examples a mapped axis has, as a real number. */
export const axisSize = (axis: string): Expr<readonly [], 'real'> => apply(axisSizeEntry, { axis })
/** Which example this is: 0, 1, ... */
export const axisIndex = (axis: string): Expr<readonly [], 'int'> => apply(axisIndexEntry, { axis })
/** The mean over the examples of a mapped axis. */
export const pmean = (axis: string) => <S extends Shape>(x: Expr<S, 'real'>): Expr<S, 'real'> => div(psum(axis)(x) as Expr, axisSize(axis)) as never

export const collectives: readonly Entry[] = [psumEntry, pmaxEntry, axisSizeEntry, axisIndexEntry]
