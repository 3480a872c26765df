/** Timing: warm up, then time steps one by one, at least ten, for BENCH_SECONDS; then profile as long, where asked to. */
import { type Line, profiled } from './profile.ts'

export const seconds = Number(process.env.BENCH_SECONDS ?? 5)
export const median = (xs: readonly number[]): number => {
  const s = [...xs].sort((a, b) => a - b),
    n = s.length
  return n % 2 ? (s[(n - 1) / 2] as number) : ((s[n / 2 - 1] as number) + (s[n / 2] as number)) / 2
}
type Step = () => unknown
export interface Times {
  readonly times: readonly number[]
  /** Processor milliseconds per step: what a crowded machine cannot stretch. */
  readonly cpu: number
  /** Where the time goes, when BENCH_PROFILE is set. */
  readonly profile?: readonly Line[]
}
export const measure = async (step: Step): Promise<Times> => {
  const once = async (): Promise<number> => {
    const start = performance.now(),
      made = step()
    if (made instanceof Promise) await made
    return performance.now() - start
  }
  const warm = performance.now()
  for (let n = 0; n < 3 || (performance.now() - warm < 1000 && n < 2000); n++) await once()
  const times: number[] = [],
    start = performance.now(),
    before = process.cpuUsage()
  while (times.length < 10 || (performance.now() - start < seconds * 1000 && times.length < 20000)) {
    times.push(await once())
    if (times.length >= 3 && performance.now() - start > 60000) break
  }
  const used = process.cpuUsage(before)
  const cpu = (used.user + used.system) / 1000 / times.length
  return process.env.BENCH_PROFILE ? { times, cpu, profile: await profiled(step, seconds * 1000) } : { times, cpu }
}
