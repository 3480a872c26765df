/**
 * Values that are overwritten by their last reader. A kernel may overwrite a value of which it reads only the element that
 * it computes. A Scatter may overwrite the array to which it adds rows.
 */
import { isReal } from '../../lang/syntax/shape.ts'
import { partsOf } from '../rewrite/scalars.ts'
import { isOwn, type KernelStep, lastReads, type Plan, type Step, sizeAt, typeOf, writesOf } from './plan.ts'

/** Whether a kernel reads no other element of a value than the one that it computes. */
const readsOwnElement = (p: Plan, s: KernelStep, v: number): boolean => {
  const source = s.reads.indexOf(v)
  // reals may be wider than integers and truth values
  const isAlike = sizeAt(p, v) === sizeAt(p, s.out) && isReal(typeOf(p, v)) === isReal(typeOf(p, s.out))
  return (
    isAlike && [...partsOf(s.body)].every((x) => x._tag !== 'Load' || x.source !== source || isOwn(x.at, s.indices))
  )
}
/** Whether a step may write its result over a value. */
export const mayOverwrite = (p: Plan, s: Step, v: number): boolean =>
  (s._tag === 'Kernel' && readsOwnElement(p, s, v)) ||
  (s._tag === 'Scatter' && s.into !== undefined && s.rows !== v && s.places !== v && sizeAt(p, v) === sizeAt(p, s.out))

/**
 * The values that overwrite an input, because nothing reads it afterwards; by value, the number of that input. The first
 * `carried` outputs are a state, which replaces the first inputs. Rows may be joined into any other input that is written
 * again before the next run: one of the first `rewritten`.
 */
export const updatesInPlace = (
  p: Plan,
  carried: number,
  rewritten: number = p.inputs.length,
): ReadonlyMap<number, number> => {
  const found = new Map<number, number>()
  const last = lastReads(p)
  const writer = new Map(p.steps.flatMap((s, at) => writesOf(s).map((v) => [v, at] as const)))
  const isReadAfter = (v: number, at: number): boolean => (last.get(v) ?? 0) > at
  for (let k = 0; k < carried; k++) {
    const out = p.outputs[k] as number
    const at = writer.get(out) ?? 0
    const step = p.steps[at]
    if (step && writer.has(out) && !found.has(out) && mayOverwrite(p, step, k) && !isReadAfter(k, at)) found.set(out, k)
  }
  p.steps.forEach((s, at) => {
    const k = s._tag === 'Scatter' ? s.into?.value : undefined
    if (s._tag !== 'Scatter' || k === undefined || k < carried || k >= rewritten || found.has(s.out)) return
    if (mayOverwrite(p, s, k) && !isReadAfter(k, at)) found.set(s.out, k)
  })
  return found
}
