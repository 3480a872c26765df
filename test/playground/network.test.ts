/** The network room, used as a person would. */
import { afterEach, expect, test } from 'vitest'
import { parseOrThrow, print } from '../../src/index.ts'
import { numberOf, type Opened, open, until } from './open.ts'

let opened: Opened
afterEach(async () => {
  expect(opened.errors).toEqual([])
  await opened.close()
})
const number = async (name: string): Promise<number> =>
  numberOf(await opened.page.locator(`[data-test=${name}]`).innerText())
const button = (name: string) => opened.page.getByRole('button', { name, exact: true })

test('the spiral is learned; the time of a frame is printed', async () => {
  opened = await open('#/network?data=spiral&hidden=8,8&features=x,y,sinx,siny&rate=0.02&batch=20')
  const { page } = opened
  await until(page, '[data-test=loss]', (t) => Number.isFinite(numberOf(t)))
  const first = await number('loss')
  const cdp = await page.context().newCDPSession(page)
  await cdp.send('Performance.enable', { timeDomain: 'threadTicks' })
  const busy = async (): Promise<number> =>
    (await cdp.send('Performance.getMetrics')).metrics.find((m) => m.name === 'TaskDuration')?.value ?? Number.NaN
  await button('Train').click()
  await page.waitForTimeout(500)
  await page.evaluate('window.frames_ = 0; (function f() { window.frames_++; requestAnimationFrame(f) })()')
  const [before, began] = [await busy(), Date.now()]
  await page.waitForTimeout(3000)
  const [after, ended] = [await busy(), Date.now()]
  const frames = (await page.evaluate('window.frames_')) as number
  const perFrame = (1000 * (after - before)) / frames
  const rate = (1000 * frames) / (ended - began)
  // the goal is 30 frames a second on a machine that does nothing else
  console.log(`${rate.toFixed(0)} frames/s; ${perFrame.toFixed(1)} ms of this thread's time a frame`)
  expect(frames).toBeGreaterThan(0)
  await until(page, '[data-test=accuracy]', (t) => numberOf(t) > 95)
  await button('Pause').click()
  expect(await number('loss')).toBeLessThan(0.5 * first)
  const steps = await number('steps')
  await page.waitForTimeout(400)
  expect(await number('steps')).toBe(steps)
})
test('single steps are the reference’s', async () => {
  const losses: number[] = []
  for (const backend of ['wasm', 'reference']) {
    opened = await open(`#/network?data=xor&hidden=4&backend=${backend}`)
    await until(opened.page, '[data-test=machine]', (t) => t === backend)
    for (let k = 1; k <= 5; k++) {
      await button('One step').click()
      await until(opened.page, '[data-test=steps]', (t) => numberOf(t) === k)
    }
    losses.push(await number('loss'))
    await opened.close()
  }
  expect(losses[0]).toBeCloseTo(losses[1] as number, 3)
  opened = await open('#/network')
})
test('starting again gives the first loss back; other weights another', async () => {
  opened = await open('#/network')
  await until(opened.page, '[data-test=loss]', (t) => Number.isFinite(numberOf(t)))
  const first = await number('loss')
  await button('One step').click()
  await until(opened.page, '[data-test=steps]', (t) => numberOf(t) === 1)
  await button('Start again').click()
  await until(opened.page, '[data-test=steps]', (t) => numberOf(t) === 0)
  expect(await number('loss')).toBe(first)
  await button('Other weights and points').click()
  await until(opened.page, '[data-test=loss]', (t) => numberOf(t) !== first)
})
test('features, layers and neurons can be added and removed', async () => {
  opened = await open('#/network')
  const units = opened.page.locator('.unit')
  await until(opened.page, '[data-test=loss]', (t) => Number.isFinite(numberOf(t)))
  expect(await units.count()).toBe(2 + 4 + 2 + 1)
  await opened.page.getByRole('button', { name: 'Feature x²' }).click()
  await button('Add a layer').click()
  await opened.page.getByRole('button', { name: 'Add a neuron to layer 1' }).click()
  await expect.poll(() => units.count()).toBe(3 + 5 + 2 + 2 + 1)
  await button('One step').click()
  await until(opened.page, '[data-test=steps]', (t) => numberOf(t) === 1)
})
test('a neuron that has the keyboard’s focus is shown large, by its name', async () => {
  opened = await open('#/network')
  const { page } = opened
  await until(page, '[data-test=loss]', (t) => Number.isFinite(numberOf(t)))
  const heading = page.getByRole('heading', { name: 'Neuron 2 of layer 1' })
  expect(await heading.count()).toBe(0)
  await page.getByRole('button', { name: 'Neuron 1 of layer 1' }).focus()
  await page.keyboard.press('Tab')
  await heading.waitFor()
  await button('One step').focus()
  await heading.waitFor({ state: 'detached' })
})
test('the gradient program that is shown is a program of the language', async () => {
  opened = await open('#/network')
  await until(opened.page, '[data-test=loss]', (t) => Number.isFinite(numberOf(t)))
  await button('Show this step’s gradient program').click()
  const shown = await opened.page.locator('[data-test=program]').innerText()
  expect(print(parseOrThrow(shown)).trim()).toBe(shown.trim())
  expect(shown).toContain('{w: real[4, 2], b: real[4]}')
})
test('a rate that is too high is reported', async () => {
  opened = await open('#/network?data=gaussians&activation=linear&optimiser=sgd&rate=10&hidden=8,8,8,8')
  await until(opened.page, '[data-test=loss]', (t) => Number.isFinite(numberOf(t)))
  await button('Train').click()
  await opened.page.getByRole('alert').waitFor()
  expect(await opened.page.getByRole('alert').innerText()).toContain('smaller learning rate')
})
