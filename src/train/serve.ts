/**
 * Programs that answer: the inputs that stay, such as a network's parameters, are bound, what depends on them alone is
 * computed once, and what is left stays in the back end's memory.
 *
 * A program on one example can serve many. It is compiled for some numbers of examples, its sizes. Examples are computed
 * in batches of the largest size. The smallest size that holds the rest computes it: its free places get copies of the last
 * example, whose results are dropped.
 */
import * as E from 'fp-ts/lib/Either.js'
import type { IO } from 'fp-ts/lib/IO.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { Resident } from '../../lang/backend.ts'
import { type Diagnostics, orThrow } from '../../lang/syntax/error.ts'
import { type Program, type UntypedProgram, untypedProgram } from '../../lang/syntax/program.ts'
import { isSize, type Type } from '../../lang/syntax/shape.ts'
import { callSite } from '../../lang/syntax/site.ts'
import type { Data, Results } from '../../lang/syntax/tree.ts'
import { typed } from '../../lang/syntax/typed.ts'
import { apply } from '../transform/apply.ts'
import { bind, type Specialised } from '../transform/bind/bind.ts'
import { vmap } from '../transform/vmap.ts'
import type { WrongExamples } from './examples.ts'
import type { Runner } from './fold.ts'
import { countOf, joined, pieceOf, piecesOf } from './pieces.ts'

export type ServeError<BackendError> =
  | { readonly _tag: 'IllTyped'; readonly diagnostics: Diagnostics }
  | { readonly _tag: 'BackendFailed'; readonly error: BackendError }
  | WrongExamples
export interface ServeOptions {
  /** As for `bind`: normalisations become part of the weights, and the last digits change. False by default. */
  readonly regroup?: boolean
  /**
   * The program is on one example and serves many. The numbers of examples that it is compiled for: one, or several, each
   * compiled when it is first needed, but the largest at once. Absent: the program runs as it is.
   */
  readonly batch?: number | readonly number[]
}
/** X: the types of the inputs that are not bound. */
export interface Served<X, Out, Error> {
  /** The back end and its mode. */
  readonly backend: string
  /** What runs, on one example: (what was computed once, x) -> the result. */
  readonly program: Program<readonly [readonly Type[], X], Out>
  /**
   * The results for x; with `batch`, for as many examples as its arrays hold, one after the other. Calls that overlap
   * wait for each other.
   */
  readonly run: (x: Data<X>) => TaskEither<Error, Results<Out>>
  readonly release: IO<void>
}

type Step = Program<readonly [unknown, unknown], readonly [unknown, unknown]>
type Parts = Specialised<Record<string, unknown>, Record<string, true>, unknown>
type Held<RunError> = Resident<unknown, unknown, unknown, RunError>
type Outcome<A, B> = E.Either<ServeError<B>, A>
const failed = <B>(error: B): Outcome<never, B> => E.left({ _tag: 'BackendFailed', error })

/** Increasing sizes; what is wrong with them. */
const sizesOf = (batch: ServeOptions['batch']): E.Either<Diagnostics, readonly number[]> => {
  const sizes = batch === undefined ? [] : typeof batch === 'number' ? [batch] : batch
  const wrong = sizes.find((n) => !(isSize(n) && n > 0))
  const what =
    wrong !== undefined
      ? `batch names ${wrong} examples: a size is a whole number, at least 1`
      : batch !== undefined && sizes.length === 0
        ? 'batch names no size'
        : undefined
  return what === undefined
    ? E.right([...new Set(sizes)].sort((a, b) => a - b))
    : E.left([{ problem: { _tag: 'Malformed', what }, op: 'serve', types: [], site: callSite(serve) }])
}
/** (kept, x) -> (kept, result): a step that does not change its state, which so stays in the back end's memory. */
const stepOf = (rest: Parts['rest'], size: number | undefined): Step => {
  const over: unknown = [false, true]
  const many: UntypedProgram =
    size === undefined ? rest : vmap(size, { over: typed<true>(over) })(rest as UntypedProgram)
  const answer = (v: readonly [unknown, unknown]) => [v[0], apply(many)(typed(v))]
  return typed(orThrow(untypedProgram(many.in, answer)))
}
/** What the rest needs of the bound inputs, computed on the back end. */
const computed = async <C, R>(
  backend: Runner<C, R>,
  { once }: Parts,
  known: unknown,
): Promise<Outcome<unknown, C | R>> => {
  if (once.closed.outputs.length === 0) return E.right([])
  const compiled = await backend.compile(once)()
  if (E.isLeft(compiled)) return failed(compiled.left)
  const found = await compiled.right.run(typed(known))()
  compiled.right.release()
  return E.isLeft(found) ? failed(found.left) : found
}
/** The rest on a back end, by size, with what it needs; each is compiled once. */
const opener = <C, R>(backend: Runner<C, R>, { rest }: Parts, kept: unknown) => {
  const opened = new Map<number | undefined, Promise<Outcome<Held<R>, C | R>>>()
  const open = async (size: number | undefined): Promise<Outcome<Held<R>, C | R>> => {
    const compiled = await backend.resident(stepOf(rest, size))()
    if (E.isLeft(compiled)) return failed(compiled.left)
    const loaded = await compiled.right.load(typed(kept))()
    if (E.isRight(loaded)) return compiled
    compiled.right.release()
    return failed(loaded.left)
  }
  return {
    at: (size: number | undefined): Promise<Outcome<Held<R>, C | R>> => {
      const found = opened.get(size) ?? open(size)
      opened.set(size, found)
      return found
    },
    release: (): void => {
      for (const held of opened.values()) void held.then(E.map((h) => h.release()))
    },
  }
}
type Opener<C, R> = ReturnType<typeof opener<C, R>>

