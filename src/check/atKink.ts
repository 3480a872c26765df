/**
 * A given point with a kink is not drawn again. What can be checked there: the coordinates one by one, and both orders along
 * those that do not cross the kink.
 */
import { isReal } from '../../lang/syntax/shape.ts'
import { foldIn, type Key } from '../random/key.ts'
import { examineCoordinates } from './coordinates.ts'
import type { Modes } from './modes.ts'
import { direction, type Point } from './point.ts'
import type { Coordinates, Kink } from './report.ts'
import { forward, inputLeaves, type JudgedCheck, outputLeaves, reverse } from './sample.ts'

interface AroundKink {
  readonly kink: Kink
  readonly judged: readonly JudgedCheck[]
  readonly coordinates: ReturnType<typeof examineCoordinates>['inputs']
}
/** `v`, `w`: the directions that meet the kink. `back`: the reverse check, which needs no differences. */
export const aroundKink = (
  m: Modes,
  gradient: Modes | undefined,
  x: Point,
  { v, w }: { readonly v: Point; readonly w: Point },
  many: number,
  key: Key,
): AroundKink => {
  const { inputs, each } = examineCoordinates(m, x, w, many, foldIn(4)(key), true)
  const smooth = each.filter((c) => c.ruling === 'right')
  const chosen = new Set(smooth.map((c) => `${c.leaf} ${c.element}`))
  const only = v.map((a, leaf) => a.map((d, k) => (chosen.has(`${leaf} ${k}`) ? d : 0)))
  const ahead =
    smooth.length === 0
      ? undefined
      : forward('forward', m, x, only, outputLeaves(m.outs.filter(isReal)), foldIn(9)(key))
  const isSmooth = ahead !== undefined && ahead.ruling !== 'kink'
  const second = gradient !== undefined && isSmooth ? secondOrder(m, gradient, x, only, w, key) : []
  const checked =
    smooth.length === 0 ? 'nothing' : !isSmooth ? 'crossed' : second.length > 0 ? 'both orders' : 'first order'
  return {
    kink: {
      across: each.filter((c) => c.ruling === 'kink').map((c) => c.place),
      along: smooth.map((c) => c.place),
      checked,
    },
    judged: [...(isSmooth ? [ahead] : []), ...second],
    coordinates: inputs.filter((c: Coordinates) => c.checked > 0),
  }
}
/** The gradient's own derivative, along directions that do not cross the kink; none where it jumps all the same. */
const secondOrder = (m: Modes, gradient: Modes, x: Point, v: Point, w: Point, key: Key): readonly JudgedCheck[] => {
  const xw = [...x, ...w]
  const vw = [...v, ...direction(foldIn(5)(key), m.outs.filter(isReal))]
  const bent = forward('second forward', gradient, xw, vw, inputLeaves(m), foldIn(6)(key))
  const u = direction(foldIn(7)(key), m.ins.filter(isReal))
  const back = bent && reverse('second reverse', gradient, xw, vw, u, foldIn(8)(key))
  return [bent, back].flatMap((o) => (o === undefined || o.ruling === 'kink' ? [] : [o]))
}
