/**
 * Labels that are no class. A program looks its label up and takes the nearest class for any other, since a kernel
 * cannot raise an error; so examples are checked before they are trained on. This file names `gather`,
 * the one primitive that reads rows at indices that are data.
 *
 * The loss of one example says which labels those are: every index that it computes from the target alone must be that
 * of a row. A label that the loss leaves out on purpose, by ignoreIndex, is replaced before it is looked up.
 */
import * as E from 'fp-ts/lib/Either.js'
import { evaluate } from '../../lang/evaluate.ts'
import { type Closed, open, typesOf } from '../../lang/syntax/closed.ts'
import { type Expr, input } from '../../lang/syntax/expr.ts'
import { nth } from '../../lang/syntax/list.ts'
import { type Program, type UntypedProgram, untypedProgram } from '../../lang/syntax/program.ts'
import { sizeOf, type Type } from '../../lang/syntax/shape.ts'
import { exprLeaves, isTypeOrExpr, leavesWithPath, nameOf, typeLeaves } from '../../lang/syntax/tree.ts'
import { runs } from '../data/batches.ts'
import { type Examples, isColumn } from '../data/dataset.ts'
import type { Layer } from '../nn/layer.ts'
import { evaluating } from '../nn/network.ts'
import { vmap } from '../transform/vmap.ts'
import { batchAt, type WrongExamples } from './examples.ts'
import type { AnyShapes } from './step.ts'

/** A loss or a metric of one example, whatever it takes. */
type AnyLoss = (prediction: never, target: never) => Expr

/** The value of an index that depends on the target alone, and how many rows there are. */
interface Lookup {
  readonly index: number
  readonly rows: number
}
/** The lookups of a program whose inputs from number `first` on are the target. */
const lookupsIn = (p: Closed, first: number): readonly Lookup[] => {
  const types = typesOf(p)
  const numbers = [...p.inputs.keys()]
  const others = new Set(numbers.slice(0, first))
  const target = new Set(numbers.slice(first))
  const found: Lookup[] = []
  for (const q of p.equations) {
    for (const reached of [others, target])
      if (q.args.some((a) => reached.has(a))) q.outs.forEach((_, k) => void reached.add(q.first + k))
    const [table = 0, index = 0] = q.args
    if (q.op === 'gather' && target.has(index) && !others.has(index))
      // `batch` counts the axes before that of the rows
      found.push({ index, rows: nth(nth(types, table).shape, q.attrs.batch as number) })
  }
  // losses and metrics that look up the same index share one check, against the smallest table
  const fewest = new Map<number, number>()
  for (const { index, rows } of found) fewest.set(index, Math.min(rows, fewest.get(index) ?? rows))
  return [...fewest].map(([index, rows]) => ({ index, rows }))
}
/** The losses of one example, in mode 'eval'; undefined where they are ill-typed, which the step reports. */
const lossesOf = (l: Layer, losses: readonly AnyLoss[], { x, y }: AnyShapes): Closed | undefined => {
  type Values = readonly [params: object, state: object, x: unknown, y: unknown]
  const p = untypedProgram([l.params, l.state, x, y], ([params, state, a, target]: Values) => {
    const [b] = l.apply(params, state, evaluating(l), a)
    return losses.map((loss) => loss(b as never, target as never))
  })
  return E.isRight(p) ? p.right.closed : undefined
}
/** The program from the target to an index. */
const indexOf = (p: Closed, y: unknown, index: number): UntypedProgram | undefined => {
  const rest = p.inputs.slice(0, p.inputs.length - typeLeaves(y).length).map((i) => input(i.name, i.type))
  const made = untypedProgram(y, (target: unknown) => nth(open(p, [...rest, ...exprLeaves(target)]), index))
  return E.isRight(made) ? made.right : undefined
}
/** The path of the leaf that the index is computed from. */
const leafOf = ({ in: y, closed }: UntypedProgram): readonly string[] => {
  const read = new Set([...closed.equations.flatMap((q) => q.args), ...closed.outputs])
  return leavesWithPath(y, isTypeOrExpr).find((_, k) => read.has(k))?.[0] ?? []
}
/** How many numbers are looked at together. */
const together = 2 ** 16
/** The first example with an index that is not that of a row. */
const firstWrong = (p: UntypedProgram, rows: number, { y, count }: Examples) => {
  const width = Math.max(1, ...typeLeaves(p.in).map((t) => sizeOf(t.shape)))
  const size = Math.max(1, Math.min(count, Math.floor(together / width)))
  // the types of its inputs are those of a tree of types
  const many: UntypedProgram = vmap(size)(p as Program<Type, unknown>)
  for (const run of runs(count, size)) {
    const columns = leavesWithPath(batchAt(many.in, y, run), isColumn).map(([, c]) =>
      Float64Array.from(c as Float64Array),
    )
    const indices = nth(evaluate(many.closed, columns), 0)
    const wrong = indices
      .subarray(0, (indices.length / size) * run.length)
      .findIndex((i) => !(Number.isInteger(i) && i >= 0 && i < rows))
    if (wrong >= 0)
      return { label: nth(indices, wrong), example: nth(run, Math.floor(wrong / (indices.length / size))) }
  }
  return undefined
}

/**
 * The first label of the examples that is no class of one of the losses; undefined if all are. The examples fit the
 * shapes.
 */
export const wrongLabel = (
  l: Layer,
  losses: readonly AnyLoss[],
  shapes: AnyShapes,
  examples: Examples,
  name: string,
): WrongExamples | undefined => {
  const p = lossesOf(l, losses, shapes)
  if (p === undefined) return undefined
  for (const { index, rows } of lookupsIn(p, p.inputs.length - typeLeaves(shapes.y).length)) {
    const indices = indexOf(p, shapes.y, index)
    const wrong = indices && firstWrong(indices, rows, examples)
    if (indices && wrong)
      return {
        _tag: 'WrongExamples',
        path: nameOf([name, 'y', ...leafOf(indices)]),
        found: `the label ${wrong.label} in example ${wrong.example}`,
        expected: `a class, 0 .. ${rows - 1}`,
      }
  }
  return undefined
}
