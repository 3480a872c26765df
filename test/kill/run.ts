/** npm run kill -- [--kills 50] [--seed 1]: runs on both back ends, killed and resumed, until so many kills are counted. */
import { parseArgs } from 'node:util'
import { killRun } from './campaign.ts'

const main = async (argv: readonly string[]): Promise<number> => {
  const { values } = parseArgs({
    args: [...argv],
    options: { kills: { type: 'string', default: '50' }, seed: { type: 'string', default: '1' } },
  })
  const wanted = Number(values.kills)
  if (!Number.isInteger(wanted) || wanted < 1) throw new Error('--kills: a whole number, at least 1')
  let [kills, torn, wrong] = [0, 0, 0]
  for (let run = 0; kills < wanted; run++) {
    const backend = run % 2 === 0 ? 'wasm' : 'reference'
    const k = await killRun(Number(values.seed) + run, backend, Math.min(10, wanted - kills), 400)
    const same = k.found === k.expected
    kills += k.kills
    torn += k.torn
    if (!same) wrong += 1
    console.log(`run ${run + 1} on ${backend}: ${k.kills} kills, ${same ? 'the same bits' : `OTHER BITS ${k.found}`}`)
    if (k.kills === 0) throw new Error('a run was over before it could be killed: it is too short')
  }
  console.log(`${kills} kills, ${torn} of them while a checkpoint was being written; ${wrong} runs with other bits`)
  return wrong === 0 ? 0 : 1
}
export const exitCode = await main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error)
  return 2
})
