/**
 * Einstein summation: 'ij,jk->ik'. Each letter is an index; those not in the output are summed over.
 *
 *     equation ::= letters , ... , letters -> letters          one letter per axis; blanks do not count
 *
 * The letters get their sizes from left to right. The environment is an object type { i: 3, j: 4 }, or a
 * sentence that says what is wrong.
 */
import type { Agree, Dims, Gradual, Same, Show, ShowDim } from './dims.ts'

type Shapes = readonly Dims[]
type Unknown<E extends string, S extends Shapes> =
  string extends E ? true : [number] extends [S['length'] | S[number]['length']] ? true : false

/** The shape of the result. */
export type Einsum<E extends string, S extends Shapes> =
  Unknown<E, S> extends true ? Gradual : Solve<E, S> extends infer R extends Dims ? R : Gradual
/** One size per letter, one letter per axis, and only letters in the output that occur in an input. */
export type FitsEinsum<E extends string, S extends Shapes> =
  EinsumProblem<E, S> extends string ? EinsumProblem<E, S> : unknown
type EinsumProblem<E extends string, S extends Shapes> =
  Unknown<E, S> extends true ? unknown : Solve<E, S> extends infer P extends string ? `${E}: ${P}` : unknown

type Solve<E extends string, S extends Shapes> =
  WithoutBlanks<E> extends `${infer I}->${infer O}`
    ? Words<I>['length'] extends S['length'] ? Output<O, Bind<Words<I>, S>>
      : `number of operands: ${Words<I>['length']} is not ${S['length']}`
    : 'the output is missing, as in ij,jk->ik'
type WithoutBlanks<E extends string> = E extends `${infer A} ${infer B}` ? `${A}${WithoutBlanks<B>}` : E
type Words<I extends string> = I extends `${infer H},${infer T}` ? readonly [H, ...Words<T>] : readonly [I]

/** The sizes of all letters. */
type Bind<W extends readonly string[], S extends Shapes, Env = {}> =
  Env extends string ? Env
    : W extends readonly [infer w extends string, ...infer Ws extends readonly string[]]
      ? S extends readonly [infer s extends Dims, ...infer Ss extends Shapes]
        ? Bind<Ws, Ss, Read<w, s, Env, w, s>> : never
      : Env
/** One operand's letters; Word and Shape are the whole operand, for the sentence. */
type Read<W extends string, S extends Dims, Env, Word extends string, Shape extends Dims> =
  W extends `${infer L}${infer Ls}`
    ? S extends readonly [infer N extends number, ...infer Ns extends Dims]
      ? Env extends { readonly [K in L]: infer M extends number }
        ? Agree<M, N> extends true ? Read<Ls, Ns, Env & { readonly [K in L]: Same<M, N> }, Word, Shape>
          : `${L} is ${ShowDim<M>} and ${ShowDim<N>}`
        : Read<Ls, Ns, Env & { readonly [K in L]: N }, Word, Shape>
      : RanksDiffer<Word, Shape>
    : S extends readonly [] ? Env : RanksDiffer<Word, Shape>
type RanksDiffer<Word extends string, Shape extends Dims> = `${Word} does not name the axes of ${Show<Shape>}`

type Output<O extends string, Env> =
  Env extends string ? Env
    : Missing<O, Env> extends infer M extends string ? M
    : Sizes<O, Env>
type Missing<O extends string, Env> =
  O extends `${infer L}${infer Ls}`
    ? L extends keyof Env
      ? Ls extends `${string}${L}${string}` ? `${L} stands twice in the output` : Missing<Ls, Env>
      : `${L} is in the output only`
    : unknown
type Sizes<O extends string, Env> =
  O extends `${infer L}${infer Ls}`
    ? readonly [L extends keyof Env ? Env[L] : never, ...Sizes<Ls, Env>]
    : readonly []
