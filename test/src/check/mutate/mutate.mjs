/** `npm run mutate -- --each N`: wrong rules planted one by one, and how many the gradient check finds. */
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { SingleBar } from 'cli-progress'
import { runnerImport } from 'vite'

const { values } = parseArgs({ options: { each: { type: 'string', default: '2' }, op: { type: 'string' } } })
const file = fileURLToPath(new URL('./campaign.ts', import.meta.url))
const { module } = await runnerImport(file, { configFile: false, logLevel: 'error' })

const list = module.mutants(Number(values.each)).filter((m) => values.op === undefined || m.op === values.op)
const bar = new SingleBar({
  format: '{bar} {value}/{total} wrong rules, {eta_formatted} left',
  clearOnComplete: true,
  fps: 2,
  noTTYOutput: true,
  notTTYSchedule: 20000,
})
bar.start(list.length, 0)
const began = performance.now()
const outcomes = []
for (const m of list) {
  outcomes.push(module.judge(m))
  bar.increment()
  await new Promise(setImmediate)
}
bar.stop()
console.table(Object.fromEntries(module.tabulate(outcomes).map(({ kind, ...row }) => [kind, row])))
const of = (fate) => outcomes.filter((o) => o.fate === fate)
for (const fate of ['missed', 'undecided', 'equivalent'])
  for (const o of of(fate)) console.log(`${fate}: ${module.describe(o)}`)
const found = of('found')
for (const o of found.filter((f) => !f.located)) console.log(`found elsewhere: ${module.describe(o)}`)
const located = found.filter((o) => o.located).length
console.log(
  `${list.length} wrong rules in ${((performance.now() - began) / 1000).toFixed(0)} s: ${found.length} found, ${of('refused').length} refused, ${of('equivalent').length} equivalent, ${of('undecided').length} undecided, ${of('missed').length} missed; suspected equation right in ${located} of ${found.length}`,
)
process.exitCode = of('missed').length === 0 ? 0 : 1
