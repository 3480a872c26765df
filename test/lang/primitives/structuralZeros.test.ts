/** Lists with structural zeros: absent items stay absent, and present ones keep their positions. */
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { parts } from '../../../lang/primitives/scan.ts'
import { marked, present, spread, zero } from '../../../lang/primitives/structuralZeros.ts'
import { closeOver, numbered } from '../../../lang/syntax/closed.ts'
import type { Expr } from '../../../lang/syntax/expr.ts'
import { real } from '../../../lang/syntax/shape.ts'

const item = (): Expr => zero(real())
const marks = fc.array(fc.boolean(), { maxLength: 8 })

test('marked(marks, spread(marks, xs)) = xs, and the other items are absent', () =>
  fc.assert(
    fc.property(marks, (ms) => {
      const xs = ms.filter(Boolean).map(item)
      const all = spread(ms, xs)
      return (
        all.length === ms.length &&
        marked(ms, all).every((x, i) => x === xs[i]) &&
        all.every((x, i) => (x === undefined) === !ms[i]) &&
        present(all).length === xs.length
      )
    }),
  ))
test('the parts of a list, joined, are the list; the last part takes the rest', () =>
  fc.assert(
    fc.property(fc.array(fc.integer(), { maxLength: 9 }), fc.nat(3), fc.nat(3), (xs, n, m) => {
      const [a, b, rest, ...more] = parts(xs, n, m)
      return (
        more.length === 0 &&
        a?.length === Math.min(n, xs.length) &&
        [...(a ?? []), ...(b ?? []), ...(rest ?? [])].every((x, i) => x === xs[i]) &&
        (a?.length ?? 0) + (b?.length ?? 0) + (rest?.length ?? 0) === xs.length
      )
    }),
  ))
test('zero is a constant of the type', () =>
  expect(closeOver(numbered([]), () => [zero(real(2, 3))]).equations).toMatchObject([
    { op: 'constant', attrs: { shape: [2, 3], value: 0 } },
  ]))
