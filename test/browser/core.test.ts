/** A page with the language and the WebAssembly back end alone: under a strict policy, without gpu.js, and small. */
import { readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, inject, test } from 'vitest'
import { call, open } from './open.ts'

const assets = join(inject('built'), 'assets')
const scripts = readdirSync(assets).filter((file) => file.endsWith('.js'))
const textOf = (file: string): string => readFileSync(join(assets, file), 'utf8')
const gpujs = scripts.filter((file) => textOf(file).includes('createKernelMap'))
const loadedBy = (requested: readonly string[]): readonly string[] =>
  requested.map((url) => basename(url)).filter((file) => scripts.includes(file))

test("script-src 'self': WebAssembly is refused by a typed error that says what to allow", async () => {
  const { page } = await open('noWasm', 'core.html')
  await expect(call(page, 'gradient', [1, 2, 3])).rejects.toThrow(
    /the mode wasm is not available: .*Content Security Policy.*\n.*\n {2}try {2}allow 'wasm-unsafe-eval'/,
  )
})
describe("script-src 'self' 'wasm-unsafe-eval'", () => {
  test('a gradient is compiled and run; gpu.js is not loaded, and nothing is evaluated', async () => {
    const { page, requested, errors } = await open('strict', 'core.html')
    expect(await call(page, 'evaluates')).toBe(false)
    expect(await call(page, 'gradient', [1, -2, 3])).toEqual({ reason: 'asked for', dx: [2, -4, 6] })
    expect(gpujs).toHaveLength(1)
    expect(loadedBy(requested)).not.toEqual(expect.arrayContaining(gpujs))
    expect(errors).toEqual([])
  })
  test('a network learns', async () => {
    const { page } = await open('strict')
    const losses = await call(page, 'train', 'wasm', 10)
    expect(losses.at(-1)).toBeLessThan(0.5 * (losses[0] as number))
  })
  test.each(['gpujs:webgl2', 'gpujs:webgpu', 'gpujs:webasm'])('%s evaluates no text either', async (backend) => {
    const { page } = await open('strict')
    expect(await call(page, 'train', backend, 2)).toHaveLength(2)
  })
  test('gpujs:cpu would: it is refused, and says what to do', async () => {
    const { page } = await open('strict')
    await expect(call(page, 'train', 'gpujs:cpu', 1)).rejects.toThrow(
      /the mode cpu is not available: a Content-Security-Policy forbids .*\n.*\n {2}try {2}a page whose/,
    )
  })
  test('where text may be evaluated, the same question is answered yes', async () => {
    const { page } = await open('plain', 'core.html')
    expect(await call(page, 'evaluates')).toBe(true)
  })
})

/**
 * A back end knows every primitive, so each new one is in the page: the solver of differential equations is 5 kB.
 * No derived operation is there unless the page calls it.
 */
test('the core and the WebAssembly back end are under 150 kB, gzipped', async () => {
  const { requested } = await open('plain', 'core.html')
  const sizes = loadedBy(requested).map((file) => [file, gzipSync(textOf(file)).length] as const)
  const total = sizes.reduce((sum, [, size]) => sum + size, 0)
  console.log(`gzipped, bytes: ${sizes.map(([file, size]) => `${file} ${size}`).join(', ')}; in all ${total}`)
  console.log(`gpu.js, loaded when asked for: ${gpujs.map((file) => gzipSync(textOf(file)).length)}`)
  expect(total).toBeGreaterThan(10_000)
  expect(total).toBeLessThan(150_000)
})
