/** The question what a gradient does along tangents of its inputs: forward over reverse. */
import * as E from 'fp-ts/lib/Either.js'
import { type Closed, outTypes } from '../../../lang/syntax/closed.ts'
import { sizeOf } from '../../../lang/syntax/shape.ts'
import { differentiation } from '../../../src/transform/vmap.ts'
import type { Question } from '../special/run.ts'

type Numbers = readonly number[]
const { jvp, vjp } = differentiation()
/**
 * The change of the pull of `w`, 1 everywhere by default, along these tangents. `along` has null for an input without
 * tangent, which has no cotangent either.
 */
export const twice = (
  program: Closed,
  x: readonly Numbers[],
  along: readonly (Numbers | null)[],
  expected: readonly Numbers[],
  w: Numbers = outTypes(program).flatMap((t) => Array(sizeOf(t.shape)).fill(1)),
): Question => {
  const active = along.map((v) => v !== null)
  const gradient = vjp(program, active, [true])
  if (E.isLeft(gradient)) throw new Error('no reverse derivative')
  return {
    what: 'reverse',
    program: jvp(gradient.right, [...active, false]).body,
    inputs: [...x, w, ...along.flatMap((v) => (v === null ? [] : [v]))],
    expected,
  }
}
