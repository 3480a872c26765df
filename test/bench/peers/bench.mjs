/** What the JavaScript peers share: one workload per process, its numbers, and its line. */
import { checksums, fill, parameters } from '../data.ts'
import { definitionOf, valuesOf } from '../definitions.ts'
import { lineOf, peak } from '../line.ts'
import { measure, median } from '../measure.ts'

/** A workload's start: shaped arrays, [shape, values] each. */
export const startOf = (name) => {
  const d = definitionOf(name)
  const values = parameters(d.parameters)
  const data = valuesOf(d)
  return {
    params: d.parameters.map(([shape], k) => [shape, values[k]]),
    data: d.data.map(([shape], k) => [shape, data[k]]),
    along: d.parameters.map(([shape], k) => [shape, fill(shape, 1, 50 + k)]),
  }
}
const familyOf = (name) => (name.startsWith('W10-') || name === 'W2b512' || name === 'W12' ? 'W2' : name.split('-')[0])

/**
 * `workloads`: by family, (name) -> { loss, gradients, loss10?, gv?, step, note? }, the gradients as flat arrays in the
 * layout of the definitions. W11 answers with its loss alone.
 */
export const bench = async (peer, workloads) => {
  const name = process.argv[2]
  const { loss, gradients, step, note, ...more } = await workloads[familyOf(name)](name)
  if (name === 'W11') {
    console.log(JSON.stringify({ loss, rss: peak() }))
    process.exit()
  }
  const times = await measure(step)
  const gflops = name.startsWith('W7-') ? { gflops: (2 * Number(name.slice(3)) ** 3) / median(times.times) / 1e6 } : {}
  const checks = { loss, ...checksums(gradients), ...more }
  console.log(JSON.stringify(lineOf(peer, name, { times, checks, ...gflops, ...(note && { note }) })))
  process.exit()
}
/** The loss reported by the 11th step, after 10 updates. */
export const after10 = async (step) => {
  let loss = Number.NaN
  for (let k = 0; k < 11; k++) loss = await step()
  return loss
}