/** The results for the examples of x, piece by piece. */
const inPieces = async <C, R>(
  { rest }: Parts,
  sizes: readonly number[],
  at: Opener<C, R>['at'],
  x: unknown,
): Promise<Outcome<unknown, C | R>> => {
  const types = rest.in[1]
  const count = countOf(types, x)
  if (E.isLeft(count)) return count
  const pieces = piecesOf(count.right, sizes)
  const given = pieces.map((piece) => [piece.size, pieceOf(types, x, piece)] as const)
  const results: unknown[] = []
  for (const [size, examples] of given) {
    const held = await at(size)
    if (E.isLeft(held)) return held
    const found = await held.right.step(typed(examples))()
    if (E.isLeft(found)) return failed(found.left)
    results.push(found.right)
  }
  return E.right(joined(rest.out, pieces, results))
}

/**
 * A program that answers on a back end: `known` is bound, and `run` takes the other inputs.
 *
 * Law:     run(x) = p(known, x), to the precision of the back end; with `batch` for every example
 * Errors:  IllTyped, where `known` names no input or `batch` no size; BackendFailed; of `run` also WrongExamples
 *
 * @example
 * const network = sequential(dense(2, 2, { bias: false }))
 * const trained = { params: [{ w: [1, 0, 0, 2] }], state: [null] } as const
 * const served = await serve(reference, { batch: 8 })(predictOrThrow(network, real(2)), trained)()
 * const found = E.isRight(served) ? await served.right.run({ x: [1, 2, 3, 4] })() : served
 * E.isRight(found) && found.right // => [1, 4, 3, 8]
 */
export const serve =
  <C, R>(backend: Runner<C, R>, { batch, regroup = false }: ServeOptions = {}) =>
  <In, Out, const N extends keyof In>(
    p: Program<In, Out>,
    known: { readonly [K in N]: Data<In[K]> },
  ): TaskEither<ServeError<C | R>, Served<Omit<In, N>, Out, ServeError<C | R>>> =>
  async () => {
    const chosen = Object.fromEntries(Object.keys(known).map((key) => [key, true] as const))
    const sizes = sizesOf(batch)
    const parts = bind(p as Program<Record<string, unknown>, unknown>, { known: chosen, regroup })
    if (E.isLeft(sizes)) return E.left({ _tag: 'IllTyped', diagnostics: sizes.left })
    if (E.isLeft(parts)) return E.left({ _tag: 'IllTyped', diagnostics: parts.left })
    const kept = await computed(backend, parts.right, known)
    if (E.isLeft(kept)) return kept
    const { at, release } = opener(backend, parts.right, kept.right)
    const largest = sizes.right.at(-1)
    const first = await at(largest)
    if (E.isLeft(first)) return first
    const run = (x: unknown): TaskEither<ServeError<C | R>, unknown> =>
      largest === undefined
        ? TE.mapLeft((error: R): ServeError<C | R> => ({ _tag: 'BackendFailed', error }))(first.right.step(typed(x)))
        : () => inPieces(parts.right, sizes.right, at, x)
    return E.right(typed({ backend: first.right.backend, program: parts.right.rest, run, release }))
  }
