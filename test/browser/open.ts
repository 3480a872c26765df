/** Pages of a headless Chromium with software WebGL and WebGPU. */
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, inject } from 'vitest'
import { chromiumArgs } from './chromium.ts'
import type { api as core } from './page/core.ts'
import type { api as main } from './page/main.ts'
import type { Served } from './setup.ts'

let browser: Promise<Browser> | undefined
afterAll(async () => (await browser)?.close())

export interface Opened {
  readonly page: Page
  /** What the page and its scripts asked the server for. */
  readonly requested: readonly string[]
  /** Uncaught errors, and what the console calls errors. */
  readonly errors: readonly string[]
  readonly warnings: readonly string[]
}
export const open = async (served: Served, path = ''): Promise<Opened> => {
  browser ??= chromium.launch({ executablePath: inject('chromium'), args: chromiumArgs })
  const page = await (await browser).newPage()
  const requested: string[] = []
  const errors: string[] = []
  const warnings: string[] = []
  page.on('request', (r) => requested.push(r.url()))
  page.on('pageerror', (e) => errors.push(e.message))
  page.on('console', (m) => {
    if (m.type() === 'error') errors.push(m.text())
    if (m.type() === 'warning') warnings.push(m.text())
  })
  await page.goto(`${inject('pages')[served]}${path}`)
  return { page, requested, errors, warnings }
}

type Api = typeof main & typeof core
type Call = { readonly name: string; readonly args: readonly unknown[] }
/** A function of the page's, called from here. */
export const call = <K extends keyof Api>(
  page: Page,
  name: K,
  ...args: Parameters<Api[K]>
): Promise<Awaited<ReturnType<Api[K]>>> =>
  page.evaluate(
    ({ name, args }: Call) => {
      const { api } = globalThis as unknown as {
        readonly api: Readonly<Record<string, (...xs: readonly unknown[]) => unknown>>
      }
      return api[name]?.(...args)
    },
    { name, args } as Call,
  ) as never
