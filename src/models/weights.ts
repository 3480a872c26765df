/** Weights of a published file: the arrays of a network by the names that its publisher gave them. */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { sizeOf, type Type } from '../../lang/syntax/shape.ts'
import { isTypeOrExpr, leavesWithPath, memberAt, refill, typeLeaves } from '../../lang/syntax/tree.ts'
import { typed } from '../../lang/syntax/typed.ts'
import type { Safetensors, Weights } from '../data/index.ts'
import type { Layer, Start } from '../nn/layer.ts'

/** The name of an array; `transposed`: the file has the matrix as [in, out]. */
export interface WeightName {
  readonly name: string
  readonly transposed?: true
}
/** The names of a network's parameters and of its running statistics, in the order of their trees. */
export interface WeightNames {
  readonly params: readonly WeightName[]
  readonly state: readonly WeightName[]
}
type Tensors = Safetensors['tensors']
/** Why a file, names or numbers are not those of the network. */
export type WeightsError =
  | { readonly _tag: 'MissingWeights'; readonly names: readonly string[]; readonly found: readonly string[] }
  | {
      readonly _tag: 'WeightShape'
      readonly name: string
      readonly expected: readonly number[]
      readonly found: readonly number[]
    }
  | { readonly _tag: 'WeightCount'; readonly expected: number; readonly found: number }
  /** Data of another length than their type says; `found` is undefined where there are none. */
  | {
      readonly _tag: 'WeightLength'
      readonly name: string
      readonly expected: number
      readonly found: number | undefined
    }

const few = (names: readonly string[]): string =>
  names.length <= 4 ? names.join(', ') : `${names.slice(0, 3).join(', ')} and ${names.length - 3} more`
/** What, where, what to try. */
export const showWeightsError = (e: WeightsError): string => {
  switch (e._tag) {
    case 'MissingWeights':
      return `the file has no ${few(e.names)}\n  in   a file with ${few(e.found)}\n  try  the names of its publisher, or the options of the network that it is for`
    case 'WeightShape':
      return `${e.name} has the shape [${e.found.join(', ')}], and the network needs [${e.expected.join(', ')}]\n  in   the file of weights\n  try  the options of the network that the file is for`
    case 'WeightCount':
      return `${e.found} names are given, and the network has ${e.expected} arrays\n  in   the names of its weights\n  try  names made with the options of the network`
    case 'WeightLength':
      return `${e.name} has ${e.found ?? 'no'} numbers, and the network needs ${e.expected}\n  in   the parameters to be saved\n  try  the network that the parameters are for`
  }
}

const withoutOnes = (shape: readonly number[]): string => shape.filter((n) => n !== 1).join()
const flipped = (rows: number, columns: number, x: ArrayLike<number>): Float32Array =>
  Float32Array.from({ length: rows * columns }, (_, i) => x[(i % columns) * rows + Math.floor(i / columns)] as number)
/** The array of the file, as the network wants it: axes of size 1 are no difference. */
const dataOf = (
  { name, transposed }: WeightName,
  { shape, data }: Weights,
  want: Type,
): E.Either<WeightsError, Float32Array> => {
  const [rows = 1, columns = 1] = want.shape
  const expected = transposed ? [columns, rows] : want.shape
  if (withoutOnes(shape) !== withoutOnes(expected)) return E.left({ _tag: 'WeightShape', name, expected, found: shape })
  return E.right(transposed ? flipped(rows, columns, data) : Float32Array.from(data))
}
const treeOf = (types: unknown, names: readonly WeightName[], tensors: Tensors): E.Either<WeightsError, unknown> => {
  const leaves = typeLeaves(types)
  const arrays: Float32Array[] = []
  if (leaves.length !== names.length)
    return E.left({ _tag: 'WeightCount', expected: leaves.length, found: names.length })
  for (const [k, type] of leaves.entries()) {
    const name = names[k] as WeightName // as many as leaves
    const data = dataOf(name, tensors[name.name] as Weights, type)
    if (E.isLeft(data)) return data
    arrays.push(data.right)
  }
  return E.right(refill(types, arrays))
}
/**
 * Parameters and statistics of a network from the arrays of a file. Arrays that are not named are not read.
 *
 * Law:     loadWeights(network, names) reads x, in float32, from what saveWeights(network, names) makes of x
 * Errors:  MissingWeights, WeightShape; WeightCount for names that are not those of the network
 *
 * @example
 * const network = leNet5()
 * const start = network.init(randomKey(1))
 * const saved = saveWeights(network, leNet5Names)(start)
 * const read = saved._tag === 'Right' ? readSafetensors(writeSafetensors({ tensors: saved.right })) : saved
 * const loaded = read._tag === 'Right' ? loadWeights(network, leNet5Names)(read.right.tensors) : read
 * loaded._tag // => 'Right'
 */
export const loadWeights =
  <P, S>(network: Layer<P, S>, { params, state }: WeightNames) =>
  (tensors: Tensors): E.Either<WeightsError, Start<P, S>> => {
    const missing = [...params, ...state].map((n) => n.name).filter((name) => !Object.hasOwn(tensors, name))
    if (missing.length > 0) return E.left({ _tag: 'MissingWeights', names: missing, found: Object.keys(tensors) })
    return pipe(
      treeOf(network.params, params, tensors),
      E.chain((p) =>
        pipe(
          treeOf(network.state, state, tensors),
          E.map((s) => typed<Start<P, S>>({ params: p, state: s })),
        ),
      ),
    )
  }
/** The arrays of a tree by their names, each as its publisher's file has it. */
const named = (
  types: unknown,
  data: unknown,
  names: readonly WeightName[],
): E.Either<WeightsError, readonly (readonly [string, Weights])[]> => {
  const leaves = leavesWithPath(types, isTypeOrExpr)
  const entries: (readonly [string, Weights])[] = []
  if (leaves.length !== names.length)
    return E.left({ _tag: 'WeightCount', expected: leaves.length, found: names.length })
  for (const [k, [path, leaf]] of leaves.entries()) {
    const { name, transposed } = names[k] as WeightName // as many as leaves
    const { shape } = leaf as Type // the leaves of types are types
    const found = memberAt(data, path)
    const numbers = typeof found === 'number' ? [found] : (found as ArrayLike<number> | undefined)
    if (numbers?.length !== sizeOf(shape))
      return E.left({ _tag: 'WeightLength', name, expected: sizeOf(shape), found: numbers?.length })
    const [rows = 1, columns = 1] = shape
    entries.push([
      name,
      transposed
        ? { type: 'f32', shape: [columns, rows], data: flipped(columns, rows, numbers) }
        : { type: 'f32', shape, data: Float32Array.from(numbers) },
    ])
  }
  return E.right(entries)
}
/**
 * Parameters and statistics as the arrays of a file, by their names.
 *
 * Errors:  WeightCount for names that are not those of the network; WeightLength for data that are not
 */
export const saveWeights =
  <P, S>(network: Layer<P, S>, { params, state }: WeightNames) =>
  (start: Start<P, S>): E.Either<WeightsError, Tensors> =>
    pipe(
      named(network.params, start.params, params),
      E.chain((p) =>
        pipe(
          named(network.state, start.state, state),
          E.map((s) => Object.fromEntries([...p, ...s])),
        ),
      ),
    )
