/** Storage types by name, and gradients in them. */
import { declareVjp } from '../control/custom.ts'
import { bfloat16, float16 } from '../primitives/half.ts'
import type { Expr } from '../syntax/expr.ts'
import { operation } from '../syntax/operation.ts'
import type { Pointwise } from './comparison.ts'
import { derived, notAmong, notReal } from './derived.ts'

/** What numbers are stored as; 'float32' is the back end's own precision, in which nothing is rounded. */
export type Storage = 'float16' | 'bfloat16' | 'float32'
const roundings: { readonly [F in Storage]: (x: Expr) => Expr } = { float16, bfloat16, float32: (x) => x }
const known = Object.keys(roundings)
/** Rounds where the storage is known. */
const stored = (to: Storage, x: Expr): Expr => (Object.hasOwn(roundings, to) ? roundings[to](x) : x)

/**
 * x as it is stored: `float16`, `bfloat16`, or for 'float32' x itself.
 *
 * Errors:  ElementType; InvalidAttribute for another name
 *
 * @example
 * cast('bfloat16')(tensor([2], [0.1, 257])).type.shape // => [2]
 */
export const cast = operation(
  'cast(to)(x)',
  (to: Storage): Pointwise =>
    (x: Expr) =>
      derived('cast', [x], notReal(x) ?? notAmong('to', to, known), () => stored(to, x)),
)
/**
 * x, whose cotangent is rounded to a storage type: in reverse mode gradients are stored in 16 bits, as those of 16-bit
 * tensors are in PyTorch and JAX. Small ones vanish in float16, and large ones become infinite: see `scaledDescentStep` of
 * adjoint/train. It has no forward mode.
 *
 * Errors:  as cast; in forward mode OneWay
 *
 * @example
 * const f = programOrThrow(real(2), (x) => sum()(mul(tensor([2], [0.1, 1e-9]), castGradient('float16')(x))))
 * evaluate(gradOrThrow(f).closed, [Float64Array.of(7, 7)]) // => [[0.0999755859375, 0]]
 */
export const castGradient = operation(
  'castGradient(to)(x)',
  (to: Storage): Pointwise =>
    (x: Expr) =>
      derived('castGradient', [x], notReal(x) ?? notAmong('to', to, known), () =>
        declareVjp(
          (e: Expr) => e,
          (_, ct): Expr => stored(to, ct),
          { linear: false },
        )(x),
      ),
)
