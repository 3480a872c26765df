/**
 * What no next step needs is computed for all steps at once, after the loop: products of what the loop stores with
 * constants, V h_t of all t; and carries that only add up, such as the gradient of a weight, c + a_t b_t^T.
 */

import { add } from '../../../../lang/primitives/elementwise.ts'
import { parts } from '../../../../lang/primitives/scan.ts'
import { at, type Equation, inline } from '../../../../lang/syntax/closed.ts'
import type { Expr, Maybe } from '../../../../lang/syntax/expr.ts'
import { nth } from '../../../../lang/syntax/list.ts'
import { vmapClosed } from '../../vmap.ts'
import { type Body, outsIn, rereads } from './body.ts'
import { cut, readsBetween } from './cut.ts'
import { type Exchange, inputsOf, isWorth, type LoopInPlace, type LoopLaw, runScan, scanBody } from './law.ts'
import { isScan, type ScanEquation, scanOf } from './scanEquation.ts'
import { operandsOf, type Sum, summed, sumOf } from './sums.ts'

/** A scan with what its laws ask of its body. */
interface Loop {
  readonly scan: ScanEquation
  readonly body: Body
  readonly placed: LoopInPlace
  /** How often each value of the body is read. */
  readonly uses: readonly number[]
}
const loopOf = (placed: LoopInPlace): Loop => {
  const scan = scanOf(placed.equation)
  const body = scanBody(scan)
  const uses = body.types.map(() => 0)
  const { equations, outputs } = scan.body
  for (const v of [...equations.flatMap((q) => q.args), ...outputs]) uses[v] = nth(uses, v) + 1
  return { scan, body, placed, uses }
}

// -- carries that only add up -----------------------------------------------------------------------------------------

/** A carry c' = c + term from 0, of which nothing but its last value is read. */
interface Total {
  readonly carry: number
  readonly adds: Equation
  readonly term: number
  readonly sum: Sum
}
const totalAt = ({ scan, body, placed, uses }: Loop, carry: number): Total | undefined => {
  const { carries, outputs } = { carries: scan.attrs.carries, outputs: scan.body.outputs }
  const next = nth(outputs, carry)
  const adds = body.equationOf(next)
  const stack = outputs.length + carry
  if (adds === undefined || adds.op !== add.entry.name || carry >= carries) return undefined
  const [x, y] = [nth(adds.args, 0), nth(adds.args, 1)]
  const term = x === carry ? y : y === carry ? x : undefined
  const only = nth(uses, carry) === 1 && nth(uses, next) === 1
  if (term === undefined || !only || !placed.zero[carry] || placed.read[stack]) return undefined
  return { carry, adds, term, sum: sumOf(body, term, (v) => uses[v] === 1) }
}
const totalsOf = (l: Loop): readonly Total[] =>
  inputsOf(l.scan).carries.flatMap((k) => {
    const total = totalAt(l, k)
    return total === undefined ? [] : [total]
  })

// -- what leaves ------------------------------------------------------------------------------------------------------

interface Leaving {
  readonly equations: ReadonlySet<Equation>
  readonly totals: readonly Total[]
}
/** The equations of which no next carry depends, apart from those that only add up. */
const optional = (l: Loop, totals: readonly Total[]): readonly Equation[] => {
  const { program } = l.body
  const next = program.outputs.slice(0, l.scan.attrs.carries).filter((_, k) => !totals.some((t) => t.carry === k))
  const needed = readsBetween(program, new Set(), next)
  const adds = new Set(totals.map((t) => t.adds))
  return program.equations.filter((q) => !adds.has(q) && !outsIn(q).some((v) => needed.has(v)))
}
/** An equation with all that depends on it. */
const withDependents = (among: readonly Equation[], root: Equation): readonly Equation[] => {
  const on = new Set(outsIn(root))
  return among.filter((q) => {
    const depends = q === root || q.args.some((v) => on.has(v))
    if (depends) for (const v of outsIn(q)) on.add(v)
    return depends
  })
}

/** What the loop stores of every step in any case: rows, carries that are read, outputs that are read. */
const isStored = ({ scan, body, placed }: Loop, v: number): boolean => {
  const { carries } = scan.attrs
  const { outputs } = body.program
  return (
    outputs.some((o, k) => k >= carries && o === v && placed.read[k]) ||
    (v < carries && placed.read[outputs.length + v] === true)
  )
}
/** The values that the loop must store so that these can be computed after it, each with its cost. */
const storesFor = (
  l: Loop,
  equations: ReadonlySet<Equation>,
  values: readonly number[],
): ReadonlyMap<number, number> => {
  const { body } = l
  const found = new Map<number, number>()
  const visit = (v: number): void => {
    const q = body.equationOf(v)
    const kind = body.kinds[v]
    if (kind === 'free' || kind === 'constant' || found.has(v)) return
    if (q === undefined) {
      if (kind === 'carried') found.set(v, isStored(l, v) ? 0 : body.sizeOf(v))
    } else if (equations.has(q)) q.args.forEach(visit)
    else if (isStored(l, v)) found.set(v, 0)
    else if (isCheap(body, q)) q.args.forEach(visit)
    else found.set(v, body.sizeOf(v))
  }
  values.forEach(visit)
  return found
}
/** Whether a value is computed again rather than stored: a view of no more numbers, or a little arithmetic on rows. */
const isCheap = (b: Body, q: Equation): boolean => {
  const { isKernel, isView, flops } = b.work(q)
  const size = b.sizeOf(q.first)
  if (isView) return q.args.every((a) => b.kinds[a] !== 'carried' || b.sizeOf(a) <= size)
  return isKernel && b.kinds[q.first] === 'row' && flops <= 4 * size
}
/** The values that are computed after the loop, besides sums: outputs of the loop, and operands of the sums. */
const wantedOf = (l: Loop, { equations, totals }: Leaving): readonly number[] => {
  const outs = new Set([...equations].flatMap(outsIn))
  const { carries } = l.scan.attrs
  const ys = l.body.program.outputs.filter((v, k) => k >= carries && l.placed.read[k] && outs.has(v))
  return [...new Set([...ys, ...totals.flatMap((t) => operandsOf(t.sum))])]
}
const estimateOf = (l: Loop, leaving: Leaving): Exchange => {
  const { body, placed, scan } = l
  const wanted = wantedOf(l, leaving)
  const stores = [...storesFor(l, leaving.equations, wanted).values()].reduce((n, x) => n + x, 0)
  const outputs = new Set(body.program.outputs.filter((_, k) => k >= scan.attrs.carries && placed.read[k]))
  // an equation that a sum has taken in is not computed for each step
  const computed = readsBetween(body.program, new Set(), wanted)
  const inner = [...leaving.equations]
    .filter((q) => computed.has(q.first) && !body.work(q).isView && !outputs.has(q.first))
    .reduce((n, q) => n + body.sizeOf(q.first), 0)
  const reads = [...leaving.equations].reduce((n, q) => n + rereads(body, q), 0)
  const carried = leaving.totals.reduce((n, t) => n + 2 * body.sizeOf(t.carry), 0)
  const shown = wanted.filter((v) => !isStored(l, v)).reduce((n, v) => n + body.sizeOf(v), 0)
  return { saved: reads + carried, stacked: stores + inner, shown }
}

