/** The Chromium that pages are tested in: where it is, and with which graphics. */
import { existsSync } from 'node:fs'

/** SwiftShader for both: the same on every machine, and no GPU is needed. */
export const chromiumArgs = [
  '--headless=new',
  '--no-sandbox',
  '--use-angle=swiftshader',
  '--enable-unsafe-swiftshader',
  '--ignore-gpu-blocklist',
  '--enable-unsafe-webgpu',
  '--use-webgpu-adapter=swiftshader',
  '--enable-features=Vulkan,WebGPU',
]

const usual = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome', '/snap/bin/chromium']
export const findChromium = (): string => {
  const asked = process.env.ADJOINT_CHROMIUM
  const found = (asked === undefined ? usual : [asked]).find((path) => existsSync(path))
  if (found !== undefined) return found
  throw new Error(
    [
      asked === undefined ? `there is no Chromium at ${usual.join(', ')}` : `there is nothing at ${asked}`,
      '  in   npm run test:browser',
      '  try  apt-get install chromium, or set ADJOINT_CHROMIUM to the path of one',
    ].join('\n'),
  )
}
