/** How long a run takes, said before it begins: processes one after the other, each for a known time. */
import { isModel } from './models/list.ts'
import { isOp } from './ops/list.ts'
import type { Participant } from './participants.ts'

type Kind = Participant['kind']
/**
 * Seconds of one process beside its measuring time, of the machine in docs/bench.md: start, data, compiling, warming up,
 * and steps that are longer than the measuring time.
 */
const overhead: { readonly [K in Kind]: { readonly plain: number; readonly op: number; readonly model: number } } = {
  ours: { plain: 2, op: 2, model: 9 },
  javascript: { plain: 4, op: 3, model: 12 },
  native: { plain: 4, op: 5, model: 15 },
}
/** W11 starts this many processes. */
export const coldStarts = (): number => Number(process.env.BENCH_COLD ?? 15)
const one = (workload: string, kind: Kind, seconds: number): number => {
  if (workload === 'W11') return coldStarts() * (kind === 'native' ? 1 : 0.3)
  const { plain, op, model } = overhead[kind]
  return seconds + (isOp(workload) ? op : isModel(workload) ? model : plain)
}
export const secondsFor = (
  workloads: readonly string[],
  kinds: readonly Kind[],
  seconds: number,
  rounds: number,
): number => rounds * workloads.reduce((sum, w) => sum + kinds.reduce((s, k) => s + one(w, k, seconds), 0), 0)
/** `40 s`, `12 min`, `1 h 35 min` */
export const duration = (seconds: number): string => {
  if (seconds < 90) return `${Math.max(1, Math.round(seconds))} s`
  const minutes = Math.round(seconds / 60)
  return minutes < 90 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`
}
