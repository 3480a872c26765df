/**
 * Fuses two scans of the same length and direction into one, if the second reads only rows that the first computes in
 * the same step. Forward mode then stores no carries: the tangent scan reads those of the primal scan, and one loop
 * computes both.
 */
import { parts, scanClosed } from '../../../lang/primitives/scan.ts'
import { at, type Closed, closeOver, type Equation, inline, inTypes, numbered } from '../../../lang/syntax/closed.ts'
import { type Expr, node } from '../../../lang/syntax/expr.ts'
import { nth } from '../../../lang/syntax/list.ts'
import { isScan, type ScanEquation, scanOf } from './loops/scanEquation.ts'

// -- pairs that can be fused ------------------------------------------------------------------------------------------

/** Whether a value is a row that the scan computes: a stacked output, or a stacked incoming carry. */
const isRowOf = ({ equation: q, attrs }: ScanEquation, v: number): boolean =>
  v >= q.first + attrs.carries && v < q.first + q.outs.length

/** Which values depend on the outputs of an equation. */
const dependingOn = (p: Closed, equation: Equation): readonly boolean[] => {
  const on: boolean[] = p.inputs.map(() => false)
  for (const q of p.equations) {
    const any = q === equation || q.args.some((v) => on[v])
    for (const _ of q.outs) on.push(any)
  }
  return on
}
interface Pair {
  readonly first: ScanEquation
  readonly second: ScanEquation
  /** Which values depend on the outputs of the first scan. */
  readonly after: readonly boolean[]
}
/** Whether b can run in step with a: of a it reads only rows, and its other arguments do not depend on a. */
const canJoin = (a: ScanEquation, b: ScanEquation, after: readonly boolean[]): boolean =>
  b.equation !== a.equation &&
  b.attrs.length === a.attrs.length &&
  b.attrs.reverse === a.attrs.reverse &&
  b.rows.some((v) => isRowOf(a, v)) &&
  b.rows.every((v) => isRowOf(a, v) || !after[v]) &&
  ![...b.carries, ...b.constants].some((v) => after[v])

const findPair = (p: Closed): Pair | undefined => {
  const scans = p.equations.filter(isScan).map(scanOf)
  if (scans.length < 2) return undefined
  for (const first of scans) {
    const after = dependingOn(p, first.equation)
    const second = scans.find((b) => canJoin(first, b, after))
    if (second !== undefined) return { first, second, after }
  }
  return undefined
}

// -- the joined scan --------------------------------------------------------------------------------------------------

type Exprs = readonly Expr[]
/** The rows of the second scan that the first does not compute, each once. */
const ownRows = ({ first, second }: Pair): readonly number[] => [
  ...new Set(second.rows.filter((v) => !isRowOf(first, v))),
]
/** The two bodies one after the other, in each step: (carries a, carries b, rows a, own rows of b, constants a, b). */
const joinedBody = (pair: Pair): Closed => {
  const { first: a, second: b } = pair
  const own = ownRows(pair)
  const [carriesA = [], rowsA = [], constantsA = []] = parts(inTypes(a.body), a.attrs.carries, a.attrs.rows)
  const [carriesB = [], rowsB = [], constantsB = []] = parts(inTypes(b.body), b.attrs.carries, b.attrs.rows)
  const ownTypes = own.map((v) => nth(rowsB, b.rows.indexOf(v)))
  const types = [carriesA, carriesB, rowsA, ownTypes, constantsA, constantsB]
  return closeOver(numbered(types.flat()), (v) => {
    const sizes = [a.attrs.carries, b.attrs.carries, a.attrs.rows, own.length, constantsA.length] as const
    const [ca = [], cb = [], ra = [], rb = [], ka = [], kb = []] = parts(v, ...sizes)
    const outA = inline(a.body, [...ca, ...ra, ...ka])
    const stackedOfA = [...outA.slice(a.attrs.carries), ...ca]
    const rowsOfB = b.rows.map((row) =>
      isRowOf(a, row) ? stackedOfA[row - a.equation.first - a.attrs.carries] : rb[own.indexOf(row)],
    ) as Exprs
    const outB = inline(b.body, [...cb, ...rowsOfB, ...kb])
    const next = [...outA.slice(0, a.attrs.carries), ...outB.slice(0, b.attrs.carries)]
    return [...next, ...outA.slice(a.attrs.carries), ...outB.slice(b.attrs.carries)]
  })
}
const stackedOutputs = ({ equation, attrs }: ScanEquation): number => equation.outs.length - 2 * attrs.carries

const join = (p: Closed, pair: Pair): Closed => {
  const { first: a, second: b, after } = pair
  const body = joinedBody(pair)
  return closeOver(p.inputs, (inputs) => {
    const v: Expr[] = [...inputs]
    const set = (q: Equation, outs: Exprs): void =>
      outs.forEach((e, i) => {
        v[q.first + i] = e
      })
    const build = (q: Equation): void => set(q, node(q.op, q.attrs, at(v, q.args), q.outs))
    for (const q of p.equations) if (!after[q.first]) build(q)
    const outs = scanClosed(a.attrs.length, a.attrs.reverse, body)(
      at(v, [...a.carries, ...b.carries]),
      at(v, [...a.rows, ...ownRows(pair)]),
      at(v, [...a.constants, ...b.constants]),
    )
    const sizes = [a.attrs.carries, b.attrs.carries, stackedOutputs(a), stackedOutputs(b), a.attrs.carries] as const
    const [lastA = [], lastB = [], ysA = [], ysB = [], inA = [], inB = []] = parts(outs, ...sizes)
    set(a.equation, [...lastA, ...ysA, ...inA])
    set(b.equation, [...lastB, ...ysB, ...inB])
    for (const q of p.equations) if (after[q.first] && q !== a.equation && q !== b.equation) build(q)
    return at(v, p.outputs)
  })
}
/** Law: evaluate(fuseScans(p)) = evaluate(p), bit for bit. */
export const fuseScans = (p: Closed): Closed => {
  const pair = findPair(p)
  return pair === undefined ? p : fuseScans(join(p, pair))
}
