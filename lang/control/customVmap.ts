/** Functions on trees with a batch that their author declares. */

import { stacked } from '../primitives/broadcast.ts'
import { customVmapClosed } from '../primitives/customVmap.ts'
import { refuse } from '../primitives/entry.ts'
import type { Closed } from '../syntax/closed.ts'
import type { Problem } from '../syntax/error.ts'
import { operation } from '../syntax/operation.ts'
import { sameTypes } from '../syntax/shape.ts'
import { refill } from '../syntax/tree.ts'
import { typed } from '../syntax/typed.ts'
import type { FitsSize } from '../types/index.ts'
import { bodyOf, isEmpty, isLeaf, nothing, operands, outcome, refused } from './body.ts'
import type { AnyTree, FitsResult, Lifted, Rows } from './types.ts'

const capturing: Problem = {
  _tag: 'Malformed',
  what: 'a function with a declared batch uses a value from around it, which may differ from example to example: pass it in x',
}

type CustomVmap = <const N extends number, A = AnyTree, B = AnyTree>(
  size: N & FitsSize<N>,
  f: (x: A) => B & FitsResult<B>,
  many: (xs: Rows<N, NoInfer<A>>) => Rows<N, Lifted<NoInfer<B>>>,
) => (x: A) => Lifted<B>
/**
 * f with a declared batch: vmap(size) runs `many` on all examples at once. What is not mapped is repeated for it; vmap over
 * another number of examples maps f itself.
 *
 * Shape:   f: x -> y, many: x with `size` in front of every leaf -> y with it
 * Law:     many must be vmap(size)(f): nothing checks its values. Both modes of either go together, to every order
 * Errors:  BodyMismatch, where many gives other types; Malformed, where f or many uses an expression from around it; those
 *          inside f and many
 *
 * @example
 * type Real = Expr<readonly [], 'real'>
 * const f = customVmap(4, (x: Real) => sin(x), (xs) => neg(sin(neg(xs))))
 * const many = vmap(4)(programOrThrow(real(), (x) => f(x)))
 * many.closed.equations.map((q) => q.op) // => ['neg', 'sin', 'neg']
 */
export const customVmap: CustomVmap = operation(
  'customVmap(size, f*, many*)(x)',
  typed((size: number, f: (x: AnyTree) => AnyTree, many: (xs: AnyTree) => AnyTree) => (x: unknown): unknown => {
    const args = operands(x, 'customVmap')
    const one = bodyOf('customVmap', f, { x })
    if (isEmpty(one)) return refused('customVmap', one.tree, nothing, args)
    const rows = refill(
      x,
      args.map((e) => stacked(size)(e.type)),
      isLeaf,
    )
    const all = bodyOf('customVmap', many, { xs: rows })
    const expected = one.outs.map((e) => stacked(size)(e.type))
    const found = all.outs.map((e) => e.type)
    if (!sameTypes(expected, found)) {
      const problem: Problem = { _tag: 'BodyMismatch', what: 'what the batch gives', expected, found }
      return refused('customVmap', one.tree, problem, args)
    }
    return outcome(one.tree as AnyTree, args, [one, all], ({ bodies: [b, m], captured }) =>
      captured.length > 0
        ? one.outs.map(() => refuse('customVmap', capturing, args))
        : customVmapClosed({ body: b as Closed, many: m as Closed, size })(...args),
    )
  }),
)
