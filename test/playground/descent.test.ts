/** The descent room, used as a person would. */
import { afterEach, expect, test } from 'vitest'
import { numberOf, type Opened, open, until } from './open.ts'

let opened: Opened
afterEach(async () => {
  expect(opened.errors).toEqual([])
  await opened.close()
})
const value = '[data-value=sgd]'
/** f = x^2 + 4 y^2 - x y after k steps, by hand. */
const byHand = (rate: number, k: number, x: number, y: number): number => {
  let [a, b] = [x, y]
  for (let i = 0; i < k; i++) [a, b] = [a - rate * (2 * a - b), b - rate * (8 * b - a)]
  return a * a + 4 * b * b - a * b
}

test('the lecture’s two step sizes: one converges, one does not', async () => {
  opened = await open('#/descent')
  const { page } = opened
  await page.getByRole('button', { name: /0\.5/ }).click()
  await until(page, value, (t) => t === 'diverged')
  await page.getByRole('button', { name: /0\.125/ }).click()
  const text = await until(page, value, (t) => Number.isFinite(numberOf(t)))
  const expected = byHand(0.125, 40, 2.5, 1.5)
  expect(Math.abs(numberOf(text) / expected - 1)).toBeLessThan(0.02)
  expect(await page.locator('.path').count()).toBe(1)
})
test('a click chooses the start of every path', async () => {
  opened = await open('#/descent?step=3')
  const { page } = opened
  await until(page, value, (t) => Number.isFinite(numberOf(t)))
  expect(await page.locator('.path').count()).toBe(8)
  const map = page.locator('[data-test=map]')
  const box = await map.boundingBox()
  if (box === null) throw new Error('the map is not shown')
  await map.click({ position: { x: box.width * 0.2, y: box.height * 0.3 } })
  const [x, y] = [-3 + 6 * 0.2, 3 - 6 * 0.3]
  const expected = byHand(0.125, 3, x, y)
  await until(page, value, (t) => Math.abs(numberOf(t) - expected) < 0.03)
  await expect.poll(() => page.evaluate('location.hash')).toMatch(/x=-1\.(79|80?|81)/)
})
test('the optimisers descend; the shown step can be changed', async () => {
  opened = await open('#/descent?step=0')
  const { page } = opened
  await until(page, value, (t) => Number.isFinite(numberOf(t)))
  const all = async () => (await page.locator('.optimisers td').allInnerTexts()).map(numberOf)
  const before = await all()
  await page.getByRole('button', { name: 'Walk' }).click()
  await page.waitForTimeout(1500)
  await page.getByRole('button', { name: 'Halt' }).click()
  const after = await all()
  expect(after).toHaveLength(8)
  for (const [k, v] of after.entries()) expect(v).toBeLessThan(before[k] as number)
})
test('any surface can be typed; what it must not be is reported', async () => {
  opened = await open('#/descent')
  const { page } = opened
  const box = page.getByLabel('f(x, y) =')
  await box.fill('x^2 + y^2 + z')
  await page.getByText('z is not defined').waitFor()
  await box.fill('x^2 + + )')
  await page.getByText('line 1, column').waitFor()
  await box.fill('x < y')
  await page.getByText('a gradient needs one real number').waitFor()
  await box.fill('(x - 1)^2 + 3*(y + 1)^2')
  await expect.poll(() => page.locator('.formula-text').getAttribute('aria-invalid')).toBe('false')
  await page.locator('.walk input').focus()
  await page.keyboard.press('End')
  await until(page, value, (t) => numberOf(t) < 1e-4)
})
