/** What published networks have in common: the type of a model, and the blocks that several of them use. */

import * as E from 'fp-ts/lib/Either.js'
import { orThrow } from '../../lang/syntax/error.ts'
import type { Type } from '../../lang/syntax/shape.ts'
import { callSite } from '../../lang/syntax/site.ts'
import { typed } from '../../lang/syntax/typed.ts'
import { batchNorm } from '../nn/batchNorm.ts'
import { checkpoint } from '../nn/checkpoint.ts'
import { type ConvLayerOptions, conv2d } from '../nn/conv.ts'
import { dropout } from '../nn/dropout.ts'
import type { Stage } from '../nn/joint.ts'
import type { Layer } from '../nn/layer.ts'
import type { TypeRule } from '../nn/rule.ts'
import { sequential } from '../nn/sequential.ts'

/** A -> B, whatever is between. */
export interface Maps<A, B> extends TypeRule {
  readonly takes: A
  readonly out: this['in'] extends A ? B : 'the model takes another input'
}
/**
 * A published network: a layer from A to B. The types of its parameters are a tree at run time; TypeScript does not
 * follow hundreds of them.
 */
export type Model<A, B> = Layer<unknown, unknown, unknown, Maps<A, B>>
/** An image of any size with C channels. */
export type ImageOf<C extends number = number> = Type<readonly [C, number, number], 'real'>
/** One number for each class: logits. */
export type Logits<K extends number = number> = Type<readonly [K], 'real'>
/** A network that sees an image and tells its class. */
export type Classifier<C extends number, K extends number> = Model<ImageOf<C>, Logits<K>>

/** What all classifiers of images can be asked. */
export interface ClassifierOptions<C extends number = number, K extends number = number> {
  /** Channels of an image; 3 by default, but 1 in `leNet5`. */
  readonly channels?: C
  /** Number of classes; that of ImageNet, 1000, by default, but 10 in `leNet5`. */
  readonly classes?: K
}
/**
 * What a gradient computes again instead of keeping it: nothing, the activations, or all that is inside the blocks. The
 * parameters are the same, so a network that was trained in one way can be trained on in another.
 */
export type Checkpointed = 'nothing' | 'activations' | 'blocks'
/** A stage under `checkpoint`, if it is among what is computed again. */
export const checkpointed = (is: boolean, s: Stage): Stage => (is ? checkpoint(s) : s)
/** Stages in sequence, as a model. */
export const modelOf = <A, B>(name: string, stages: readonly Stage[]): Model<A, B> =>
  typed<Model<A, B>>({ ...sequential(...stages), name })
/** A convolution without bias, which batch normalisation would cancel, and the normalisation. */
export const convNorm = (
  from: number,
  to: number,
  kernel: number,
  options: ConvLayerOptions = {},
): readonly Stage[] => [conv2d(from, to, kernel, { ...options, bias: false }), batchNorm(to)]
/** Dropout, unless nothing is dropped: a layer without keys costs nothing. */
export const dropping = (rate: number): readonly Stage[] => (rate === 0 ? [] : [dropout(rate)])
/** `make(0)` to `make(n - 1)`. */
export const times = <T>(n: number, make: (k: number) => T): readonly T[] =>
  Array.from({ length: n }, (_, k) => make(k))
/** Throws InvalidAttribute: the option of the model `op` does not hold to the rule. */
export const refuseOption = (op: string, attribute: string, rule: string, from: unknown): void =>
  void orThrow(
    E.left([{ problem: { _tag: 'InvalidAttribute', attribute, rule }, op, types: [], site: callSite(from) }]),
  )
/** Throws InvalidAttribute for lists that describe the same groups of a model and are not equally long. */
export const sameGroups = (
  op: string,
  attribute: string,
  list: readonly unknown[],
  other: string,
  of: readonly unknown[],
  from: unknown,
): void => {
  if (list.length !== of.length)
    refuseOption(op, attribute, `must have ${of.length} numbers, as many as ${other}, not ${list.length}`, from)
}
/** Throws InvalidAttribute for an option that is none of the words it can be. */
export const oneOf = (op: string, attribute: string, words: readonly string[], found: unknown, from: unknown): void => {
  if (!words.some((word) => word === found))
    refuseOption(op, attribute, `must be ${words.map((word) => `'${word}'`).join(' or ')}`, from)
}
