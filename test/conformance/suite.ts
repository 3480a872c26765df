/** Case files through a runner: a line per family, the failing cases by name, and the count. */
import { runDerivatives } from './derivatives.ts'
import type { Case, CaseSet } from './format.ts'
import type { Runner } from './runner.ts'
import { runTraining } from './training.ts'

export interface Verdict {
  readonly set: string
  readonly name: string
  readonly family: string
  readonly passed: boolean
  readonly error: number
  /** What was found, group by group, where it failed. */
  readonly failures: readonly string[]
}
export const runCase = async (c: Case, set: string, runner: Runner): Promise<Verdict> => {
  const about = { set, name: c.name, family: c.family }
  try {
    const groups = await (c.op === 'train' ? runTraining(c, runner) : runDerivatives(c, runner))
    const failed = groups.filter((g) => !g.outcome.passed)
    return {
      ...about,
      passed: failed.length === 0,
      error: Math.max(0, ...groups.map((g) => g.outcome.error)),
      failures: failed.map((g) => `${g.name}: ${g.outcome.found ?? ''}`),
    }
  } catch (error) {
    return {
      ...about,
      passed: false,
      error: Number.POSITIVE_INFINITY,
      failures: [error instanceof Error ? error.message : String(error)],
    }
  }
}
export const runSets = async (
  sets: readonly CaseSet[],
  runner: Runner,
  onCase: (v: Verdict) => void,
): Promise<readonly Verdict[]> => {
  const verdicts: Verdict[] = []
  for (const set of sets)
    for (const c of set.cases) {
      const v = await runCase(c, set.name, runner)
      verdicts.push(v)
      onCase(v)
    }
  return verdicts
}

const families = (verdicts: readonly Verdict[]): readonly (readonly [string, readonly Verdict[]])[] => {
  const found = new Map<string, Verdict[]>()
  for (const v of verdicts) found.set(`${v.set} ${v.family}`, [...(found.get(`${v.set} ${v.family}`) ?? []), v])
  return [...found]
}
const passed = (vs: readonly Verdict[]): number => vs.filter((v) => v.passed).length

/** The last line is the count: `N passed, M failed, K skipped`. Nothing is ever skipped. */
export const showVerdicts = (verdicts: readonly Verdict[], runner: string, failuresOnly: boolean): string => {
  const lines = families(verdicts).map(
    ([family, vs]) =>
      `${family.padEnd(28)} ${String(passed(vs)).padStart(4)} / ${String(vs.length).padEnd(4)} worst relative error ${Math.max(...vs.map((v) => v.error)).toExponential(1)}`,
  )
  const failures = verdicts
    .filter((v) => !v.passed)
    .flatMap((v) => [`FAILED ${v.set} ${v.name}`, ...v.failures.map((f) => `       ${f}`)])
  return [
    ...(failuresOnly ? [] : [`back end ${runner}`, ...lines]),
    ...failures,
    `${passed(verdicts)} passed, ${verdicts.length - passed(verdicts)} failed, 0 skipped`,
  ].join('\n')
}
