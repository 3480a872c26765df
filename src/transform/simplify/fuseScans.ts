/**
 * Two scans of one length and direction, the second reading only rows that the first makes step by step, are one scan. So
 * the tangent scan, which reads the carries of the primal scan, becomes the doubled carry: forward mode stores nothing.
 */

import { parts, type Scan, scanClosed, scanEntry } from '../../../lang/primitives/scan.ts'
import { at, type Closed, closeOver, type Equation, inline, inTypes, numbered } from '../../../lang/syntax/closed.ts'
import { type Expr, node } from '../../../lang/syntax/expr.ts'

const attrsOf = (q: Equation): Scan => q.attrs as Scan
const isScan = (q: Equation): boolean => q.op === scanEntry.name
const rowsOf = (q: Equation): readonly number[] =>
  q.args.slice(attrsOf(q).carries, attrsOf(q).carries + attrsOf(q).rows)

/** Values that depend on the outputs of an equation. */
const after = (p: Closed, a: Equation): readonly boolean[] => {
  const on: boolean[] = p.inputs.map(() => false)
  for (const q of p.equations) {
    const any = q === a || q.args.some((v) => on[v])
    for (const _ of q.outs) on.push(any)
  }
  return on
}
interface Pair {
  readonly first: Equation
  readonly second: Equation
  readonly after: readonly boolean[]
}
/** A value that the first scan makes row by row: a y or an incoming carry. */
const madeBy =
  (q: Equation) =>
  (v: number): boolean =>
    v >= q.first + attrsOf(q).carries && v < q.first + q.outs.length

const findPair = (p: Closed): Pair | undefined => {
  const scans = p.equations.filter(isScan)
  if (scans.length < 2) return undefined
  for (const first of scans) {
    const on = after(p, first),
      made = madeBy(first),
      a = attrsOf(first)
    const second = scans.find((q) => {
      const b = attrsOf(q),
        rows = rowsOf(q),
        others = q.args.filter((_, i) => i < b.carries || i >= b.carries + b.rows)
      return (
        q !== first &&
        a.length === b.length &&
        a.reverse === b.reverse &&
        rows.some(made) &&
        !others.some((v) => on[v]) &&
        rows.every((v) => made(v) || !on[v])
      )
    })
    if (second !== undefined) return { first, second, after: on }
  }
  return undefined
}

/** The two bodies, one after the other in each step. */
const joinBodies = (a: Equation, b: Equation, fresh: readonly number[]): Closed => {
  const A = attrsOf(a),
    B = attrsOf(b),
    bodyA = A.body,
    bodyB = B.body,
    made = madeBy(a)
  const [cA, xA, kA] = parts(inTypes(bodyA), A.carries, A.rows),
    [cB, xB, kB] = parts(inTypes(bodyB), B.carries, B.rows)
  const types = [cA, cB, xA, xB?.filter((_, i) => !made(rowsOf(b)[i] as number)), kA, kB].map((t) => t ?? [])
  return closeOver(numbered(types.flat()), (v) => {
    const [ca, cb, x, y, ka, kb] = parts(
      v,
      A.carries,
      B.carries,
      A.rows,
      fresh.length,
      types[4]?.length ?? 0,
    ) as readonly [readonly Expr[], readonly Expr[], readonly Expr[], readonly Expr[], readonly Expr[], readonly Expr[]]
    const outA = inline(bodyA, [...ca, ...x, ...ka]),
      ys = outA.length - A.carries
    const rowFrom = (value: number): Expr => {
      const k = value - a.first - A.carries
      return (k < ys ? outA[A.carries + k] : ca[k - ys]) as Expr
    }
    const rows = rowsOf(b).map((value) => (made(value) ? rowFrom(value) : (y[fresh.indexOf(value)] as Expr)))
    const outB = inline(bodyB, [...cb, ...rows, ...kb])
    return [
      ...outA.slice(0, A.carries),
      ...outB.slice(0, B.carries),
      ...outA.slice(A.carries),
      ...outB.slice(B.carries),
    ]
  })
}
const join = (p: Closed, { first: a, second: b, after: on }: Pair): Closed => {
  const A = attrsOf(a),
    B = attrsOf(b),
    made = madeBy(a),
    fresh = [...new Set(rowsOf(b).filter((v) => !made(v)))]
  const body = joinBodies(a, b, fresh),
    [carriesA, rowsA, kA] = parts(a.args, A.carries, A.rows),
    [carriesB, , kB] = parts(b.args, B.carries, B.rows)
  return closeOver(p.inputs, (inputs) => {
    const v: Expr[] = [...inputs]
    const build = (q: Equation): void =>
      node(q.op, q.attrs, at(v, q.args), q.outs).forEach((e, i) => {
        v[q.first + i] = e
      })
    for (const q of p.equations) if (!on[q.first]) build(q)
    const outs = scanClosed(A.length, A.reverse, body)(
      at(v, [...(carriesA ?? []), ...(carriesB ?? [])]),
      at(v, [...(rowsA ?? []), ...fresh]),
      at(v, [...(kA ?? []), ...(kB ?? [])]),
    )
    const [lastA, lastB, ysA, ysB, inA, inB] = parts(
      outs,
      A.carries,
      B.carries,
      a.outs.length - 2 * A.carries,
      b.outs.length - 2 * B.carries,
      A.carries,
    )
    const put = (q: Equation, groups: readonly (readonly Expr[] | undefined)[]): void =>
      groups
        .flatMap((x) => x ?? [])
        .forEach((e, i) => {
          v[q.first + i] = e
        })
    put(a, [lastA, ysA, inA])
    put(b, [lastB, ysB, inB])
    for (const q of p.equations) if (on[q.first] && q !== a && q !== b) build(q)
    return at(v, p.outputs)
  })
}
/** Law: evaluate(fuseScans(p)) = evaluate(p), bit for bit. */
export const fuseScans = (p: Closed): Closed => {
  const pair = findPair(p)
  return pair === undefined ? p : fuseScans(join(p, pair))
}
