/**
 * Sparse Jacobians. The places that need not be 0 follow from the program. Columns that share no row are pushed at once, or
 * rows that share no column are pulled at once: as many evaluations as there are groups, found by greedy colouring.
 *
 * Source: Curtis, Powell and Reid, On the estimation of sparse Jacobian matrices (1974)
 */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { concat } from '../../lang/primitives/concat.ts'
import { constant, intTensor, tensor } from '../../lang/primitives/constant.ts'
import { gatherRows } from '../../lang/primitives/indexing.ts'
import { reshape } from '../../lang/primitives/reindex.ts'
import { closeOver, inline } from '../../lang/syntax/closed.ts'
import { type Diagnostics, orThrow } from '../../lang/syntax/error.ts'
import { type Expr, shapeOf } from '../../lang/syntax/expr.ts'
import { nth } from '../../lang/syntax/list.ts'
import { ofProgram } from '../../lang/syntax/ofProgram.ts'
import { makeNamed, type Program, type UntypedProgram } from '../../lang/syntax/program.ts'
import { isReal, sizeOf, type Type } from '../../lang/syntax/shape.ts'
import { exprLeaves, typeLeaves } from '../../lang/syntax/tree.ts'
import { typed } from '../../lang/syntax/typed.ts'
import { jvpTelling } from './jvp.ts'
import { patternOf } from './pattern.ts'
import type { SelectionOf } from './selection.ts'
import { vjpTelling } from './vjp.ts'
import { vmap } from './vmap.ts'
import { asked } from './wrt.ts'

export interface SparseOptions<M, D> {
  /** With respect to which inputs; by default all real ones. */
  readonly wrt?: M
  /** Whether the result is the whole matrix, zeros included. Default: false. */
  readonly dense?: D
}
/** A matrix by its elements: values[k] stands in row rows[k] and column columns[k]. */
type SparseMatrix = {
  readonly values: Type<readonly [number], 'real'>
  readonly rows: Type<readonly [number], 'int'>
  readonly columns: Type<readonly [number], 'int'>
}
type Matrix<D> = D extends true ? Type<readonly [number, number], 'real'> : SparseMatrix

