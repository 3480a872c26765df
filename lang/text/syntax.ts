/**
 * The text syntax of programs and formulas.
 *
 *   text     ::= program | formula
 *   program  ::= "fn" inputs "->" ["let" {binding [";"]} "in"] outputs
 *   inputs   ::= leaf | "_" | "[" inputs, ... "]" | "{" (key ":" inputs | key "=" leaf), ... "}"
 *   leaf     ::= [name ":"] type                         the default name is the path: params.w; x0 in a tuple
 *   binding  ::= bound "=" value | "[" bound, ... "]" "=" call
 *   bound    ::= (name | "_") [":" type]                 stated types are checked
 *   value    ::= formula | array                         an array, or a number alone, has the stated type
 *   outputs  ::= formula | "_" | "[" outputs, ... "]" | "{" key ":" outputs, ... "}"
 *
 *   formula  ::= and {"||" and}        and ::= compare {"&&" compare}
 *   compare  ::= sum [("<" | "<=" | ">" | ">=" | "==" | "!=") sum]
 *   sum      ::= product {("+" | "-") product}           product ::= prefixed {("*" | "/") prefixed}
 *   prefixed ::= {"-" | "!"} power                       -x^2 is -(x^2)
 *   power    ::= atom ["^" prefixed]                     an integer written out: integerPow, else pow
 *   atom     ::= number | "true" | "false" | array | name | call | "(" formula ")"
 *              | type "(" formula ")"                   a constant, real[3](2); else a conversion, int(x)
 *   call     ::= name [record] "(" formula, ... ")"      sum{axes: [0]}(x)
 *
 *   data     ::= ["-"] number | string | "true" | "false" | "null" | "[" data, ... "]" | record | program
 *   record   ::= "{" key ":" data, ... "}"               key ::= name | string
 *   array    ::= "[" (["-"] number | "true" | "false" | array), ... "]"
 *   type     ::= ("real" | "int" | "bool") ["[" size, ... "]"]
 *   name     ::= word | string                           a word: letters, digits, _, dots inside, primes: params.0.w, dx'
 *
 * Textbook notation is read too: 2x, x², |x|, √x, ×, ÷ (notation.ts).
 * A comma may follow the last item. "#" begins a comment. In a formula, a name that nothing binds is an input.
 */
import type { Shape, Type } from '../syntax/shape.ts'
import { nameOf } from '../syntax/tree.ts'

/** The position in a text: how many characters are before it. */
export type Offset = number

export type Inputs =
  | { readonly _tag: 'Leaf'; readonly at: Offset; readonly name: string | undefined; readonly type: Type }
  | { readonly _tag: 'Nothing' }
  | { readonly _tag: 'Tuple'; readonly items: readonly Inputs[] }
  | { readonly _tag: 'Record'; readonly entries: readonly (readonly [string, Inputs])[] }

export interface Bound {
  readonly at: Offset
  /** Undefined for _, which binds nothing. */
  readonly name: string | undefined
  readonly type: Type | undefined
}
export interface Binding {
  readonly at: Offset
  /** Whether it is [a, b] = ..., which binds all outputs of a call. */
  readonly several: boolean
  readonly bounds: readonly Bound[]
  readonly value: Term
}
export interface ProgramTerm {
  readonly at: Offset
  readonly inputs: Inputs
  readonly bindings: readonly Binding[]
  readonly outputs: Outputs
}
export type Outputs =
  | { readonly _tag: 'Value'; readonly term: Term }
  | { readonly _tag: 'Nothing' }
  | { readonly _tag: 'Tuple'; readonly items: readonly Outputs[] }
  | { readonly _tag: 'Record'; readonly entries: readonly (readonly [string, Outputs])[] }

/** Sums and powers are flat lists, so that a long x + x + ... or x ^ x ^ ... is not a deep tree. */
export type Term =
  | { readonly _tag: 'Literal'; readonly at: Offset; readonly value: number | boolean }
  | { readonly _tag: 'Array'; readonly at: Offset; readonly data: readonly number[]; readonly shape: Shape | undefined }
  | { readonly _tag: 'Typed'; readonly at: Offset; readonly type: Type; readonly of: Term }
  | { readonly _tag: 'Name'; readonly at: Offset; readonly name: string }
  | {
      readonly _tag: 'Call'
      readonly at: Offset
      readonly op: string
      readonly attrs: readonly NamedAttribute[] | undefined
      readonly args: readonly Term[]
    }
  | { readonly _tag: 'Chain'; readonly first: Term; readonly rest: readonly Link[] }
  | { readonly _tag: 'Tower'; readonly floors: readonly Floor[] }
/** An operator and its right operand. */
export interface Link {
  readonly at: Offset
  readonly op: string
  /** a > b is b < a. */
  readonly swapped: boolean
  readonly term: Term
}
/** One level of a power: signs and a term. The next level is its exponent: -x ^ -y ^ z has three levels. */
export interface Floor {
  /** The position of the ^ before it. */
  readonly at: Offset
  readonly prefixes: readonly { readonly at: Offset; readonly op: string }[]
  readonly term: Term
}

export type NamedAttribute = readonly [string, Attribute]
export type Attribute =
  | { readonly _tag: 'Plain'; readonly value: number | string | boolean | null }
  | { readonly _tag: 'List'; readonly items: readonly Attribute[] }
  | { readonly _tag: 'Record'; readonly entries: readonly NamedAttribute[] }
  | { readonly _tag: 'Program'; readonly fn: ProgramTerm }

const isIndex = (key: string | undefined): boolean => key !== undefined && /^\d+$/.test(key)
/** The name of a leaf that states none: its path, without the index of an outer tuple of trees. */
export const defaultName = (path: readonly string[]): string =>
  nameOf(path.length > 1 && isIndex(path[0]) ? path.slice(1) : path)
