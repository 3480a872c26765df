/** A function on programs of a back end: what is no program is the error Refused. */
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { Diagnostics } from '../lang/syntax/error.ts'
import { taking } from '../lang/syntax/ofProgram.ts'
import type { CompileError } from './error.ts'

export const refusing = taking((diagnostics: Diagnostics) => TE.left<CompileError>({ _tag: 'Refused', diagnostics }))
