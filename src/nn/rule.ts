/**
 * What a layer does to types, as a function on types: the rule of dense(784, 128) maps the type of its input,
 * this['in'], to the type of its output, or to a sentence that says why the input does not fit.
 *
 *   Out<Dense<784, 128>, Type<[784], 'real'>>  =  Type<[128], 'real'>
 *   Out<Dense<784, 128>, Type<[100], 'real'>>  =  'dense(784, 128) takes [..., 784], not [100]'
 *
 * Rules compose as layers do, so TypeScript finds a network's mistakes before it has seen an input. The rules of layers
 * are exported because the type of a network names them, also in declaration files of users.
 */
import type { Pointwise } from '../../lang/operations/comparison.ts'
import type { DType, Type } from '../../lang/syntax/shape.ts'
import type { Dims, Gradual, Show } from '../../lang/types/index.ts'

/** A function on types: intersect it with { in: A } and read `out`. */
export interface TypeRule {
  readonly in: unknown
  /** What is known of the input without seeing it. */
  readonly takes: unknown
  readonly out: unknown
}
/** The type of a layer's output at an input of type A; a sentence if A does not fit. */
export type Out<F extends TypeRule, A> = (F & { readonly in: A })['out']
/** An array of unknown shape and element type. */
export type Anything = Type<Gradual, Gradual>
/** A real array of unknown shape. */
export type AnyReal = Type<Gradual, 'real'>

/** A real array of shape S, or the problem. */
export type Fitting<Problem, S extends Dims> = Problem extends string ? Problem : Type<S, 'real'>
export type NotAnImage = 'an image of real numbers is wanted'

/** The output has the input's type. */
export interface Same extends TypeRule {
  readonly takes: Anything
  readonly out: this['in']
}
/** The rule of elementwise functions of real numbers. */
export interface EachNumber extends TypeRule {
  readonly takes: AnyReal
  readonly out: this['in'] extends Type<Gradual, infer D extends DType>
    ? D extends 'real'
      ? this['in']
      : `real numbers are wanted, not ${D}`
    : 'one array of real numbers is wanted'
}
/** The rule of a function whose output type is known only by calling it. */
export interface Opaque extends TypeRule {
  readonly takes: Anything
  readonly out: Anything
}
/** The rule of a layer, of a plain function used as one, or of an array of them. */
export type RuleOf<L> = L extends { readonly rule: infer F extends TypeRule }
  ? F
  : L extends readonly unknown[]
    ? number extends L['length']
      ? Opaque
      : Chain<L>
    : L extends Pointwise
      ? EachNumber
      : Opaque

/** The rule of a sequence. */
export interface Chain<L extends readonly unknown[]> extends TypeRule {
  readonly takes: Takes<L>
  readonly out: Walk<this['in'], L>
}
export type Takes<L extends readonly unknown[]> = L extends readonly [infer H, ...unknown[]]
  ? RuleOf<H>['takes']
  : Anything
type Walk<A, L extends readonly unknown[]> = A extends string
  ? A
  : L extends readonly [infer H, ...infer T]
    ? Walk<Out<RuleOf<H>, A>, T>
    : L extends readonly []
      ? A
      : Anything

/** `unknown` for every layer that fits, then the sentence of the first that does not. */
export type Problems<
  L extends readonly unknown[],
  A,
  Fine extends readonly unknown[] = readonly [],
> = L extends readonly [infer H, ...infer T]
  ? Out<RuleOf<H>, A> extends infer B
    ? B extends string
      ? readonly [...Fine, B]
      : Problems<T, B, readonly [...Fine, unknown]>
    : never
  : Fine
/** What the I-th layer must also be. */
export type FitsAt<P, I> = I extends keyof P ? P[I] : unknown
/** What the type of an input must also be. */
export type FitsRule<F extends TypeRule, A> = Out<F, A> extends infer B extends string ? B : unknown

/** What a layer's parts must also be, whose `apply` takes A and gives B: B is what its rule says. */
export type FitsApply<F extends TypeRule, A, B> = [Betrayed<F, B, Tried<A, F['takes']>>] extends [never]
  ? unknown
  : `the layer gives ${ShowOne<B>}, its rule ${ShowOne<Betrayed<F, B, Tried<A, F['takes']>>>}`
/** The input on which to try a rule: that of the layer, or what the rule takes; a vector where both may be anything. */
type Tried<A, T> = HasRank<A> extends true ? A : HasRank<T> extends true ? T : Type<readonly [2], 'real'>
type HasRank<A> = [A] extends [never]
  ? false
  : A extends Type<infer S, DType>
    ? [number] extends [S['length']]
      ? false
      : true
    : false
/** What a rule gives, if B is not that, nor the other way round: what is not known is both. never if they agree. */
type Betrayed<F extends TypeRule, B, A> =
  Out<F, A> extends infer C ? (C extends string ? never : [C] extends [B] ? never : [B] extends [C] ? never : C) : never
type ShowOne<T> = T extends Type<infer S, DType> ? Show<S> : 'another tree'