/** Roots one after the other, each with what depends on it, where that is worth it. */
const leavingOf = (l: Loop): Leaving => {
  const { body, placed, scan } = l
  const totals = totalsOf(l)
  const among = optional(l, totals)
  const reachable = new Set(among)
  let all: Leaving = { equations: new Set(), totals: [] }
  const attempt = (equations: readonly Equation[], more: readonly Total[]): void => {
    if (!equations.every((q) => body.work(q).isKernel && reachable.has(q))) return
    const next = {
      equations: new Set([...all.equations, ...equations]),
      totals: [...new Set([...all.totals, ...more])],
    }
    if (isWorth(estimateOf(l, all), estimateOf(l, next), scan.attrs.length, placed.held)) all = next
  }
  for (const q of among) {
    if (all.equations.has(q) || rereads(body, q) === 0) continue
    const found = withDependents(among, q)
    const outs = new Set(found.flatMap(outsIn))
    attempt(
      found,
      totals.filter((t) => outs.has(t.term)),
    )
  }
  for (const t of totals) {
    if (all.totals.includes(t)) continue
    attempt(takenIn(body, t.sum), [t])
  }
  return all
}
/** The equations that a sum computes itself. */
const takenIn = (b: Body, s: Sum): readonly Equation[] => (s._tag === 'Moved' ? [s.by, ...takenIn(b, s.of)] : [])

// -- the loop without it ----------------------------------------------------------------------------------------------

const rewriteScan = (l: Loop): ReturnType<LoopLaw['rewrite']> => {
  const { scan, placed } = l
  const leaving = scan.attrs.length > 1 ? leavingOf(l) : { equations: new Set<Equation>(), totals: [] }
  if (leaving.equations.size + leaving.totals.length === 0) return undefined
  const { outputs } = scan.body
  const n = scan.attrs.carries
  const { carries, rows, constants } = inputsOf(scan)
  const gone = new Set(leaving.totals.map((t) => t.carry))
  const kept = carries.filter((k) => !gone.has(k))
  const left = new Set([...leaving.equations].flatMap(outsIn))
  const wanted = wantedOf(l, leaving)
  const stored = [...storesFor(l, leaving.equations, wanted).keys()].filter((v) => !carries.includes(v))
  const ys = [...new Set([...outputs.filter((v, k) => k >= n && placed.read[k] && !left.has(v)), ...stored])]
  const loop = cut(scan.body, [...kept, ...rows, ...constants], [...at(outputs, kept), ...ys])
  const given = [...kept, ...rows.filter((v) => !ys.includes(v)), ...ys]
  const mapped = [...given.map(() => true), ...constants.map(() => false)]
  const rest = vmapClosed(scan.attrs.length, cut(scan.body, [...given, ...constants], wanted), mapped)
  return (args) => {
    const [c, x, k] = parts(args, n, rows.length)
    const outs = runScan(scan, loop, at(c, kept), x, k)
    const [last, stacks, incoming] = parts(outs, kept.length, ys.length, kept.length)
    const known = new Map([
      ...rows.map((v, i) => [v, nth(x, i)] as const),
      ...kept.map((v, i) => [v, nth(incoming, i)] as const),
      ...ys.map((v, i) => [v, nth(stacks, i)] as const),
    ])
    const found = inline(rest, [...given.map((v) => known.get(v) as Expr), ...k])
    const every = new Map<number, Expr>([...known, ...wanted.map((v, i) => [v, nth(found, i)] as const)])
    const totals = new Map<number, Maybe>(
      leaving.totals.map((t) => [t.carry, summed(t.sum, (v) => every.get(v) as Expr, scan.attrs.reverse)]),
    )
    const final = new Map(kept.map((v, i) => [v, nth(last, i)] as const))
    return [
      ...carries.map((v) => final.get(v) ?? totals.get(v)),
      ...outputs.slice(n).map((v) => every.get(v)),
      ...carries.map((v) => (gone.has(v) ? undefined : known.get(v))),
    ]
  }
}
export const resultsLeave: LoopLaw = {
  law: 'what no next step of a loop needs is computed for all steps at once',
  rewrite: (placed) => (isScan(placed.equation) ? rewriteScan(loopOf(placed)) : undefined),
}
