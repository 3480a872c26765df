/** What nothing reads is not computed, and what a loop only passes on does not go through it. */
import { repeat } from '../../../../lang/primitives/broadcast.ts'
import { parts } from '../../../../lang/primitives/scan.ts'
import { at, inline } from '../../../../lang/syntax/closed.ts'
import { nth } from '../../../../lang/syntax/list.ts'
import { cut, readsBetween } from './cut.ts'
import { inputsOf, type LoopInPlace, type LoopLaw, runScan, scanBody } from './law.ts'
import { isScan, type ScanEquation, scanOf } from './scanEquation.ts'

/** The carries that something depends on: what is read of them, and what is read of other outputs that they change. */
const liveCarries = ({ body, carries }: ScanEquation, { read }: LoopInPlace): ReadonlySet<number> => {
  const n = carries.length
  const { outputs } = body
  const ys = outputs.filter((_, k) => k >= n && read[k])
  const live = new Set([...carries.keys()].filter((k) => read[k] || read[outputs.length + k]))
  for (let before = -1; before < live.size; ) {
    before = live.size
    const needed = readsBetween(body, new Set(), [...at(outputs, [...live]), ...ys])
    for (let k = 0; k < n; k++) if (needed.has(k)) live.add(k)
  }
  return live
}
const rewriteScan = (s: ScanEquation, placed: LoopInPlace): ReturnType<LoopLaw['rewrite']> => {
  const { outputs } = s.body
  const b = scanBody(s)
  const { carries, rows, constants } = inputsOf(s)
  const live = liveCarries(s, placed)
  const fixed = carries.filter((k) => outputs[k] === k)
  const kept = carries.filter((k) => live.has(k) && !fixed.includes(k))
  const read = outputs.map((_, k) => k >= carries.length && placed.read[k] === true)
  const isFixed = (v: number): boolean => b.kinds[v] === 'free' || b.kinds[v] === 'constant' || fixed.includes(v)
  const passed = (v: number): boolean => rows.includes(v) || isFixed(v)
  const ys = [...new Set(outputs.filter((v, k) => read[k] && !passed(v)))]
  const needed = readsBetween(s.body, new Set(), [...at(outputs, kept), ...ys])
  const used = (vs: readonly number[]): readonly number[] => vs.filter((v) => needed.has(v))
  const [x, k] = [used(rows), used([...fixed, ...constants])]
  const size = kept.length + ys.length + x.length + k.length
  const before = outputs.length + rows.length + constants.length
  if (size === before && kept.length === carries.length) return undefined
  const body = cut(s.body, [...kept, ...x, ...k], [...at(outputs, kept), ...ys])
  const still = [...new Set(outputs.filter((v, i) => read[i] && isFixed(v)))]
  const constant = cut(s.body, [...fixed, ...constants], still)
  return (args) => {
    const [first] = parts(args, carries.length)
    const outs = runScan(s, body, at(first, kept), at(args, x), at(args, k))
    const [last, stacks, incoming] = parts(outs, kept.length, ys.length)
    const once = inline(constant, at(args, [...fixed, ...constants]))
    const stacked = new Map([
      ...rows.map((v) => [v, nth(args, v)] as const),
      ...ys.map((v, i) => [v, nth(stacks, i)] as const),
      ...still.map((v, i) => [v, repeat(s.attrs.length, nth(once, i))] as const),
    ])
    return [
      ...carries.map((v) => (fixed.includes(v) ? first[v] : last[kept.indexOf(v)])),
      ...outputs.slice(carries.length).map((v) => stacked.get(v)),
      ...carries.map((v) => (fixed.includes(v) ? repeat(s.attrs.length, nth(first, v)) : incoming[kept.indexOf(v)])),
    ]
  }
}
export const unreadLeaves: LoopLaw = {
  law: 'what a loop only passes on does not go through it',
  rewrite: (placed) => (isScan(placed.equation) ? rewriteScan(scanOf(placed.equation), placed) : undefined),
}
