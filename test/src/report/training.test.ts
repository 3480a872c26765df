/** The page of a training run: what it was given is on it, and nothing that could be taken for markup. */
import { expect, test } from 'vitest'
import { confusionTable } from '../../../src/report/confusion.ts'
import { trainingPage } from '../../../src/report/training.ts'
import { confusion } from '../../../src/train/index.ts'

const history = [
  { epoch: 1, steps: 10, loss: 0.5, metrics: { accuracy: 0.75 } },
  { epoch: 2, steps: 20, loss: 0.25, metrics: { accuracy: 0.875 } },
]
const m = confusion(2, [0, 0, 1, 1, 1], [0, 1, 1, 1, 0])
const classified = {
  confusion: m,
  names: ['cat', '<dog>'],
  mistakes: [{ index: 1, truth: 0, predicted: 1, confidence: 0.987 }],
  pictures: { pixels: new Float32Array(20).fill(0.5), rows: 2, columns: 2 },
}
const whole = trainingPage({
  title: 'cats & dogs',
  settings: { seed: 1, data: 'mine' },
  history,
  losses: [
    [1, 0.9],
    [2, 0.8],
  ],
  summary: 'dense(4, 2)',
  classified,
})

test('has curves, epochs, confusions, mistakes and the network', () => {
  for (const title of ['Loss', 'Metrics', 'Epochs', 'What is taken for what', 'Worst mistakes', 'The network'])
    expect(whole).toContain(`<h2>${title}</h2>`)
  expect(whole.match(/<svg/g)?.length).toBe(2)
  expect(whole).toContain('60.00 % of the examples held out are right')
  expect(whole).toContain('&lt;dog&gt;, is cat (99 %)')
  expect(whole).toContain('seed 1 · data mine')
})
test('is one file without scripts, and escapes what it is given', () => {
  expect(whole).not.toMatch(/<script|src="http|<dog>/)
  expect(whole).toContain('cats &amp; dogs')
})
test('it shows what it is given', () => {
  const bare = trainingPage({ title: 'x', settings: {}, history: [{ epoch: 1, steps: 1, loss: 1, metrics: {} }] })
  expect(bare).not.toContain('Metrics')
  expect(bare).not.toContain('taken for')
  expect(trainingPage({ title: 'x', settings: {}, history: [] })).toContain('nothing to draw')
})
test('a run of one epoch is a point in the middle', () => {
  const one = trainingPage({ title: 'x', settings: {}, history: history.slice(0, 1) })
  expect(one.match(/<circle/g)?.length).toBe(2)
  expect(one).not.toMatch(/NaN|Infinity/)
})
test('a confusion matrix has a row per class, its counts, and recall, precision and F1', () => {
  const rows = confusionTable(m).match(/<tr>.*?<\/tr>/g) ?? []
  const cells = (row: string | undefined): readonly string[] =>
    [...(row ?? '').matchAll(/>([^<]*)<\/t[dh]>/g)].map((x) => x[1] ?? '')
  expect(rows.length).toBe(3)
  expect(cells(rows[1])).toEqual(['0', '1', '1', '50.0 %', '50.0 %', '50.0 %'])
  expect(cells(rows[2])).toEqual(['1', '1', '2', '66.7 %', '66.7 %', '66.7 %'])
})
