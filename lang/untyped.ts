/** Programs of trees that only run time knows, as those of networks are while they are put together. */
import type * as E from 'fp-ts/lib/Either.js'
import type { Diagnostics } from './syntax/error.ts'
import { type Program, program } from './syntax/program.ts'

export type Untyped = Program<unknown, unknown>
/** `program`, of such trees. */
export const build = program as unknown as (types: unknown, f: (v: never) => unknown) => E.Either<Diagnostics, Untyped>
/**
 * An implementation on untyped trees under its typed signature. The signature relates the trees for callers; TypeScript
 * cannot follow it through code that takes leaves apart and puts them together.
 */
export const typed = <F>(implementation: unknown): F => implementation as F
