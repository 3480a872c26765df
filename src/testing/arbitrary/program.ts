/**
 * Random well-typed programs over the whole dictionary, with sharing, several outputs, trees of inputs, and programs
 * inside programs. They shrink towards few equations, few inputs and simple choices. Deterministic from fast-check's
 * seed.
 */
import * as fc from 'fast-check'
import { entryOf } from '../../../lang/primitives/index.ts'
import { type Closed, inTypes, outTypes } from '../../../lang/syntax/closed.ts'
import type { Program } from '../../../lang/syntax/program.ts'
import type { Type } from '../../../lang/syntax/shape.ts'
import { isTypeOrExpr, leavesWithPath, nameOf } from '../../../lang/syntax/tree.ts'
import type { Interval } from '../../check/domain.ts'
import { decode, type Gene } from './draw.ts'

/** How large random programs are. */
export interface ProgramOptions {
  /** The most equations that are drawn; unused ones are dropped. Default: 8. */
  readonly maxEquations?: number
  /** The primitives that equations apply, by name; all by default. Programs inside programs draw from all. */
  readonly primitives?: readonly string[]
}
/** Where the inputs of random programs lie. */
export const inputRange: Interval = [-0.95, 0.95]

const gene = (max: number): fc.Arbitrary<Gene> =>
  fc.array(fc.noBias(fc.nat(719)), { minLength: Math.min(6, max), maxLength: max, size: 'max' })

/** A tree of these leaves, in one of a few forms. */
const treeOf = (form: number, leaves: readonly Type[]): unknown => {
  const record = Object.fromEntries(leaves.map((t, k) => ['abcdefgh'[k] ?? `x${k}`, t]))
  const [first, ...rest] = leaves
  switch (form) {
    case 0:
      return leaves.length === 1 ? first : leaves
    case 1:
      return leaves
    case 2:
      return record
    default:
      return { head: first ?? null, none: null, rest: { layers: rest.map((t) => ({ w: t })) } }
  }
}
const withTrees = (closed: Closed, inForm: number, outForm: number): Program<unknown, unknown> => {
  const tree = treeOf(inForm, inTypes(closed))
  const names = leavesWithPath(tree, isTypeOrExpr).map(([path]) => nameOf(path))
  const inputs = closed.inputs.map(({ type }, k) => ({ name: names[k] as string, type }))
  return { in: tree, out: treeOf(outForm, outTypes(closed)), closed: { ...closed, inputs } }
}

/**
 * Any program. For real inputs in `inputRange` its values are finite, and differentiable except at kinks.
 *
 * @example
 * fc.assert(fc.property(arbitraryProgram(), (p) => equivalence(p, simplify(p))._tag === 'Equivalent'))
 */
export const arbitraryProgram = ({
  maxEquations = 8,
  primitives,
}: ProgramOptions = {}): fc.Arbitrary<Program<unknown, unknown>> => {
  const only = primitives?.map(entryOf)
  return fc
    .tuple(fc.nat(15), gene(16), fc.array(gene(24), { minLength: 1, maxLength: maxEquations, size: 'max' }))
    .map(([form, header, genes]) => withTrees(decode(header, genes, only), form % 4, form >> 2))
}
