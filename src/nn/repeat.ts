/** One block several times: written out, or as one loop over stacked parameters. */
import * as E from 'fp-ts/lib/Either.js'
import { scanTrees } from '../../lang/control/scan.ts'
import type { AnyTree } from '../../lang/control/types.ts'
import { foldIn as childOf } from '../../lang/operations/random.ts'
import { iota } from '../../lang/primitives/constant.ts'
import { orThrow } from '../../lang/syntax/error.ts'
import type { Expr } from '../../lang/syntax/expr.ts'
import { type DType, isSize, type Shape, type Type } from '../../lang/syntax/shape.ts'
import { callSite } from '../../lang/syntax/site.ts'
import { exprLeaves, isTypeOrExpr, leavesWithPath, memberAt, refill, typeLeaves } from '../../lang/syntax/tree.ts'
import { typed } from '../../lang/syntax/typed.ts'
import { foldIn } from '../random/key.ts'
import { type Stage, stage } from './joint.ts'
import { type KeysOf, type KeyType, type Layer, layerAs, type Mode, type ParamsOf, type StateOf } from './layer.ts'
import type { Out, RuleOf, TypeRule } from './rule.ts'
import { sequential } from './sequential.ts'

/** A -> A, N times. */
export interface Repeated<L> extends TypeRule {
  readonly takes: RuleOf<L>['takes']
  readonly out: Out<RuleOf<L>, this['in']> extends infer B
    ? B extends string
      ? B
      : [B] extends [this['in']]
        ? this['in']
        : [this['in']] extends [B]
          ? B
          : 'a block that is repeated gives what it takes'
    : never
}
type Times<T, N extends number, Done extends readonly T[] = readonly []> = number extends N
  ? readonly T[]
  : Done['length'] extends N
    ? Done
    : Done['length'] extends 64
      ? readonly T[]
      : Times<T, N, readonly [...Done, T]>
/** Every leaf with a first axis of N. */
type Stacked<T, N extends number> =
  T extends Type<infer S extends Shape, infer D extends DType>
    ? Type<readonly [N, ...S], D>
    : T extends null
      ? null
      : { readonly [K in keyof T]: Stacked<T[K], N> }

export interface RepeatOptions<As extends 'sequence' | 'scan' = 'sequence' | 'scan'> {
  /**
   * 'sequence': the blocks are written out, and each has its own parameters. 'scan': they are one loop, whose parameters
   * and state are stacked along a new first axis; the block is then differentiated and compiled once, however often it
   * runs. Default: 'sequence'.
   */
  readonly as?: As
}
interface Repeat {
  <const N extends number, const L extends Stage>(
    n: N,
    block: L,
    options?: RepeatOptions<'sequence'>,
  ): Layer<Times<ParamsOf<L>, N>, Times<StateOf<L>, N>, Times<KeysOf<L>, N>, Repeated<L>>
  <const N extends number, const L extends Stage>(
    n: N,
    block: L,
    options: RepeatOptions<'scan'>,
  ): Layer<Stacked<ParamsOf<L>, N>, Stacked<StateOf<L>, N>, KeysOf<L>, Repeated<L>>
}
/**
 * A block n times in sequence, each time with its own weights, which start from their own children of the key. The block
 * gives what it takes.
 *
 * Shape:   A -> A
 * Law:     repeat(3, f) = sequential(f, f, f); with { as: 'scan' } the same function of the stacked parameters, where in
 *          mode 'train' the k-th block draws from the k-th child of each key
 * Errors:  thrown: InvalidAttribute for an n that is no whole number, 0 or more, and for another `as`; BodyMismatch in a
 *          program of a loop whose block gives another type than it takes
 *
 * @example
 * sequential(dense(784, 64), repeat(3, residual(sequential(dense(64, 64), relu))), dense(64, 10))
 */
export const repeat = typed<Repeat>((n: number, inner: Stage, { as = 'sequence' }: RepeatOptions = {}): Layer => {
  const refuse = (attribute: string, rule: string) =>
    orThrow(
      E.left([
        { problem: { _tag: 'InvalidAttribute', attribute, rule }, op: 'repeat', types: [], site: callSite(repeat) },
      ]),
    )
  if (!isSize(n)) refuse('n', 'must be a whole number, 0 or more')
  if (as !== 'sequence' && as !== 'scan') refuse('as', "must be 'sequence' or 'scan'")
  const block = stage(inner)
  const name = `repeat(${n}, ${block.name}${as === 'scan' ? ', scan' : ''})`
  if (as === 'scan') return looped(name, n, block)
  return { ...sequential(...Array.from({ length: n }, (): Layer => block)), name }
})

/** `apply` of a block, on untyped trees. */
type Apply = (params: unknown, state: unknown, context: AnyContext, a: unknown) => readonly [unknown, unknown]
interface AnyContext {
  readonly mode: Mode
  readonly key: AnyTree
}
/** Reads the parameters and the state of the k-th block as the k-th row; the output is carried. */
const looped = (name: string, n: number, block: Layer): Layer => {
  const stacked = (types: unknown): AnyTree =>
    refill(
      types,
      typeLeaves(types).map((t): Type => ({ ...t, shape: [n, ...t.shape] })),
    )
  const apply = typed<Apply>(block.apply)
  return layerAs({
    name,
    params: stacked(block.params),
    state: stacked(block.state),
    keys: block.keys,
    takes: block.rule.takes,
    step: (length) => looped(name, n, block.step(length)),
    init: (key) => {
      const starts = Array.from({ length: n }, (_, k) => block.init(foldIn(k)(key)))
      return {
        params: together(
          block.params,
          starts.map((s) => s.params),
        ),
        state: together(
          block.state,
          starts.map((s) => s.state),
        ),
      }
    },
    apply: (params: AnyTree, state: AnyTree, { mode, key }: AnyContext, a: AnyTree) => {
      const own = (k: Expr<readonly [], 'int'>): unknown => {
        // no layer reads a key in mode 'eval'
        if (mode === 'eval') return key
        const draw = childOf(k)
        return refill(
          key,
          exprLeaves(key).map((of) => draw(of as Expr<KeyType['shape'], 'int'>)),
        )
      }
      const run = (x: unknown, row: AnyTree) => apply(row.params, row.state, { mode, key: own(row.k) }, x)
      const found = scanTrees(run, { length: n }, { op: 'repeat', steps: 'n' })(a, { k: iota([n]), params, state })
      return found as readonly [AnyTree, AnyTree]
    },
  })
}
type Numbers = ArrayLike<number>
/** The data of all blocks, one after another, in each leaf of a tree of types. */
const together = (types: unknown, starts: readonly unknown[]): unknown => {
  const joined = leavesWithPath(types, isTypeOrExpr).map(([path, leaf]) =>
    flat(
      (leaf as Type).dtype,
      starts.map((s): Numbers => {
        const found = memberAt(s, path)
        return typeof found === 'number' ? [found] : (found as Numbers) // `init` has given data of these types
      }),
    ),
  )
  return refill(types, joined)
}
const flat = (dtype: DType, parts: readonly Numbers[]): Numbers => {
  const length = parts.reduce((n, p) => n + p.length, 0)
  const single = parts.every((p) => p instanceof Float32Array)
  const all = new (dtype !== 'real' ? Int32Array : single ? Float32Array : Float64Array)(length)
  let at = 0
  for (const p of parts) {
    all.set(p, at)
    at += p.length
  }
  return all
}
