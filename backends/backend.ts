/** The contract of lang/backend.ts with the errors of the back ends in this folder. */
import type * as contract from '../lang/backend.ts'
import type { CompileError, RunError } from './error.ts'

export type Backend = contract.Backend<CompileError, RunError>
export type Executable<In, Out> = contract.Executable<In, Out, RunError>
export type Resident<S, D, R> = contract.Resident<S, D, R, RunError>
