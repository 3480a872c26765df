/**
 * Programs as JSON: exact, equation by equation. A program that is read is validated by the typing rules.
 *
 *   {"adjoint": 1, "in": tree of types, "out": tree of types, "closed": {"inputs", "equations", "outputs"}}
 */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { type Closed, inTypes, outTypes } from '../syntax/closed.ts'
import type { Diagnostics, Problem } from '../syntax/error.ts'
import { ofProgram } from '../syntax/ofProgram.ts'
import { parseJSON, toJSON } from '../syntax/plain.ts'
import type { UntypedProgram } from '../syntax/program.ts'
import { sameTypes, type Type } from '../syntax/shape.ts'
import { isTypeOrExpr, typeLeaves } from '../syntax/tree.ts'
import { isValidType, validateClosed } from '../validate.ts'

const version = 1

/**
 * A program as JSON.
 *
 * Law:     fromJSONText(toJSONText(p)) = p
 *
 * @example
 * const f = programOrThrow({ x: real(3) }, ({ x }) => sin(x))
 * const again = fromJSONText(toJSONText(f))
 * E.isRight(again) && print(again.right) === print(f) // => true
 */
export const toJSONText = ofProgram('toJSONText(f: program)', ({ in: ins, out, closed }: UntypedProgram): string =>
  toJSON({ adjoint: version, in: ins, out, closed }),
)

type Checked<A> = E.Either<Diagnostics, A>
const refuse = (problem: Problem): E.Either<Diagnostics, never> =>
  E.left([{ problem, op: 'program', types: [], site: 'JSON' }])
const malformed = (what: string): E.Either<Diagnostics, never> => refuse({ _tag: 'Malformed', what })

const isObject = (x: unknown): x is { readonly [key: string]: unknown } => typeof x === 'object' && x !== null
const deepest = 200
/** A copy of a tree of types; undefined where the data are not such a tree. */
const copyTree = (x: unknown, depth = 0): { readonly tree: unknown } | undefined => {
  if (x === null) return { tree: null }
  if (!isObject(x) || depth > deepest) return undefined
  if (isTypeOrExpr(x))
    return isValidType(x) && Object.keys(x).length === 2 ? { tree: { dtype: x.dtype, shape: [...x.shape] } } : undefined
  const entries = Object.entries(x).map(([key, value]) => [key, copyTree(value, depth + 1)] as const)
  if (entries.some(([key, copy]) => copy === undefined || key === '__proto__')) return undefined
  return {
    tree: Array.isArray(x)
      ? entries.map(([, copy]) => copy?.tree)
      : Object.fromEntries(entries.map(([key, copy]) => [key, copy?.tree])),
  }
}
const treeOf = (what: string, x: unknown, types: readonly Type[]): Checked<unknown> => {
  const copy = copyTree(x)
  if (copy === undefined) return malformed(`"${what}" is not a tree of types`)
  const found = typeLeaves(copy.tree)
  return sameTypes(found, types) ? E.right(copy.tree) : refuse({ _tag: 'StatedType', stated: found, derived: types })
}
const programOf = (x: unknown): Checked<UntypedProgram> => {
  if (!isObject(x) || x.adjoint !== version) return malformed(`a program in JSON has "adjoint": ${version}`)
  return pipe(
    validateClosed(x.closed),
    E.chain((closed: Closed) =>
      pipe(
        treeOf('in', x.in, inTypes(closed)),
        E.chain((ins) => E.map((out: unknown) => ({ in: ins, out, closed }))(treeOf('out', x.out, outTypes(closed)))),
      ),
    ),
  )
}
/**
 * A program from its JSON. Never throws, on any text.
 *
 * Errors: Malformed, UnknownPrimitive, StatedType, InvalidAttribute, Arity, and those of the typing rules
 */
export const fromJSONText = (text: string): Checked<UntypedProgram> =>
  pipe(
    E.tryCatch(
      () => parseJSON(text),
      () => undefined,
    ),
    E.fold(() => malformed('the text is not JSON, or too deep'), programOf),
  )
