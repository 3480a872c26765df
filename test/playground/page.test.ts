/** The page as a whole: size, speed, policy, links, languages, keyboards, screen readers, phones. */
import { readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, inject, test } from 'vitest'
import { numberOf, open, until } from './open.ts'

const rooms = ['formula', 'network', 'descent', 'image'] as const
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

test('the first room takes less than 400 kB of script', async () => {
  const { requested, close, errors } = await open('')
  const { folder, address } = inject('playground')
  const scripts = [...new Set(requested)].filter((url) => url.endsWith('.js'))
  const sizes = scripts.map((url) => gzipSync(readFileSync(join(folder, url.slice(address.length)))).length)
  const total = sizes.reduce((a, b) => a + b, 0)
  console.log(`${scripts.length} scripts, ${(total / 1000).toFixed(0)} kB gzip`)
  expect(scripts.length).toBeGreaterThan(1)
  expect(total).toBeLessThan(400_000)
  expect(scripts.filter((s) => s.includes('gpu-browser'))).toEqual([])
  expect(errors).toEqual([])
  await close()
})
test('nothing of Node is in the page', () => {
  const { folder } = inject('playground')
  const files = readdirSync(join(folder, 'assets')).filter((f) => f.endsWith('.js'))
  const texts = files.map((f) => readFileSync(join(folder, 'assets', f), 'utf8'))
  expect(files.filter((f) => f.includes('browser-external'))).toEqual([])
  expect(files.filter((_, k) => /has been externalized|from ?["']node:/.test(texts[k] ?? ''))).toEqual([])
})
test('the first view appears; its time is printed', async () => {
  const { page, close } = await open('')
  const times: number[] = []
  for (let k = 0; k < 5; k++) {
    await page.goto('about:blank')
    const began = performance.now()
    await page.goto(inject('playground').address)
    await page.locator('.box').first().waitFor()
    times.push(performance.now() - began)
  }
  const best = Math.min(...times)
  // the goal is 1000 ms on a machine that does nothing else; waitFor fails where the view does not come at all
  console.log(`first view after ${best.toFixed(0)} ms at best`)
  await close()
})
test('no text is evaluated as code', async () => {
  const { page, close } = await open('')
  // in a task of its own: what a debugger evaluates is above the policy
  const attempt =
    "new Promise((told) => setTimeout(() => { try { told(new Function('return 1')()) } catch (e) { told(e.name) } }))"
  expect(await page.evaluate(attempt)).toBe('EvalError')
  await close()
})
test.each(['gpujs:webgl2', 'gpujs:webgpu', 'gpujs:webasm'])('the network is trained by %s', async (backend) => {
  const { page, close, errors } = await open('#/network?data=xor&hidden=4')
  await until(page, '[data-test=machine]', (t) => t === 'wasm')
  const first = numberOf(await page.locator('[data-test=loss]').innerText())
  await page.getByLabel('Computed by').selectOption(backend)
  await until(page, '[data-test=machine]', (t) => t === backend)
  expect(numberOf(await page.locator('[data-test=loss]').innerText())).toBeCloseTo(first, 2)
  await page.getByRole('button', { name: 'Train' }).click()
  await until(page, '[data-test=loss]', (t) => numberOf(t) < 0.8 * first, 150)
  await page.getByRole('button', { name: 'Pause' }).click()
  expect(errors).toEqual([])
  await close()
})
test('pages are isolated, so that threads may share memory', async () => {
  const { page, close } = await open('')
  expect(await page.evaluate('crossOriginIsolated')).toBe(true)
  await close()
})
test('the server gives nothing outside its folder', async () => {
  const { address } = inject('playground')
  for (const path of ['../package.json', '%2e%2e/package.json', '..%2fpackage.json', 'a%00b', '%zz', 'none.js'])
    expect((await fetch(`${address}${path}`)).status).toBe(404)
  expect((await fetch(address)).headers.get('Cross-Origin-Opener-Policy')).toBe('same-origin')
})
test('a link carries the state to another reader', async () => {
  const { page, close } = await open('#/network', { permissions: ['clipboard-read', 'clipboard-write'] })
  await page.getByRole('button', { name: 'Spiral' }).click()
  await page.getByLabel('Optimiser').selectOption('rmsProp')
  await page.getByRole('button', { name: 'Feature sin 5x', exact: true }).click()
  await page.getByRole('button', { name: 'Copy link' }).click()
  await page.getByText('Link copied').first().waitFor()
  const link = (await page.evaluate('navigator.clipboard.readText()')) as string
  const reader = await open(link.slice(inject('playground').address.length))
  expect(await reader.page.getByRole('button', { name: 'Spiral' }).getAttribute('aria-pressed')).toBe('true')
  expect(await reader.page.getByLabel('Optimiser').inputValue()).toBe('rmsProp')
  expect(
    await reader.page.getByRole('button', { name: 'Feature sin 5x', exact: true }).getAttribute('aria-pressed'),
  ).toBe('true')
  await reader.page.waitForTimeout(400)
  expect(await reader.page.evaluate('location.href')).toBe(link)
  await reader.close()
  await close()
})
test('a damaged link opens the room with those values that can be parsed', async () => {
  const { page, errors, close } = await open('#/descent?rate=banana&x=1e99&show=sgd,none&step=-4&f=%E0%A4%A')
  await page.locator('.start').waitFor()
  expect(errors).toEqual([])
  await close()
})
test('going back returns to the room before, as it was', async () => {
  const { page, close } = await open('#/descent?step=7')
  await page.getByRole('link', { name: 'Image' }).click()
  await page.getByRole('heading', { name: 'What a network sees' }).waitFor()
  await page.goBack()
  await page.getByRole('heading', { name: 'Ways down' }).waitFor()
  await page.goForward()
  await page.getByRole('heading', { name: 'What a network sees' }).waitFor()
  await close()
})
test('French is used on request', async () => {
  const { page, close } = await open('#/formula', { locale: 'fr-FR' })
  await page.getByRole('heading', { name: 'La règle de la chaîne, pas à pas' }).waitFor()
  expect(await page.evaluate('document.documentElement.lang')).toBe('fr')
  await page.getByRole('button', { name: 'Pas suivant' }).click()
  expect(await page.locator('[data-test=reverse] [aria-current=step]').innerText()).toContain('règle du produit')
  await page.getByLabel('Langue').selectOption('en')
  await page.getByRole('heading', { name: 'The chain rule, step by step' }).waitFor()
  await close()
})
test('everything can be reached from the keyboard', async () => {
  const { page, close } = await open('#/formula')
  await page.keyboard.press('Tab')
  expect(await page.evaluate('document.activeElement.className')).toBe('skip')
  await page.keyboard.press('Enter')
  expect(await page.evaluate('document.activeElement.id')).toBe('room')
  await page.getByRole('link', { name: 'Network' }).focus()
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'A network learns' }).waitFor()
  // the room is ready when it says what computes; a button that is drawn again before loses the focus
  await until(page, '[data-test=machine]', (text) => text === 'wasm')
  await page.getByRole('button', { name: 'Train' }).press('Space')
  await until(page, '[data-test=steps]', (t) => numberOf(t) > 2)
  await close()
})

describe.each(rooms)('%s', (room) => {
  test.each(['light', 'dark'] as const)('has no serious finding of axe, %s', async (colorScheme) => {
    const { page, errors, close } = await open(`#/${room}`, { colorScheme, reducedMotion: 'reduce' })
    await page.waitForTimeout(800)
    await page.evaluate(axe)
    const found = (await page.evaluate(
      "axe.run(document, { resultTypes: ['violations'] }).then((r) => r.violations.map((v) => ({ id: v.id, impact: v.impact, nodes: v.nodes.map((n) => n.html.slice(0, 160) + ' ' + n.failureSummary) })))",
    )) as readonly { readonly id: string; readonly impact: string; readonly nodes: readonly string[] }[]
    expect(found.filter((v) => v.impact === 'serious' || v.impact === 'critical')).toEqual([])
    expect(errors).toEqual([])
    await close()
  })
  test.each(['en', 'fr'])('fits a phone of 360 points, %s', async (lang) => {
    const { page, close } = await open(`#/${room}?lang=${lang}`, { viewport: { width: 360, height: 740 } })
    await page.waitForTimeout(500)
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(360)
    await close()
  })
})
