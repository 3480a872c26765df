/** The progress bar: on a terminal it shows loss, metrics, rate and time left; elsewhere nothing. */
import { expect, test } from 'vitest'
import { downloadBar } from '../../../src/cli/download.ts'
import { clock, progress } from '../../../src/report/progress.ts'

const terminal = (isTTY: boolean) => {
  const written: string[] = []
  const stream = {
    isTTY,
    columns: 120,
    write: (s: string) => written.push(s),
    on: () => stream,
    removeListener: () => stream,
  }
  return { stream: stream as never, text: () => written.join('') }
}
const followed = (isTTY: boolean): string => {
  const { stream, text } = terminal(isTTY)
  let now = 0
  const { onStep, onEpoch, onEnd } = progress({ name: 'digits', stream, now: () => now })
  for (let step = 1; step <= 40; step++) {
    now += 50
    onStep({ epoch: step <= 20 ? 1 : 2, step, loss: 9, mean: 1 / step, epochs: 2, stepsPerEpoch: 20 })()
    if (step === 20) onEpoch({ epoch: 1, steps: 20, loss: 0.25, metrics: { accuracy: 0.875 } })()
  }
  onEpoch({ epoch: 2, steps: 40, loss: 0.125, metrics: { accuracy: 0.75 } })()
  onEnd({ epoch: 1, steps: 20, loss: 0.25, metrics: { accuracy: 0.875 } })()
  return text()
}
test('on a terminal', () => {
  const text = followed(true)
  // the first frame, the line of the first epoch, and the first frame after it
  expect(text).toMatch(/digits {2}.* {2}epoch 1\/2 {2}loss 1\.000 {2}20 steps\/s {2}2s left/)
  expect(text).toContain('digits  epoch 1  loss 0.2500  accuracy 0.8750\n')
  expect(text).toMatch(/epoch 2\/2 {2}loss 0\.04762 {2}accuracy 0\.8750 {2}20 steps\/s {2}1s left/)
})
test('the last line is that of the result, whichever epoch it is', () => {
  expect(followed(true)).toMatch(/digits {2}result: epoch 1 {2}loss 0\.2500 {2}accuracy 0\.8750\n$/)
})
test('after an error the bar is gone and lines wrap again', () => {
  const { stream, text } = terminal(true)
  const { onStep, onEnd } = progress({ stream })
  onStep({ epoch: 1, step: 1, loss: 1, mean: 1, epochs: 2, stepsPerEpoch: 20 })()
  onEnd(undefined)()
  expect(text()).toContain('\u001b[?7h')
  expect(text()).not.toContain('result')
})
test('elsewhere it prints nothing', () => expect(followed(false)).toBe(''))
test.each([
  [0.2, '1s'],
  [61, '1m1s'],
  [3725, '1h2m'],
  [Number.POSITIVE_INFINITY, '-'],
])('%d seconds are %s', (seconds, shown) => expect(clock(seconds)).toBe(shown))
test('a download: a line for each file where there is no terminal', () => {
  const { stream, text } = terminal(false)
  const bar = downloadBar(stream)
  for (const bytes of [1e6, 5e6, 9e6]) bar({ file: 'a.gz', bytes, of: 9e6 })()
  expect(text()).toBe('downloaded a.gz, 9.0 MB\n')
})
