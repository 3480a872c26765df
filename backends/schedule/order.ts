/**
 * The order of steps. Equations come in the order of the program, where the gradient of a weight may stand long after the
 * numbers that it needs. A step that frees more memory than it takes runs as soon as it can.
 */
import { memoryOf } from './memory.ts'
import { mayOverwrite } from './overwrite.ts'
import { type Plan, readsOf, type Step, sizeAt, writesOf } from './plan.ts'

/** The outputs that may take the place of an input, as the next state of a training step does. */
const replacing = (p: Plan): ReadonlySet<number> => {
  const outputs = new Set(p.outputs)
  const replaces = (s: Step): boolean =>
    writesOf(s).some((v) => outputs.has(v)) && readsOf(s).some((v) => v < p.inputs.length && mayOverwrite(p, s, v))
  return new Set(p.steps.filter(replaces).flatMap(writesOf))
}
/**
 * For every step those that it must wait for: the writers of what it reads, and the earlier readers of an input whose place
 * its result may take.
 */
const waitsOf = (p: Plan, replaced: ReadonlySet<number>): readonly ReadonlySet<number>[] => {
  const writer = new Map<number, number>()
  const readers = new Map<number, number[]>()
  return p.steps.map((s, k) => {
    const waits = new Set<number>()
    const replaces = writesOf(s).some((v) => replaced.has(v))
    for (const v of readsOf(s)) {
      const from = writer.get(v)
      if (from !== undefined) waits.add(from)
      const before = readers.get(v) ?? []
      readers.set(v, before)
      if (from === undefined && replaces) for (const r of before) waits.add(r)
      before.push(k)
    }
    for (const v of writesOf(s)) writer.set(v, k)
    return waits
  })
}
const inverse = (waits: readonly ReadonlySet<number>[]): readonly (readonly number[])[] => {
  const found: number[][] = waits.map(() => [])
  waits.forEach((w, k) => {
    for (const before of w) found[before]?.push(k)
  })
  return found
}
/** The steps in their order, but those that free memory as early as they can. */
const eager = (p: Plan, replaced: ReadonlySet<number>): readonly Step[] => {
  const waits = waitsOf(p, replaced)
  const followers = inverse(waits)
  const missing = waits.map((w) => w.size)
  /** The steps, and the caller, that have yet to read a value that a step has written. */
  const left = new Map<number, Set<number>>(p.steps.flatMap(writesOf).map((v) => [v, new Set()]))
  p.steps.forEach((s, k) => {
    for (const v of readsOf(s)) left.get(v)?.add(k)
  })
  for (const v of p.outputs) left.get(v)?.add(p.steps.length)
  const frees = (k: number): boolean => {
    const s = p.steps[k] as Step
    const taken = writesOf(s).reduce((n, v) => n + (replaced.has(v) ? 0 : sizeAt(p, v)), 0)
    const freed = readsOf(s).reduce((n, v) => n + (left.get(v)?.size === 1 ? sizeAt(p, v) : 0), 0)
    return freed > taken
  }
  const done = new Set<number>()
  const ordered: Step[] = []
  const run = (first: number): void => {
    const stack = [first]
    for (let k = stack.pop(); k !== undefined; k = stack.pop()) {
      if (done.has(k) || (k !== first && !frees(k))) continue
      const s = p.steps[k] as Step
      done.add(k)
      ordered.push(s)
      const next = new Set<number>()
      for (const f of followers[k] ?? []) {
        missing[f] = (missing[f] as number) - 1
        next.add(f)
      }
      for (const v of readsOf(s)) {
        const readers = left.get(v)
        readers?.delete(k)
        if (readers?.size === 1) for (const r of readers) next.add(r)
      }
      stack.push(...[...next].filter((n) => missing[n] === 0).reverse())
    }
  }
  p.steps.forEach((_, k) => {
    if (!done.has(k)) run(k)
  })
  return ordered
}
/** The plan with its steps in an order that needs less memory; the plan itself where there is none. */
export const inOrder = (p: Plan): Plan => {
  const replaced = replacing(p)
  const found = { ...p, steps: eager(p, replaced) }
  return memoryOf(found, replaced).extent < memoryOf(p, replaced).extent ? found : p
}
