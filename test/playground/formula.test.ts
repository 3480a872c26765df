/** The formula room, used as a person would. */
import fc from 'fast-check'
import { afterEach, describe, expect, test } from 'vitest'
import { evaluate, gradOrThrow, parseFormulaOrThrow } from '../../src/index.ts'
import { numberOf, type Opened, open, until } from './open.ts'

let opened: Opened
afterEach(async () => {
  expect(opened.errors).toEqual([])
  await opened.close()
})
const write = async (text: string): Promise<void> => {
  await opened.page.locator('.cm-content').click()
  await opened.page.keyboard.press('ControlOrMeta+a')
  await opened.page.keyboard.press('Delete')
  await opened.page.keyboard.insertText(text)
}
/** Value and gradient by the reference, at numbers. */
const truth = (text: string, at: readonly number[]) => {
  const f = parseFormulaOrThrow(text)
  const point = at.map((x) => Float64Array.of(x))
  const [value] = evaluate(f.closed, point)
  const gradient = evaluate(gradOrThrow(f as never).closed, point)
  return { value: value?.[0] as number, gradient: gradient.map((g) => g[0] as number) }
}
const shown = async (selector: string): Promise<number> => numberOf(await opened.page.locator(selector).innerText())

test('a formula that is typed has the value and the derivatives of the reference', async () => {
  opened = await open('#/formula?at=0.7,-0.4,1.3')
  await write('exp(-u^2) * cos(3*u*v) + w')
  const { value, gradient } = truth('exp(-u^2) * cos(3*u*v) + w', [0.7, -0.4, 1.3])
  await until(opened.page, '[data-test=value]', (t) => Math.abs(numberOf(t.slice(3)) - value) < 1e-5)
  for (const [k, name] of ['u', 'v', 'w'].entries()) {
    expect(await shown(`[data-derivative=${name}]`)).toBeCloseTo(gradient[k] as number, 4)
    expect(await shown(`[data-difference=${name}]`)).toBeCloseTo(gradient[k] as number, 4)
  }
})
test('what is wrong is shown at the caret', async () => {
  opened = await open('#/formula')
  await write('x * sine(x)')
  const fault = await until(opened.page, '[data-test=fault]', (t) => t.includes('sine'))
  const [says = '', line = '', caret = ''] = fault.split('\n')
  expect(says).toContain('did you mean sin?')
  expect(line.slice(caret.indexOf('^'))).toBe('sine(x)')
  await opened.page.locator('.cm-lintRange-error').first().waitFor()
  expect(await opened.page.locator('.cm-lintRange-error').first().innerText()).toBe('sine')
  await opened.page.locator('.cm-content').click()
  await opened.page.keyboard.press('End')
  await opened.page.keyboard.insertText(' +')
  await until(opened.page, '[data-test=fault]', (t) => t.includes('expected'))
  await write('x * sin(x)')
  await until(opened.page, '[data-test=fault]', (t) => t.trim() === '')
})
test('in French, in French', async () => {
  opened = await open('#/formula?lang=fr')
  await write('x * sine(x)')
  const fault = await until(opened.page, '[data-test=fault]', (t) => t.includes('sine'))
  expect(fault).toMatch(/^ligne 1, colonne 5.: aucune fonction ne s’appelle sine.; vouliez-vous dire sin.\?/)
  await write('x +')
  await until(opened.page, '[data-test=fault]', (t) => /attendu.: une formule.; trouvé.: la fin/.test(t))
  await write('select(x, 1, 2)')
  const types = await until(opened.page, '[data-test=fault]', (t) => t.includes('select'))
  expect(types).toMatch(/éléments de type real, real, real.; attendu.: bool, real, real/)
  expect(types).toContain('essayez  convertissez')
  await write('x < y')
  await until(opened.page, '[data-test=fault]', (t) => /un gradient demande un seul nombre réel/.test(t))
})
test('what stays below a formula that cannot be read says whose it is', async () => {
  opened = await open('#/formula?f=x*y')
  await write('x * (y')
  const note = await until(opened.page, '[data-test=stale]', (t) => t !== '')
  expect(note).toContain('x*y')
  await write('x * (y)')
  await opened.page.locator('[data-test=stale]').waitFor({ state: 'detached' })
})
test('where f is not a number the page says so, and draws nothing', async () => {
  opened = await open('#/formula?f=log(x)&at=-1')
  await opened.page.getByText('f is not a number at this point').waitFor()
  await opened.page.getByText('There is no polynomial to draw').waitFor()
  expect(await opened.page.locator('.taylor canvas').count()).toBe(0)
})
test('a narrow page follows the step along the graph', async () => {
  opened = await open('#/formula?f=tanh(sin(exp(x*y)))', { viewport: { width: 360, height: 780 } })
  const graph = opened.page.locator('section.graph')
  const at = (): Promise<number> => graph.evaluate((e) => e.scrollLeft)
  expect(await at()).toBe(0)
  await opened.page.getByRole('button', { name: 'Next step' }).click()
  // the first step backwards is the last operation, at the far end
  await expect.poll(at).toBeGreaterThan(100)
})
test('dragging an input moves the value, the derivative and the finite difference', async () => {
  opened = await open('#/formula?f=x*sin(x*y)&at=1.2,0.5')
  const slider = opened.page.locator('.inputs input').first()
  const box = await slider.boundingBox()
  if (box === null) throw new Error('the slider is not shown')
  const y = box.y + box.height / 2
  await opened.page.mouse.move(box.x + box.width * 0.65, y)
  await opened.page.mouse.down()
  await opened.page.mouse.move(box.x + box.width * 0.3, y, { steps: 12 })
  await opened.page.mouse.up()
  const x = await shown('[data-input=x]')
  expect(x).toBeLessThan(0)
  const { value, gradient } = truth('x*sin(x*y)', [x, 0.5])
  await until(opened.page, '[data-test=value]', (t) => Math.abs(numberOf(t.slice(3)) - value) < 1e-5)
  expect(await shown('[data-derivative=x]')).toBeCloseTo(gradient[0] as number, 4)
  expect(await shown('[data-difference=x]')).toBeCloseTo(gradient[0] as number, 4)
})
test('a slider steps through both derivations; the numbers appear as they are found', async () => {
  opened = await open('#/formula?f=x*sin(x*y)&at=1.2,0.5')
  const { page } = opened
  const cotangents = async (): Promise<number> =>
    (await page.locator('.box text.cotangent').allTextContents()).filter((t) => t !== '·').length
  expect(await cotangents()).toBe(1)
  await page.getByRole('button', { name: 'Next step' }).click()
  expect(await page.locator('[aria-current=step]').count()).toBe(2)
  expect(await page.locator('[data-test=forward] [aria-current=step]').innerText()).toContain('product rule')
  await page.locator('.walk input').focus()
  await page.keyboard.press('End')
  await until(page, '[data-test=reverse] [aria-current=step]', (t) => t.includes('finite difference'))
  expect(await cotangents()).toBe(5)
  const { gradient } = truth('x*sin(x*y)', [1.2, 0.5])
  const found = await page.locator('[data-test=reverse] [aria-current=step] .found .cotangent').allInnerTexts()
  expect(found.map(numberOf)).toEqual(gradient.map((g) => expect.closeTo(g, 4)))
  await page.getByRole('button', { name: 'Forward mode', exact: true }).last().click()
  const texts = await page.locator('.box text.tangent').allTextContents()
  expect(numberOf(texts.at(-1) as string)).toBeCloseTo(gradient[0] as number, 3)
})
test('the numbers on the edges are local derivatives', async () => {
  opened = await open('#/formula?f=x*sin(x*y)&at=1.2,0.5')
  const partials = (await opened.page.locator('.edge text').allTextContents()).map(numberOf)
  const expected = [0.5, 1.2, Math.cos(0.6), Math.sin(0.6), 1.2]
  expect(partials.toSorted((a, b) => a - b)).toEqual(
    expected.toSorted((a, b) => a - b).map((v) => expect.closeTo(v, 2)),
  )
})

