/**
 * A shading language as data: how it writes a kernel. The printer knows nothing else of the language, so support for
 * another language is another record. Integers, sums, products and brackets are the same in all of them.
 */
import type { Fn, Monoid } from '../../../lang/kernel/index.ts'
import type { ConditionTerm, SourceTerm } from './sourceTerms.ts'

export type Functions = { readonly [F in Exclude<Fn, 'select'>]: SourceTerm | ConditionTerm }

/** A kernel in parts, each in order. */
interface KernelParts {
  /** Names of the flat arrays that it reads. */
  readonly arrays: readonly string[]
  /** Names of the numbers that it takes as arguments, because the language cannot write them. */
  readonly numbers: readonly string[]
  readonly lines: readonly string[]
  /** The elements that the thread computes. */
  readonly results: readonly string[]
}
/** How statements and values are written. */
export interface Notation {
  readonly kernel: (parts: KernelParts) => string
  /** Declarations. A constant has the type of its value; a variable is real. */
  readonly constant: (name: string, value: string) => string
  readonly variable: (name: string, value: string) => string
  readonly assign: (variable: string, value: string) => string
  /** Opens and closes a loop of the counter 0, 1, ..., size - 1. */
  readonly loop: (counter: string, size: number) => readonly [string, string]
  /** The thread's own indices, as integers. */
  readonly thread: { readonly x: string; readonly y: string }
  /** An element of an array, by its address: an integer. */
  readonly load: (array: string, address: string) => string
  /** The nearest address from 0 to last. */
  readonly clamp: (address: string, last: number) => string
  readonly number: (v: number) => string
  /** The initial value of a variable, written so that the variable is real. */
  readonly initial: (v: number) => string
  readonly select: (condition: string, yes: string, no: string) => string
  readonly truth: (v: boolean) => string
  /** A value as a condition: whether it is not 0. A condition as a value: 1 or 0. */
  readonly toCondition: (value: string) => string
  readonly fromCondition: (condition: string) => string
  /** An accumulator and the term that joins it. */
  readonly accumulate: { readonly [M in Monoid]: (sum: string, term: string) => string }
}
/** What the language computes on its devices, and how exactly. */
interface Arithmetic {
  readonly functions: Functions
  /** The same functions on integers. */
  readonly integral: Functions
  /** floor(x / n) as an expression, for integers 0 <= x < size. */
  readonly quotient: (x: string, n: number, size: number) => string
  /** The source can write NaN and infinities. */
  readonly hasSpecials: boolean
  /** Reading outside an array may trap, even where a guard discards what is read. */
  readonly traps: boolean
}
export interface Syntax extends Notation, Arithmetic {}
