/**
 * WebGPU for tests in Node: the package of this folder, on the machine's own GPU or else on the software device of
 * Debian's chromium.
 */
import { existsSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { provideWebgpu } from '../../backends/gpujs/device/adapter.ts'

const chromium = '/usr/lib/chromium'
const here = fileURLToPath(new URL('.', import.meta.url))
const howTo = [
  'WebGPU in Node needs the package webgpu, which the main install leaves out (130 MB):  npm ci --prefix test/device',
  'and a driver; without a GPU, the software one of Debian:  apt-get install --no-install-recommends chromium',
].join('\n')
const hasGpu = (): boolean =>
  process.platform !== 'linux' || process.env.VK_ICD_FILENAMES !== undefined || existsSync('/dev/dri')

/** Selects Chromium's driver, and links the loader that finds it beside the package, which looks for it there. */
const useSoftware = (folder: string): void => {
  process.env.VK_ICD_FILENAMES = `${chromium}/vk_swiftshader_icd.json`
  const loader = `${folder}dist/linux-${process.arch}/libvulkan.so.1`
  if (!existsSync(loader)) symlinkSync(`${chromium}/libvulkan.so.1`, loader)
}
const tried = async (home: string): Promise<string | undefined> => {
  const folder = join(home, 'node_modules/webgpu/')
  if (!existsSync(folder)) return `test/device is not installed\n${howTo}`
  if (!hasGpu() && existsSync(chromium)) useSoftware(folder)
  const load = () => import(/* @vite-ignore */ `${folder}index.js`)
  return (await provideWebgpu(load)) ? undefined : `no adapter answers\n${howTo}`
}
let found: Promise<string | undefined> | undefined
/**
 * Why there is no WebGPU here; undefined when navigator.gpu has it. `home`: this folder, for code that is bundled into
 * another one.
 */
export const missingWebgpu = (home = here): Promise<string | undefined> => {
  found ??= tried(home)
  return found
}