describe('any text', () => {
  const atom = fc.constantFrom('x', 'y', 'w', '1', '2.5', '1e3', 'pi', 'é', '"a', '𝕏', '\n', '#', '0', '1e999')
  const piece = fc.constantFrom(
    '(',
    ')',
    '+',
    '-',
    '*',
    '/',
    '^',
    ',',
    'sin(',
    'exp(',
    'log(',
    'sum(',
    ' ',
    '[',
    ']',
    '<',
    '&&',
    'let ',
    'in ',
    'fn ',
    '=>',
    '->',
    ';',
    ':',
  )
  const texts = fc.sample(
    fc.array(fc.oneof(atom, piece), { minLength: 0, maxLength: 24 }).map((xs) => xs.join('')),
    { seed: 20, numRuns: 60 },
  )
  test('is reported, and the page keeps working', async () => {
    opened = await open('#/formula')
    await opened.page.locator('.cm-content').click()
    let faults = 0
    for (const text of texts) {
      await opened.page.keyboard.press('ControlOrMeta+a')
      await opened.page.keyboard.insertText(text === '' ? ' ' : text)
      await opened.page.waitForTimeout(15)
      faults += (await opened.page.locator('[data-test=fault] pre').count()) > 0 ? 1 : 0
    }
    expect(faults).toBeGreaterThan(texts.length / 2)
    await write('2*x')
    await until(opened.page, '[data-test=value]', (t) => Number.isFinite(numberOf(t.slice(3))))
    await until(opened.page, '[data-test=fault]', (t) => t.trim() === '')
  })
})
