import { test, vi } from 'vitest'
vi.mock('../../../src/check/judge.ts', async (orig) => {
  const m: any = await orig()
  let n0 = 0
  return { ...m, judgeAll: (n: any, s: any, l: any, least: any) => {
    const r = m.judgeAll(n, s, l, least)
    r.forEach((j: any, k: number) => { if (j.finding === 'wrong' && l.steps.length > 12 && n0++ < 3) console.log(k, n[k], JSON.stringify(j), l.steps.map((h: number, i: number) => `${h} ${(l.up[i][k]-l.down[i][k])/2/h} noise ${l.noise[i][k]/h}`).join('\n')) })
    return r
  } }
})
import { checkGradients, showReport } from '../../../src/check/index.ts'
import { add, floor, round, sub,sin, mul, orThrow, programOrThrow, real } from '../../../src/index.ts'
test('dbg', () => {
  const show = (f: any, seed: number) => console.log(showReport(orThrow(checkGradients(programOrThrow(real(3), f) as any, { seed, suspect: false }))).slice(0, 900))
  show((x: any) => sin(mul(x, 1e14)), 1)
  show((x: any) => add(floor(mul(x, 1e12)), round(x)), 1)
})