/** A group for every line, so that no two of a group meet; greedy, the longest lines first. */
const coloured = (lines: readonly (readonly number[])[]): readonly number[] => {
  const taken = new Map<number, Set<number>>()
  const group = new Array<number>(lines.length).fill(0)
  const order = [...lines.keys()].sort((a, b) => nth(lines, b).length - nth(lines, a).length || a - b)
  for (const line of order) {
    const near = nth(lines, line).map((k) => taken.get(k) ?? new Set<number>())
    let colour = 0
    while (near.some((s) => s.has(colour))) colour++
    for (const k of nth(lines, line)) taken.set(k, (taken.get(k) ?? new Set<number>()).add(colour))
    group[line] = colour
  }
  return group
}
const transposed = (lines: readonly (readonly number[])[], count: number): readonly (readonly number[])[] => {
  const across = Array.from({ length: count }, (): number[] => [])
  lines.forEach((line, i) => {
    for (const k of line) nth(across, k).push(i)
  })
  return across
}
const elements = (types: readonly Type[]): number => types.reduce((n, t) => n + sizeOf(t.shape), 0)
/** For each leaf its seeds: one row per group, 1 at the elements of that group. */
const seedsOf = (leaves: readonly Type[], group: readonly number[], groups: number): readonly Expr[] => {
  let from = 0
  return leaves.map((t) => {
    const n = sizeOf(t.shape)
    const part = group.slice(from, from + n)
    from += n
    const data = Array.from({ length: groups }, (_, g) => part.map((c) => (c === g ? 1 : 0))).flat()
    return reshape([groups, ...t.shape])(tensor([groups, n], data))
  })
}
const flat = (xs: readonly Expr[]): Expr => {
  const parts = xs.map((x) => reshape([sizeOf(shapeOf(x))])(x))
  return parts.length === 1 ? nth(parts, 0) : concat(0)(parts as unknown as readonly [Expr])
}
type Derived = Program<readonly [unknown, unknown], readonly [unknown, unknown]>
const compressed = (
  p: UntypedProgram,
  wanted: readonly boolean[],
  full: boolean,
): E.Either<Diagnostics, UntypedProgram> => {
  const [ins, outs] = [typeLeaves(p.in).filter((_, i) => wanted[i]), typeLeaves(p.out).filter(isReal)]
  const pushed = jvpTelling(p, undefined, wanted)
  const count = p.closed.outputs.length
  const tangents = closeOver(pushed.closed.inputs, (xs) => inline(pushed.closed, xs).slice(count))
  const lines = patternOf(
    tangents,
    tangents.inputs.map((_, i) => i >= p.closed.inputs.length),
  )
  const [m, n] = [elements(outs), elements(ins)]
  const columns = transposed(lines, n)
  const [byColumn, byRow] = [coloured(columns), coloured(lines)]
  const most = (group: readonly number[]): number => group.reduce((a, b) => Math.max(a, b + 1), 0)
  const pulled = most(byRow) < most(byColumn) ? vjpTelling(p, undefined, wanted) : undefined
  const back = pulled !== undefined && E.isRight(pulled) ? pulled.right : undefined
  const [group, leaves, other] = back === undefined ? [byColumn, ins, outs] : [byRow, outs, ins]
  const groups = most(group)
  const places = lines.flatMap((line, i) => line.map((j) => [i, j] as const))
  // where an element stands among the results of all groups, leaf by leaf
  const across = other.flatMap((t, l) => Array.from({ length: sizeOf(t.shape) }, (_, k) => [l, k] as const))
  const start = other.map((_, l) => groups * elements(other.slice(0, l)))
  const position = ([i, j]: readonly [number, number]): number => {
    const [l, k] = nth(across, back === undefined ? i : j)
    return nth(start, l) + nth(group, back === undefined ? j : i) * sizeOf(nth(other, l).shape) + k
  }
  const many = groups === 0 ? undefined : vmap(groups, { over: [false, true] })(typed<Derived>(back ?? pushed))
  return makeNamed(p.in, p.closed.inputs, (x) => {
    const found = many && inline(many.closed, [...exprLeaves(x), ...seedsOf(leaves, group, groups)]).slice(count)
    const all = flat([...(found ?? []), constant([1], 0)])
    const read = (at: readonly number[]): Expr => gatherRows(0)(all, intTensor([at.length], [...at]))
    if (full) {
      const zeroAt = groups * elements(other)
      const table = new Array<number>(m * n).fill(zeroAt)
      for (const [i, j] of places) table[i * n + j] = position([i, j])
      return reshape([m, n])(read(table))
    }
    const ints = (xs: readonly number[]): Expr => intTensor([xs.length], [...xs])
    return {
      values: read(places.map(position)),
      rows: ints(places.map(([i]) => i)),
      columns: ints(places.map(([, j]) => j)),
    }
  })
}

/**
 * The Jacobian as its elements that need not be 0, in order of rows. Which these are follows from the program, not from
 * numbers: an index that is data may lead anywhere.
 *
 * Shape:   { values, rows, columns }, each [count]: rows count the elements of all real outputs, columns those of the chosen
 *          inputs, in order. With `dense: true` the matrix itself
 * Law:     the dense one is jacfwd(f), its blocks joined. A sparse Hessian is sparseJacobian(gradOrThrow(f))
 * Cost:    as many pushes or pulls, whichever is less, as there are groups of columns without a row in common, or of rows
 *          without a column: 3 for a tridiagonal matrix of any size. The pattern costs one evaluation on sets
 * Errors:  thrown: Malformed, where `wrt` names no input
 *
 * @example
 * const f = programOrThrow(real(100), (x) => mul(x, sin(x)))
 * sparseJacobian(f).out.values // => { dtype: 'real', shape: [100] }
 */
export const sparseJacobian = ofProgram(
  'sparseJacobian(f: program, options?{wrt dense})',
  <In, Out, const M extends SelectionOf<In> = true, const D extends boolean = false>(
    p: Program<In, Out>,
    { wrt, dense }: SparseOptions<M, D> = {},
  ): Program<In, Matrix<D>> =>
    typed(
      orThrow(
        pipe(
          asked('sparseJacobian', p, wrt === undefined ? {} : { wrt }, [sparseJacobian]),
          E.chain(({ main, wanted }) => compressed(main, wanted, dense === true)),
        ),
      ),
    ),
)
