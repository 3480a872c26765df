/** Random programs, whose derivatives are right: an alarm is a false one. */
import * as fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import { expect, test } from 'vitest'
import { orThrow } from '../../../lang/error.ts'
import { checkGradients, showReport } from '../../../src/check/index.ts'
import { arbitraryProgram } from '../../arbitrary/program.ts'

const runs = Number(process.env.RUNS ?? 3)
test('no alarm on random programs', () => {
  const verdicts = new Map<string, number>()
  const t0 = performance.now()
  const cpu0 = process.cpuUsage()
  let slowest = 0
  for (const [k, p] of fc
    .sample(arbitraryProgram(), { numRuns: runs, seed: Number(process.env.SEED ?? 7) })
    .entries()) {
    const t = performance.now()
    const made = checkGradients(p, { seed: k, range: [-0.95, 0.95], samples: 1 })
    if (E.isLeft(made)) {
      verdicts.set('left', (verdicts.get('left') ?? 0) + 1)
      continue
    }
    const r = made.right
    if (performance.now() - t > 500)
      console.log('slow', k, performance.now() - t, p.closed.equations.length, r.verdict, r.kinks, r.blanks)
    slowest = Math.max(slowest, performance.now() - t)
    verdicts.set(r.verdict, (verdicts.get(r.verdict) ?? 0) + 1)
    if (r.verdict === 'wrong') console.log(k, showReport(r))
  }
  console.log('cpu ms', process.cpuUsage(cpu0).user / 1000, verdicts, performance.now() - t0, slowest)
  expect(verdicts.get('wrong') ?? 0).toBe(0)
}, 600000)
