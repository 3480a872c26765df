/**
 * B4. Back-propagation in a course's own notation. The language derives the gradient of three layers, last layer first, and
 * of a convolution, index by index; the equations and the numbers are those of the course.
 *
 *   s_k = sum_p w_pk o_p      o_k = phi(s_k)      R = sum_k (o_k - y_k)^2
 */

import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import * as X from '../src/explain/index.ts'
import { conv, type Expr, einsum, gradOrThrow, programOrThrow, real, square, sub, sum, tanh } from '../src/index.ts'
import { normal, randomKey, splitKey } from '../src/random/index.ts'
import { close, compute, type Report, type RunOptions, same } from '../src/report/index.ts'

const sizes = [4, 3, 3, 2]
const types = { o0: real(4), w1: real(4, 3), w2: real(3, 3), w3: real(3, 2), y: real(2) }
const layer = (o: Expr, w: Expr) => tanh(einsum('p,pk->k')(o, w))
const risk = programOrThrow(types, ({ o0, w1, w2, w3, y }) =>
  sum()(square(sub(layer(layer(layer(o0, w1), w2), w3), y))),
)
const convolution = programOrThrow({ o: real(1, 5, 6), k: real(1, 1, 2, 3) }, ({ o, k }) => conv()(o, k))

// the derivation, in the course's letters
const sign = (text: string, latex = text) => ({ text, latex })
const derivation = X.explainOrThrow(risk, { _tag: 'gradient' })
const numbersOf = (op: string) => risk.closed.equations.filter((q) => q.op === op).map((q) => q.first)
const outputs = [0, ...numbersOf('tanh')]
const symbols = new Map([
  ...numbersOf('contract').map((v, l) => [v, X.written(X.indexed(sign('s'), 3, 'k', `${l + 1}`))] as const),
  ...outputs.map((v, l) => [v, X.indexed(sign('o'), 3, 'k', `${l}`)] as const),
  ...[1, 2, 3].map((v) => [v, X.indexed(sign('w'), 2, 'pk', `${v}`)] as const),
  [4, X.indexed(sign('y'), 3, 'k')],
])
const notation = X.notationOf(derivation, (v) => symbols.get(v), 'R', { tanh: sign('phi', '\\varphi') })
/** The equation of dR/d(value); `letters` names the value's own indices. */
const found = (value = 0, letters = 'k'): string =>
  X.equals(X.indexEquation(derivation.result.closed, derivation.places[value]?.cotangent ?? -1, notation, letters)).text
const pulled = X.explainOrThrow(convolution, { _tag: 'reverse' })
const grids = new Map([
  [0, X.indexed(sign('o'), 3, ' ij')],
  [1, X.indexed(sign('K'), 4, '  mn')],
  [convolution.closed.outputs[0] ?? 0, X.indexed(sign('s'), 2, ' ij')],
])
const planar = X.notationOf(pulled, (v) => grids.get(v), 'R')
const plane = (value: number): string =>
  X.equals(X.indexEquation(pulled.result.closed, pulled.places[value]?.cotangent ?? -1, planar)).text

/** The equations of the course, each beside the one derived; layers from the last to the first. */
type Compared = readonly [what: string, expected: string, found: string]
const course: readonly Compared[] = [
  ['the last output', 'dR/do^3_k = 2 (o^3_k - y_k)', found(outputs[3])],
  ...[3, 2, 1].flatMap((l): readonly Compared[] => [
    [`weights of layer ${l}`, `dR/dw^${l}_pk = dR/do^${l}_k phi'(s^${l}_k) o^${l - 1}_p`, found(l, 'pk')],
    [`below layer ${l}`, `dR/do^${l - 1}_p = sum_k dR/do^${l}_k phi'(s^${l}_k) w^${l}_pk`, found(outputs[l - 1], 'p')],
  ]),
  ['below a convolution', 'dR/do_ij = sum_mn dR/ds_{i-m,j-n} K_mn', plane(0)],
  ['its filter', 'dR/dK_mn = sum_ij dR/ds_ij o_{i+m,j+n}', plane(1)],
]
// the course's equations, as loops
type Row = ArrayLike<number>
const at = (xs: Row | undefined, i: number): number => xs?.[i] ?? 0
const row = (n: number, f: (i: number) => number) => Array.from({ length: n }, (_, i) => f(i))
const total = (n: number, f: (i: number) => number) => row(n, f).reduce((a, b) => a + b, 0)
/** dR/dw for every layer, and dR/do^0. */
const byHand = (o0: Row, w: readonly Row[], y: Row) => {
  const back = (l: number, o: Row): readonly [dw: readonly Row[], below: Row] => {
    const [m, n] = [sizes[l - 1] ?? 0, sizes[l] ?? 0]
    const weight = (p: number, k: number): number => at(w[l - 1], p * n + k)
    const next = row(n, (k) => Math.tanh(total(m, (p) => weight(p, k) * at(o, p))))
    const [later, above] = l === 3 ? [[], row(n, (k) => 2 * (at(next, k) - at(y, k)))] : back(l + 1, next)
    const through = row(n, (k) => at(above, k) * (1 - at(next, k) ** 2))
    const own = row(m * n, (i) => at(through, i % n) * at(o, Math.floor(i / n)))
    return [[own, ...later], row(m, (p) => total(n, (k) => at(through, k) * weight(p, k)))]
  }
  return back(1, o0)
}

/** `adjoint run` checks their gradients against finite differences. */
export const programs = { 'the risk': risk, 'the convolution': convolution }

export const run = (o: RunOptions): TE.TaskEither<string, Report> => {
  const drawn = splitKey(5)(randomKey(o.seed)).map((k, i) => normal([4, 12, 9, 6, 2][i] ?? 0)(k))
  const [x = [], w1 = [], w2 = [], w3 = [], y = []] = drawn
  const [dw, below] = byHand(x, [w1, w2, w3], y)
  return pipe(
    compute(o.backend)(gradOrThrow(risk), { o0: x, w1, w2, w3, y }),
    TE.map((g) => ({
      text: course.map(([, , derived]) => derived).join('\n'),
      findings: [
        ...course.map(([what, expected, derived]) => same(what, expected, derived)),
        ...[g.w1, g.w2, g.w3].map((d, i) => close(`dR/dw^${i + 1} by these loops`, dw[i] ?? [], d, 1e-12)),
        close('dR/do^0 by these loops', below, g.o0, 1e-12),
      ],
      pictures: [{ name: 'backpropagation.svg', content: X.renderSvg(X.graphOf(derivation)) }],
    })),
  )
}
