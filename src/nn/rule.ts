/**
 * What a layer does to types, as a function on types: the rule of dense(784, 128) takes the type of its input, this['in'],
 * and says the type of its output, or a sentence where it does not fit.
 *
 *   Out<Dense<784, 128>, Type<[784], 'real'>>  =  Type<[128], 'real'>
 *   Out<Dense<784, 128>, Type<[100], 'real'>>  =  'dense(784, 128) takes [..., 784], not [100]'
 *
 * Rules compose as layers do, so a network's mistakes are found before it has seen an input.
 */
import type { Pointwise } from '../../lang/operations/comparison.ts'
import type { DType, Type } from '../../lang/syntax/shape.ts'
import type { Dims, Gradual } from '../../lang/types/index.ts'

export interface TypeRule {
  readonly in: unknown
  /** What is known of the input without seeing it. */
  readonly takes: unknown
  readonly out: unknown
}
export type Out<F extends TypeRule, A> = (F & { readonly in: A })['out']
/** The type of an array of which nothing is known. */
export type Anything = Type<Gradual, Gradual>
export type AnyReal = Type<Gradual, 'real'>

/** A real array of shape S, where nothing speaks against it. */
export type Fitting<Problem, S extends Dims> = Problem extends string ? Problem : Type<S, 'real'>
export type NotAnImage = 'an image of real numbers is wanted'

/** The output has the input's type. */
export interface Same extends TypeRule {
  readonly takes: Anything
  readonly out: this['in']
}
/** Real numbers, each by itself. */
export interface EachNumber extends TypeRule {
  readonly takes: AnyReal
  readonly out: this['in'] extends Type<Gradual, infer D extends DType>
    ? D extends 'real'
      ? this['in']
      : `real numbers are wanted, not ${D}`
    : 'one array of real numbers is wanted'
}
/** A function of which only a call will tell. */
export interface Opaque extends TypeRule {
  readonly takes: Anything
  readonly out: Anything
}
/** The rule of a layer, or of a plain function in a layer's place. */
export type RuleOf<L> = L extends { readonly rule: infer F extends TypeRule }
  ? F
  : L extends Pointwise
    ? EachNumber
    : Opaque

/** One after the other. */
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

/** For every layer `unknown`, and from the first that does not fit its sentence. */
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
/** What the layer at place I must also be. */
export type FitsAt<P, I> = I extends keyof P ? P[I] : unknown
/** What the type of an input must also be. */
export type FitsRule<F extends TypeRule, A> = Out<F, A> extends infer B extends string ? B : unknown
