/**
 * Random programs with a loop whose body has something for every law of loops: products of constants with rows, with
 * carries and with one another; carries that only add up, from 0 or from elsewhere; outputs that no step needs; rows,
 * carries and outputs that are passed on or not read; loops and branches within the loop.
 */
import * as fc from 'fast-check'
import { programOf } from '../../lang/primitives/bodies.ts'
import { broadcast, sum } from '../../lang/primitives/broadcast.ts'
import { condClosed } from '../../lang/primitives/cond.ts'
import { constant } from '../../lang/primitives/constant.ts'
import { contract } from '../../lang/primitives/contraction.ts'
import { add, lt, mul, neg, select, sin, sub, tanh } from '../../lang/primitives/elementwise.ts'
import { permute } from '../../lang/primitives/reindex.ts'
import { scanClosed } from '../../lang/primitives/scan.ts'
import { whileClosed } from '../../lang/primitives/while.ts'
import { pad, slice } from '../../lang/primitives/window.ts'
import { orThrow } from '../../lang/syntax/error.ts'
import type { Expr } from '../../lang/syntax/expr.ts'
import { type UntypedProgram, untypedProgram } from '../../lang/syntax/program.ts'
import { real } from '../../lang/syntax/shape.ts'

/** What a body computes with: numbers, vectors of n, matrices of n x n. */
interface Pool {
  readonly s: Expr[]
  readonly v: Expr[]
  readonly m: Expr[]
}
type Gene = readonly number[]
const n = 4
const [scalar, vector, matrix] = [real(), real(n), real(n, n)]
const across = broadcast([n], [])
const product = (m: Expr, v: Expr): Expr => contract({ x: 'jk', y: 'k', out: 'j', ties: [] })(m, v)
const outer = (x: Expr, y: Expr): Expr => contract({ x: 'j', y: 'k', out: 'jk', ties: [] })(x, y)

/** c' = tanh(c + row), y = W c, over the rows of a matrix. */
const inner = programOf([vector, vector, matrix], (c, x, w) => [tanh(add(c, x)), product(w, c)])
const halve = programOf([vector, vector, matrix], (v, x, w) => [mul(v, tanh(product(w, x)))])
const turn = programOf([vector, vector, matrix], (v) => [neg(v)])
const small = programOf([vector, vector, matrix], (v) => [lt(sum()(mul(v, v)), 0.5)])
const grow = programOf([vector, vector, matrix], (v, x, w) => [add(add(v, 0.25), mul(0.1, sin(product(w, x))))])

const pick = (from: readonly Expr[], k: number): Expr => from[k % from.length] as Expr
/** One more value, from a gene: what is computed, and from which values. */
const grown = ({ s, v, m }: Pool, [what = 0, a = 0, b = 0, c = 0]: Gene, withLoops: boolean): void => {
  const [x, y, w, u] = [pick(v, a), pick(v, b), pick(m, c), pick(m, a + b)]
  const makers: readonly (() => unknown)[] = [
    () => v.push(product(w, x)),
    () => v.push(product(permute([1, 0])(w), x)),
    () => m.push(outer(x, y)),
    () => m.push(contract({ x: 'ij', y: 'jk', out: 'ik', ties: [] })(w, u)),
    () => m.push(add(outer(x, y), outer(y, pick(v, c)))),
    () => v.push(add(x, y)),
    () => v.push(mul(x, y)),
    () => v.push(sin(x)),
    () => v.push(tanh(sub(x, y))),
    () => m.push(add(w, u)),
    () => m.push(sin(mul(w, u))),
    () => s.push(sum()(mul(x, y))),
    () => v.push(mul(x, across(pick(s, b)))),
    () => v.push(sum([0])(w)),
    () => m.push(broadcast([n, n], [1])(x)),
    () => v.push(pad({ start: [1], shape: [n], stride: [1] })(slice({ start: [0], shape: [2], stride: [1] })(x))),
    () => v.push(select(broadcast([n], [])(lt(pick(s, a), 0)), x, y)),
    () => s.push(sin(pick(s, c))),
    ...(withLoops
      ? [
          () => {
            const [last, ys] = scanClosed(n, false, inner)([x], [w], [u])
            v.push(last as Expr)
            m.push(ys as Expr)
          },
          () => v.push(...condClosed(lt(pick(s, a), 0), halve, turn)(x, y, w)),
          () => v.push(...whileClosed(small, grow)([x], [y, w])),
        ]
      : []),
  ]
  makers[what % makers.length]?.()
}
interface LoopGenes {
  readonly body: readonly Gene[]
  readonly results: Gene
  readonly reverse: boolean
  readonly loops: boolean
}
const types = { c: vector, d: matrix, e: scalar, xs: real(3, n), ms: real(3, n, n), k: vector, w: matrix, u: matrix }
/** Carries: two vectors, of which one may be left alone; a matrix, a vector and a number that add up. */
const loopOf = ({ body, results, reverse, loops }: LoopGenes): UntypedProgram =>
  orThrow(
    untypedProgram(types, (p: { readonly [K in keyof typeof types]: Expr }) => {
      const step = programOf(
        [vector, vector, matrix, vector, scalar, vector, matrix, vector, matrix, matrix],
        (c, fixed, d, b, e, x, m, k, w, u) => {
          const pool: Pool = { s: [constant([], 0.5)], v: [c, x, k], m: [m, w, u] }
          for (const gene of body) grown(pool, gene, loops)
          const [at = 0, f = 0, g = 0, h = 0, i = 0, j = 0] = results
          const picked = pick([...pool.v].reverse(), at)
          const next = at % 2 === 0 ? tanh(add(product(u, c), picked)) : tanh(add(product(w, x), picked))
          const ys = [pick([...pool.v].reverse(), i), pick([...pool.m].reverse(), j), pick(pool.v, at)]
          const terms = [pick([...pool.m].reverse(), f), pick([...pool.v].reverse(), g), pick([...pool.s].reverse(), h)]
          const sums = [d, b, e].map((total, q) => add(total, terms[q] as Expr))
          return [next, at % 3 === 0 ? fixed : sin(fixed), ...sums, ...ys]
        },
      )
      const [fromZero = 0, , , , , used = 0] = results
      const start = [p.c, p.k, fromZero % 4 === 0 ? p.d : constant([n, n], 0), constant([n], 0), constant([], 0)]
      const outs = scanClosed(3, reverse, step)(start, [p.xs, p.ms], [p.k, p.w, p.u])
      // the last carries, the rows, and the incoming carries that some programs read
      return outs.filter((_, q) => q < 5 || (used >> (q % 5)) % 2 === 0)
    }),
  )
const number = fc.noBias(fc.nat(719))
export const arbitraryLoop = (options: { readonly loops?: boolean } = {}): fc.Arbitrary<UntypedProgram> =>
  fc
    .record({
      body: fc.array(fc.tuple(number, number, number, number), { minLength: 2, maxLength: 10, size: 'max' }),
      results: fc.tuple(number, number, number, number, number, number),
      reverse: fc.boolean(),
    })
    .map((genes) => loopOf({ ...genes, loops: options.loops ?? true }))
