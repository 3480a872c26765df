/**
 * What a step computes from its row and constants alone is computed for all rows at once, before the loop: the products
 * W x_t of all t are one product. The entries' batching rules give it.
 */
import { parts } from '../../../../lang/primitives/scan.ts'
import { type Equation, inline } from '../../../../lang/syntax/closed.ts'
import { vmapClosed } from '../../vmap.ts'
import { type Body, outsIn, rereads } from './body.ts'
import { cut, readsBetween } from './cut.ts'
import { type Exchange, inputsOf, isWorth, type LoopLaw, nothing, runScan, scanBody } from './law.ts'
import { isScan, type ScanEquation, scanOf } from './scanEquation.ts'

/** Equations that leave together with what they are computed from. */
interface Leaving {
  readonly equations: ReadonlySet<Equation>
  readonly estimate: Exchange
}
/** The same with one more equation, and with all that it is computed from; undefined where that is not only kernels. */
const withEquation = (b: Body, l: Leaving, q: Equation): Leaving | undefined => {
  const inputs = new Set(b.program.inputs.keys())
  const read = readsBetween(b.program, inputs, outsIn(q))
  const ofRows = b.program.equations.filter((e) => b.kinds[e.first] === 'row' && outsIn(e).some((v) => read.has(v)))
  if (!ofRows.every((e) => b.work(e).isKernel)) return undefined
  const equations = new Set([...l.equations, ...ofRows])
  const sum = (f: (e: Equation) => number): number => [...equations].reduce((n, e) => n + f(e), 0)
  const saved = sum((e) => rereads(b, e))
  const stacked = sum((e) => (b.work(e).isView ? 0 : b.sizeOf(e.first)))
  const shown = sum((e) => (b.work(e).isView ? b.sizeOf(e.first) : 0))
  return { equations, estimate: { saved, stacked, shown } }
}
const leavingOf = (b: Body, length: number, held: number): Leaving => {
  let all: Leaving = { equations: new Set(), estimate: nothing }
  for (const q of b.program.equations) {
    if (b.kinds[q.first] !== 'row' || !b.work(q).isKernel || rereads(b, q) === 0 || all.equations.has(q)) continue
    const more = withEquation(b, all, q)
    if (more === undefined) continue
    if (isWorth(all.estimate, more.estimate, length, held)) all = more
  }
  return all
}
/** The values that the loop then reads; what is cheap to compute again from its rows is not stored. */
const storedOf = (b: Body, { equations }: Leaving): readonly number[] => {
  const values = new Set<number>()
  const behind = new Set<number>()
  for (const q of b.program.equations) {
    if (!equations.has(q)) continue
    if (rereads(b, q) === 0 && !q.args.some((v) => behind.has(v))) continue
    behind.add(q.first)
    if (!b.work(q).isView) values.add(q.first)
  }
  const read = readsBetween(b.program, values, b.program.outputs)
  return [...values].filter((v) => read.has(v))
}

const rewriteScan = (s: ScanEquation, held: number): ReturnType<LoopLaw['rewrite']> => {
  const b = scanBody(s)
  const { length } = s.attrs
  const out = length > 1 ? storedOf(b, leavingOf(b, length, held)) : []
  if (out.length === 0) return undefined
  const { carries, rows, constants } = inputsOf(s)
  const mapped = [...rows.map(() => true), ...constants.map(() => false)]
  const atOnce = vmapClosed(length, cut(s.body, [...rows, ...constants], out), mapped)
  const body = cut(s.body, [...carries, ...rows, ...out, ...constants], s.body.outputs)
  return (args) => {
    const [c, x, k] = parts(args, carries.length, rows.length)
    return runScan(s, body, c, [...x, ...inline(atOnce, [...x, ...k])], k)
  }
}
export const rowsLeave: LoopLaw = {
  law: 'what a loop computes from its rows alone is computed for all rows at once',
  rewrite: ({ equation, held }) => (isScan(equation) ? rewriteScan(scanOf(equation), held) : undefined),
}
