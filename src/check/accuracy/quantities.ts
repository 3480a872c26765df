/**
 * What is compared: the values of a program, its gradient and the diagonal of its second derivative. Of a program with
 * several outputs, the derivatives are those of their sum. They are the programs that users run: `grad` and `jvp` make
 * them. Where the program has no reverse derivative they are made in forward mode.
 */
import * as E from 'fp-ts/lib/Either.js'
import { buffers } from '../../../lang/kernel/index.ts'
import { sum } from '../../../lang/primitives/broadcast.ts'
import { add } from '../../../lang/primitives/elementwise.ts'
import { entryOf } from '../../../lang/primitives/index.ts'
import { at, type Closed, closeOver, inline, inTypes, outTypes, typesOf } from '../../../lang/syntax/closed.ts'
import { type Expr, node } from '../../../lang/syntax/expr.ts'
import { nth } from '../../../lang/syntax/list.ts'
import type { UntypedProgram } from '../../../lang/syntax/program.ts'
import { isReal, sizeOf, type Type } from '../../../lang/syntax/shape.ts'
import { isTypeOrExpr, leavesWithPath, nameOf } from '../../../lang/syntax/tree.ts'
import { grad } from '../../transform/grad.ts'
import { jvp } from '../../transform/jvp.ts'
import { simplify } from '../../transform/simplify/index.ts'
import type { Point } from '../point.ts'
import { programOf } from '../suspect.ts'

export type QuantityName = 'value' | 'gradient' | 'second derivative'
/** One number of an input: derivatives are taken with respect to it. */
export interface Coordinate {
  readonly input: number
  readonly element: number
}
/** A number that a program outputs: the output, the position in it, and the leaf that it is reported under. */
export interface Target {
  readonly output: number
  readonly element: number
  readonly leaf: string
}
/** A run of a program and the numbers that it gives; `coordinate`: by which it differentiates, if by one. */
export interface QuantityRun {
  readonly inputs: (x: Point) => Point
  readonly targets: readonly (Target & { readonly coordinate?: Coordinate })[]
}
export interface Quantity {
  readonly name: QuantityName
  readonly closed: Closed
  readonly runs: readonly QuantityRun[]
}

const leafNames = (tree: unknown): readonly string[] => leavesWithPath(tree, isTypeOrExpr).map(([path]) => nameOf(path))
const zeros = (t: Type): Float64Array => new Float64Array(sizeOf(t.shape))
/** A direction along one coordinate: one array per real input. */
export const along = (types: readonly Type[], { input, element }: Coordinate): Point =>
  types.map((t, i) => (i === input ? zeros(t).fill(1, element, element + 1) : zeros(t)))
const realOf = (types: readonly Type[], x: Point): Point => x.filter((_, i) => isReal(nth(types, i)))

/** The sum of all real numbers of the outputs. */
export const totalOf = (p: Closed): Closed =>
  closeOver(p.inputs, (xs) => {
    const [first, ...rest] = inline(p, xs)
      .filter((y) => isReal(y.type))
      .map((y) => sum()(y))
    return first === undefined ? [] : [rest.reduce((a, b) => add(a, b) as typeof a, first)]
  })
const after = (p: Closed, n: number): Closed => ({ ...p, outputs: p.outputs.slice(n) })
const simplified = (p: Closed): Closed => simplify(programOf(p)).closed

const valuesOf = (p: UntypedProgram): Quantity => {
  const types = outTypes(p.closed),
    names = leafNames(p.out)
  const real = types.flatMap((t, i) => (isReal(t) ? [i] : []))
  const targets = real.flatMap((i, output) =>
    Array.from(zeros(nth(types, i)), (_, element) => ({ output, element, leaf: nth(names, i) })),
  )
  return {
    name: 'value',
    closed: { ...p.closed, outputs: at(p.closed.outputs, real) },
    runs: [{ inputs: (x) => x, targets }],
  }
}
/** The three quantities, the derivatives at the given coordinates. */
export const quantitiesOf = (p: UntypedProgram, coordinates: readonly Coordinate[]): readonly Quantity[] => {
  const types = inTypes(p.closed),
    names = leafNames(p.in)
  const reals = types.flatMap((t, i) => (isReal(t) ? [i] : []))
  const total = programOf(totalOf(p.closed))
  const reverse = grad(total as never)
  /** A run per coordinate, along it; `rest`: further directions, which stay 0. */
  const runs = (output: (c: Coordinate) => Omit<Target, 'leaf'>, rest: boolean): readonly QuantityRun[] =>
    coordinates.map((coordinate) => ({
      inputs: (x) => {
        const v = realOf(types, along(types, coordinate))
        return rest ? [...x, ...v, ...v, ...v.map((d) => d.map(() => 0))] : [...x, ...v]
      },
      targets: [{ ...output(coordinate), leaf: nth(names, coordinate.input), coordinate }],
    }))
  const ofInput = ({ input, element }: Coordinate): Omit<Target, 'leaf'> => ({ output: reals.indexOf(input), element })
  const only = (): Omit<Target, 'leaf'> => ({ output: 0, element: 0 })
  if (E.isRight(reverse)) {
    const gradient = (reverse.right as UntypedProgram).closed
    const second = after(jvp(programOf(gradient)).closed, gradient.outputs.length)
    const targets = coordinates.map((coordinate) => ({
      ...ofInput(coordinate),
      leaf: nth(names, coordinate.input),
      coordinate,
    }))
    return [
      valuesOf(p),
      { name: 'gradient', closed: simplified(gradient), runs: [{ inputs: (x) => x, targets }] },
      { name: 'second derivative', closed: simplified(second), runs: runs(ofInput, false) },
    ]
  }
  const first = after(jvp(total).closed, 1)
  const second = after(jvp(programOf(first)).closed, 1)
  return [
    valuesOf(p),
    { name: 'gradient', closed: simplified(first), runs: runs(only, false) },
    { name: 'second derivative', closed: simplified(second), runs: runs(only, true) },
  ]
}
/** The program with the bodies of calls in their place, so that equations inside them can be named. */
export const flattened = (p: Closed): Closed =>
  closeOver(p.inputs, (xs) => {
    const types = typesOf(p),
      v: Expr[] = [...xs]
    for (const q of p.equations) {
      const m = entryOf(q.op).meaning(q.attrs, buffers(at(types, q.args)), q.outs)
      v.push(
        ...(m._tag === 'Inline'
          ? inline(flattened(m.body), at(v, q.args))
          : node(q.op, q.attrs, at(v, q.args), q.outs)),
      )
    }
    return at(v, p.outputs)
  })
/** At most so many coordinates, spread over all real inputs. */
export const coordinatesOf = (p: Closed, most: number): readonly Coordinate[] => {
  const all = inTypes(p).flatMap((t, input) =>
    isReal(t) ? Array.from(zeros(t), (_, element) => ({ input, element })) : [],
  )
  if (all.length <= most) return all
  return Array.from({ length: most }, (_, k) => nth(all, Math.floor((k * (all.length - 1)) / Math.max(1, most - 1))))
}
