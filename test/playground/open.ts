/** Pages of the playground, with their errors. */
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import { afterAll, afterEach, beforeEach, inject } from 'vitest'
import { chromiumArgs } from '../browser/chromium.ts'

let browser: Promise<Browser> | undefined
/** The pages that the current test has opened. They are closed after it: a page left open would continue its training. */
const contexts = new Set<BrowserContext>()
beforeEach(() => contexts.clear())
afterEach(async () => {
  await Promise.all([...contexts].map((c) => c.close()))
})
afterAll(async () => (await browser)?.close())

export interface Opened {
  readonly page: Page
  /** Uncaught errors, and what the console calls errors. */
  readonly errors: readonly string[]
  /** What was asked of the server. */
  readonly requested: readonly string[]
  readonly close: () => Promise<void>
}
/** A page at an address such as '#/network?data=spiral', in English, with its room shown. */
export const open = async (at: string, options: BrowserContextOptions = {}): Promise<Opened> => {
  const { chromium: executablePath, address } = inject('playground')
  browser ??= chromium.launch({ executablePath, args: chromiumArgs })
  const context = await (await browser).newContext({
    locale: 'en-GB',
    viewport: { width: 1280, height: 900 },
    ...options,
  })
  contexts.add(context)
  const page = await context.newPage()
  const errors: string[] = []
  const requested: string[] = []
  page.on('pageerror', (e) => errors.push(e.message))
  page.on('console', (m) => m.type() === 'error' && errors.push(m.text()))
  page.on('request', (r) => requested.push(r.url()))
  await page.goto(`${address}${at}`)
  await page.locator('h1').waitFor()
  return { page, errors, requested, close: () => context.close() }
}
/** Waits until a text of the page satisfies a condition, and returns it. */
export const until = async (
  page: Page,
  selector: string,
  holds: (text: string) => boolean,
  seconds = 90,
): Promise<string> => {
  const end = Date.now() + 1000 * seconds
  let text = ''
  while (Date.now() < end) {
    text = await page.locator(selector).innerText()
    if (holds(text)) return text
    await page.waitForTimeout(100)
  }
  throw new Error(`${selector} still says ${JSON.stringify(text)} after ${seconds} s`)
}
/** The number that a text is or begins with; French writes a comma. */
export const numberOf = (text: string): number => Number.parseFloat(text.replace(',', '.').replace('−', '-'))
