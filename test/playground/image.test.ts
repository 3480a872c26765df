/** The image room, used as a person would. */
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { numberOf, type Opened, open, until } from './open.ts'

let opened: Opened
beforeAll(async () => {
  opened = await open('#/image')
  await until(opened.page, '[data-test=progress]', (t) => /^\d+ steps, (8|9|100)\d* %/.test(t), 150)
  await opened.page
    .getByRole('button', { name: /Pause|Train/ })
    .first()
    .click()
}, 180_000)
afterAll(async () => {
  expect(opened.errors).toEqual([])
  await opened.close()
})

/** Strokes in parts of the paper. */
const draw = async (page: Page, strokes: readonly (readonly (readonly [number, number])[])[]): Promise<void> => {
  await page.getByRole('button', { name: 'Clear' }).click()
  const paper = page.locator('[data-test=paper]')
  await paper.scrollIntoViewIfNeeded()
  const box = await paper.boundingBox()
  if (box === null) throw new Error('the paper is not shown')
  for (const [first, ...rest] of strokes) {
    const at = ([x, y]: readonly [number, number]) => [box.x + x * box.width, box.y + y * box.height] as const
    await page.mouse.move(...at(first as readonly [number, number]))
    await page.mouse.down()
    for (const p of rest) await page.mouse.move(...at(p), { steps: 4 })
    await page.mouse.up()
  }
}
const circle = Array.from({ length: 25 }, (_, k) => {
  const t = (2 * Math.PI * k) / 24
  return [0.5 + 0.22 * Math.sin(t), 0.5 - 0.32 * Math.cos(t)] as const
})

test('it learns in the page', async () => {
  const text = await opened.page.locator('[data-test=progress]').innerText()
  expect(numberOf(text.split(', ')[1] ?? '')).toBeGreaterThanOrEqual(80)
})
test('drawn digits are read', async () => {
  const { page } = opened
  await draw(page, [circle])
  await until(page, '[data-test=answer]', (t) => t.includes('reads 0'), 10)
  await draw(page, [
    [
      [0.52, 0.15],
      [0.48, 0.85],
    ],
  ])
  await until(page, '[data-test=answer]', (t) => t.includes('reads 1'), 10)
})
test('a value of a convolution is the sum of its products and its bias', async () => {
  const { page } = opened
  await page.getByRole('button', { name: 'Example of 8' }).click()
  const map = page.locator('.conv .feature-map').nth(2)
  await map.hover({ position: { x: 30, y: 30 } })
  const text = await until(page, '[data-test=window]', (t) => t.includes('ReLU'))
  const [total = 0, bias = 0, sum = 0, out = 0] = (text.match(/-?\d+(\.\d+)?(e-\d+)?/g) ?? []).map(Number)
  expect(total + bias).toBeCloseTo(sum, 2)
  expect(out).toBeCloseTo(Math.max(0, sum), 2)
  const cells = (await page.locator('.grid3').nth(2).locator('span').allInnerTexts()).map(numberOf)
  expect(cells).toHaveLength(9)
  expect(Math.abs(cells.reduce((a, b) => a + b, 0) - total)).toBeLessThan(0.06)
})
test('examples can be chosen without a pointer, and the link holds the drawing', async () => {
  const { page } = opened
  await draw(page, [circle])
  // the address follows the pen a little later
  await page.waitForTimeout(500)
  expect(await page.evaluate('location.hash')).toMatch(/ink=/)
  const again = await open((await page.evaluate('location.hash')) as string)
  const ink = (p: Page) => p.evaluate("document.querySelector('.small canvas').toDataURL()")
  await expect.poll(async () => (await ink(again.page)) === (await ink(page))).toBe(true)
  await again.close()
  await page.getByRole('button', { name: 'Example of 3' }).focus()
  await page.keyboard.press('Enter')
  await until(page, '[data-test=answer]', (t) => /reads \d/.test(t))
})
