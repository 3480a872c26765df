/** Do two programs mean the same? Tried at random points; what differs by no more than rounding is the same. */

import { evaluate } from '../../lang/evaluate.ts'
import { type Closed, inTypes, outTypes } from '../../lang/syntax/closed.ts'
import type { Program } from '../../lang/syntax/program.ts'
import { isReal, sameTypes, showType, type Type } from '../../lang/syntax/shape.ts'
import { foldIn, type Key, randomKey } from '../random/key.ts'
import { drawPoint, type Interval } from './domain.ts'
import { flat } from './modes.ts'
import type { Point } from './point.ts'
import { locate, slackOf } from './sample.ts'

export interface EquivalenceOptions {
  readonly seed?: number
  readonly samples?: number
  /** Where real inputs are drawn from. */
  readonly range?: Interval
}
/** The first place where they differ. */
export type Equivalence =
  | { readonly _tag: 'Equivalent'; readonly samples: number }
  | {
      readonly _tag: 'OtherTypes'
      readonly what: 'inputs' | 'outputs'
      readonly left: readonly Type[]
      readonly right: readonly Type[]
    }
  | {
      readonly _tag: 'OtherValue'
      readonly leaf: string
      readonly index: readonly number[]
      readonly left: number
      readonly right: number
      readonly point: Point
    }
  /** No point was found where the first is finite. */
  | { readonly _tag: 'NotTried' }

const valuesOf = (p: Closed, x: Point, key: Key): { readonly y: Float64Array; readonly slack: Float64Array } => {
  const y = flat(evaluate(p, x))
  const types = inTypes(p)
  const slack = slackOf(
    y,
    (r) =>
      flat(
        evaluate(
          p,
          x.map((a, i) => (isReal(types[i] as Type) ? r.touch(a) : a)),
          r.run,
        ),
      ),
    key,
  )
  return { y, slack }
}
export const equivalence = <In, Out>(
  left: Program<In, Out>,
  right: Program<In, Out>,
  options: EquivalenceOptions = {},
): Equivalence => {
  const { seed = 1, samples = 8, range } = options
  const [p, q] = [left.closed, right.closed]
  if (!sameTypes(inTypes(p), inTypes(q)))
    return { _tag: 'OtherTypes', what: 'inputs', left: inTypes(p), right: inTypes(q) }
  if (!sameTypes(outTypes(p), outTypes(q)))
    return { _tag: 'OtherTypes', what: 'outputs', left: outTypes(p), right: outTypes(q) }
  const leaves = outTypes(p).map((t, k, all) => ({ name: all.length === 1 ? 'output' : `output ${k}`, shape: t.shape }))
  let tried = 0
  for (let k = 0; k < samples; k++) {
    const key = foldIn(k)(randomKey(seed))
    const x = drawPoint(
      p,
      foldIn(0)(key),
      p.inputs.map(() => range),
      k % 2 === 0,
    )
    if (x === undefined) continue
    tried++
    const a = valuesOf(p, x, foldIn(1)(key))
    const b = valuesOf(q, x, foldIn(2)(key))
    const size = a.y.reduce((m, v) => (Number.isFinite(v) ? Math.max(m, Math.abs(v)) : m), 0)
    const bad = a.y.findIndex((v, i) => {
      const w = b.y[i] as number
      return (
        !Object.is(v, w) &&
        v !== w &&
        !(Math.abs(v - w) <= (a.slack[i] as number) + (b.slack[i] as number) + 1e-13 * size)
      )
    })
    if (bad >= 0) {
      const { leaf, index } = locate(leaves, bad)
      return { _tag: 'OtherValue', leaf, index, left: a.y[bad] as number, right: b.y[bad] as number, point: x }
    }
  }
  return tried === 0 ? { _tag: 'NotTried' } : { _tag: 'Equivalent', samples: tried }
}
export const showEquivalence = (e: Equivalence): string => {
  switch (e._tag) {
    case 'Equivalent':
      return `the same at ${e.samples} points`
    case 'OtherTypes':
      return `other ${e.what}: ${e.left.map(showType).join(', ')} and ${e.right.map(showType).join(', ')}`
    case 'OtherValue':
      return `${e.leaf}[${e.index.join(', ')}] is ${e.left} and ${e.right} at ${e.point.map((x) => `[${[...x].join(', ')}]`).join(', ')}`
    case 'NotTried':
      return 'no point was found where the program is finite'
  }
}
