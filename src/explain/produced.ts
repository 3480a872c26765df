/**
 * Which equations of a result each step added: those that its expressions need and that no earlier step claimed.
 */
import type { Closed } from '../../lang/syntax/closed.ts'

interface Claims {
  /** Claims all equations that these values need; returns those that were not claimed before, in order. */
  readonly claim: (values: readonly (number | undefined)[]) => readonly number[]
}
export const claims = (p: Closed): Claims => {
  const equationOf: number[] = []
  p.equations.forEach((q, k) => {
    q.outs.forEach((_, o) => {
      equationOf[q.first + o] = k
    })
  })
  const taken = new Set<number>()
  return {
    claim: (values) => {
      const fresh: number[] = []
      const stack = values.filter((v) => v !== undefined)
      for (let v = stack.pop(); v !== undefined; v = stack.pop()) {
        const k = equationOf[v]
        const q = k === undefined ? undefined : p.equations[k]
        if (k === undefined || q === undefined || taken.has(k)) continue
        taken.add(k)
        fresh.push(k)
        stack.push(...q.args)
      }
      return fresh.sort((a, b) => a - b)
    },
  }
}
