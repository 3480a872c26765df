/**
 * What one scan has computed in a step, a later scan over its rows need not compute again: it reads it as one more row.
 * A transposed scan computes the products of the scan that it transposes, at the carries that every step began with.
 */
import { parts } from '../../../../lang/primitives/scan.ts'
import { at, type Closed, closeOver, type Equation, typesOf } from '../../../../lang/syntax/closed.ts'
import { type Expr, node } from '../../../../lang/syntax/expr.ts'
import { nth } from '../../../../lang/syntax/list.ts'
import { keyOf } from '../../../../lang/syntax/plain.ts'
import { sizeOf } from '../../../../lang/syntax/shape.ts'
import { type Body, outsIn, rereads } from './body.ts'
import { cut, readsBetween } from './cut.ts'
import { holdsMore, inputsOf, runScan, scanBody } from './law.ts'
import { isScan, type ScanEquation, scanOf } from './scanEquation.ts'

/** Two scans, and which values of the second body are which of the first. */
interface Sharing {
  readonly first: ScanEquation
  readonly second: ScanEquation
  readonly values: readonly (readonly [second: number, first: number])[]
}
const keyAt = (q: Equation, args: readonly number[]): string => `${q.op} ${args.join()} ${keyOf(q.attrs)}`

/** The inputs of the second body that are values of the first in the same step. */
const sameInputs = (a: ScanEquation, b: ScanEquation): readonly (number | undefined)[] => {
  const { carries: n } = a.attrs
  const { outputs } = a.body
  const row = (v: number): number | undefined => {
    const k = v - a.equation.first
    if (k >= n && k < outputs.length) return outputs[k]
    if (k >= outputs.length && k < outputs.length + n) return k - outputs.length
    return a.rows.includes(v) ? n + a.rows.indexOf(v) : undefined
  }
  const constant = (v: number): number | undefined =>
    a.constants.includes(v) ? n + a.rows.length + a.constants.indexOf(v) : undefined
  return [...b.carries.map(() => undefined), ...b.rows.map(row), ...b.constants.map(constant)]
}
/** The same of all values of the second body. */
const sameValues = (a: ScanEquation, b: ScanEquation): readonly (number | undefined)[] => {
  const known = new Map(a.body.equations.map((q) => [keyAt(q, q.args), q.first]))
  const same = [...sameInputs(a, b)]
  for (const q of b.body.equations) {
    const args = at(same, q.args)
    const first = args.every((v) => v !== undefined) ? known.get(keyAt(q, args as readonly number[])) : undefined
    for (const k of q.outs.keys()) same.push(first === undefined ? undefined : first + k)
  }
  return same
}
/** Whether storing a value costs less than computing it again: than what it reads, or than its operations. */
const isDear = (b: Body, q: Equation): boolean => {
  const size = b.sizeOf(q.first)
  return b.kinds[q.first] === 'row' && (rereads(b, q) > 2 * size || b.work(q).flops >= 16 * size)
}

const sharingOf = (p: Closed, first: ScanEquation, second: ScanEquation): Sharing | undefined => {
  const b = scanBody(second)
  const same = sameValues(first, second)
  const dear = new Set(second.body.equations.filter((q) => same[q.first] !== undefined && isDear(b, q)).flatMap(outsIn))
  const read = readsBetween(second.body, dear, second.body.outputs)
  const values = [...dear].filter((v) => read.has(v)).map((v) => [v, nth(same, v) as number] as const)
  const stored = values.reduce((n, [v]) => n + b.sizeOf(v), 0)
  const sizes = typesOf(p).map((t) => sizeOf(t.shape))
  const held = [...new Set([...first.equation.args, ...second.equation.args])].reduce((n, v) => n + nth(sizes, v), 0)
  return values.length === 0 || holdsMore(stored, first.attrs.length, held) ? undefined : { first, second, values }
}
const findSharing = (p: Closed): Sharing | undefined => {
  const scans = p.equations.filter(isScan).map(scanOf)
  for (const [k, second] of scans.entries())
    for (const first of scans.slice(0, k)) {
      const reads = second.rows.some((v) => outsIn(first.equation).includes(v))
      const found = reads && first.attrs.length === second.attrs.length ? sharingOf(p, first, second) : undefined
      if (found !== undefined) return found
    }
  return undefined
}

const share = (p: Closed, { first, second, values }: Sharing): Closed => {
  const [a, b] = [inputsOf(first), inputsOf(second)]
  const [inSecond, inFirst] = [values.map(([v]) => v), values.map(([, v]) => v)]
  const more = cut(
    first.body,
    first.body.inputs.map((_, k) => k),
    [...first.body.outputs, ...inFirst],
  )
  const less = cut(second.body, [...b.carries, ...b.rows, ...inSecond, ...b.constants], second.body.outputs)
  return closeOver(p.inputs, (inputs) => {
    const v: Expr[] = [...inputs]
    let stacks: readonly Expr[] = []
    for (const q of p.equations) {
      const args = at(v, q.args)
      if (q === first.equation) {
        const [c, x, k] = parts(args, a.carries.length, a.rows.length)
        const [own, shared, incoming] = parts(runScan(first, more, c, x, k), first.body.outputs.length, inFirst.length)
        stacks = shared
        v.push(...own, ...incoming)
      } else if (q === second.equation) {
        const [c, x, k] = parts(args, b.carries.length, b.rows.length)
        v.push(...runScan(second, less, c, [...x, ...stacks], k))
      } else v.push(...node(q.op, q.attrs, args, q.outs))
    }
    return at(v, p.outputs)
  })
}
/** Law: evaluate(shareScans(p)) = evaluate(p), bit for bit. */
export const shareScans = (p: Closed): Closed => {
  const sharing = findSharing(p)
  return sharing === undefined ? p : shareScans(share(p, sharing))
}
export const sharedSteps = 'what one loop has computed, another over its rows reads'
