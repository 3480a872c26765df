/**
 * Einstein summation: 'ij,jk->ik'. Each letter is an index; those not in the output are summed over.
 *
 *     equation ::= letters , ... , letters [-> letters]        one letter per axis; blanks do not count
 *
 * Three dots, which become one character, name all other axes; they are aligned at the right, and an axis of size 1
 * stretches. Each operand binds its letters by itself, and then they meet those before. The environment is an object
 * type { i: 3, j: 4, '…': [5, 6] }, or a sentence that says what is wrong.
 */
import type { Fits, Joined, Meet, Meets } from './broadcast.ts'
import type { Agree, Dims, Gradual, Identical, Same, Show, ShowDim } from './dims.ts'

type Shapes = readonly Dims[]
type Unknown<E extends string, S extends Shapes> =
  string extends E ? true : [number] extends [S['length'] | S[number]['length']] ? true : false

/** The shape of the result. */
export type Einsum<E extends string, S extends Shapes> =
  Unknown<E, S> extends true ? Gradual : Solve<Written<E>, S> extends infer R extends Dims ? R : Gradual
/** One size per letter, one letter per axis, and only letters in the output that occur in an input. */
export type FitsEinsum<E extends string, S extends Shapes> =
  EinsumProblem<E, S> extends string ? EinsumProblem<E, S> : unknown
type EinsumProblem<E extends string, S extends Shapes> =
  Unknown<E, S> extends true ? unknown : Solve<Written<E>, S> extends infer P extends string ? `${E}: ${P}` : unknown

type Solve<E extends string, S extends Shapes> =
  E extends `${infer I}->${infer O}` ? Solved<I, S, O> : Solved<E, S, Implicit<E>>
type Solved<I extends string, S extends Shapes, O extends string> =
  Words<I>['length'] extends S['length'] ? Output<O, Bind<Words<I>, S>>
    : `number of operands: ${Words<I>['length']} is not ${S['length']}`
type Written<E extends string> =
  E extends `${infer A} ${infer B}` ? Written<`${A}${B}`>
    : E extends `${infer A}...${infer B}` ? Written<`${A}…${B}`> : E
type Words<I extends string> = I extends `${infer H},${infer T}` ? readonly [H, ...Words<T>] : readonly [I]

/** Without an output: the axes of the dots, and the letters that occur once, in alphabetical order. */
type Implicit<I extends string> = `${I extends `${string}…${string}` ? '…' : ''}${Once<I>}`
type Alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
/** Letter by letter of the equation, so that a short one is cheap and one not known yet costs nothing. */
type Once<I extends string, Rest extends string = I, Out extends string = ''> =
  Rest extends `${infer L}${infer Ls}` ? Once<I, Ls, Occurs<L, I> extends true ? Insert<L, Out> : Out> : Out
/** Whether L is a letter, and stands in I once. */
type Occurs<L extends string, I extends string> =
  Alphabet extends `${string}${L}${string}`
    ? I extends `${string}${L}${infer After}` ? After extends `${string}${L}${string}` ? false : true : false
    : false
type Insert<L extends string, Out extends string> =
  Out extends `${infer H}${infer Hs}`
    ? Alphabet extends `${string}${H}${string}${L}${string}` ? `${H}${Insert<L, Hs>}` : `${L}${Out}`
    : L

/** The sizes of all letters. */
type Bind<W extends readonly string[], S extends Shapes, Env = {}> =
  Env extends string ? Env
    : W extends readonly [infer w extends string, ...infer Ws extends readonly string[]]
      ? S extends readonly [infer s extends Dims, ...infer Ss extends Shapes]
        ? Bind<Ws, Ss, Merge<w, Read<w, s, {}, w, s>, Env>> : never
      : Env
/** One operand's letters; Word and Shape are the whole operand, for the sentence. */
type Read<W extends string, S extends Dims, Env, Word extends string, Shape extends Dims> =
  W extends `…${infer Ls}`
    ? S extends readonly [...infer M extends Dims, ...Anonymous<Ls>]
      ? S extends readonly [...M, ...infer T extends Dims]
        ? Read<Ls, T, Env & { readonly '…': M }, Word, Shape> : never
      : RanksDiffer<Word, Shape>
    : W extends `${infer L}${infer Ls}`
    ? S extends readonly [infer N extends number, ...infer Ns extends Dims]
      ? Env extends { readonly [K in L]: infer M extends number }
        ? Agree<M, N> extends true ? Read<Ls, Ns, Env & { readonly [K in L]: Same<M, N> }, Word, Shape>
          : `${L} is ${ShowDim<M>} and ${ShowDim<N>}`
        : Read<Ls, Ns, Env & { readonly [K in L]: N }, Word, Shape>
      : RanksDiffer<Word, Shape>
    : S extends readonly [] ? Env : RanksDiffer<Word, Shape>
/** As many axes as there are letters. */
type Anonymous<Ls extends string> = Ls extends `${string}${infer Rest}` ? readonly [number, ...Anonymous<Rest>] : readonly []
type RanksDiffer<Word extends string, Shape extends Dims> = `${Word} does not name the axes of ${Show<Shape>}`

/** The letters of one operand after those of the operands before it: a size of 1 stretches. */
type Merge<W extends string, Own, Env> =
  Own extends string ? Own
    : W extends `${infer L}${infer Ls}`
      ? L extends keyof Own
        ? Env extends { readonly [K in L]: infer A }
          ? Identical<A, Own[L]> extends true ? Merge<Ls, Own, Env>
            : Clash<L, A, Own[L]> extends infer P extends string ? P
            : Merge<Ls, Own, { readonly [K in keyof Env]: K extends L ? Met<A, Own[L]> : Env[K] }>
          : Merge<Ls, Own, Env & { readonly [K in L]: Own[L] }>
        : never
      : Env
type Clash<L extends string, A, B> =
  A extends number
    ? B extends number ? Meets<A, B> extends true ? unknown : `${L} is ${ShowDim<A>} and ${ShowDim<B>}` : unknown
    : A extends Dims ? B extends Dims ? Fits<A, B> : unknown : unknown
type Met<A, B> =
  A extends number ? B extends number ? Meet<A, B> : never
    : A extends Dims ? B extends Dims ? Joined<A, B> : never : never

type Output<O extends string, Env> =
  Env extends string ? Env
    : Missing<O, Env> extends infer M extends string ? M
    : Sizes<O, Env>
type Missing<O extends string, Env> =
  O extends `${infer L}${infer Ls}`
    ? L extends keyof Env | '…' ? Missing<Ls, Env> : `${L} is in the output only`
    : unknown
type Sizes<O extends string, Env> =
  O extends `…${infer Ls}`
    ? readonly [...(Env extends { readonly '…': infer M extends Dims } ? M : readonly []), ...Sizes<Ls, Env>]
    : O extends `${infer L}${infer Ls}`
    ? readonly [L extends keyof Env ? Env[L] : never, ...Sizes<Ls, Env>]
    : readonly []
