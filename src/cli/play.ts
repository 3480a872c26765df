/**
 * `adjoint play`: serves the playground to this machine only. The page is a static site that the build puts beside the
 * compiled library, so any other server works too; this one sends the headers that threads need.
 */
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import { extname, join, normalize, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Command } from 'commander'
import { failed, fault } from './fault.ts'
import { whole } from './values.ts'

const types: { readonly [extension: string]: string } = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.json': 'application/json',
  '.woff2': 'font/woff2',
  '.woff': 'font/woff',
  '.ttf': 'font/ttf',
  '.wasm': 'application/wasm',
}
/** These two headers let a page share memory between threads. */
const isolated = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
}

/** The file that a request names; undefined if it names none, or one outside the folder. */
const fileOf = (folder: string, url: string): string | undefined => {
  try {
    const path = decodeURIComponent(new URL(url, 'http://localhost').pathname)
    const file = normalize(join(folder, path.endsWith('/') ? `${path}index.html` : path))
    return file.startsWith(normalize(folder) + sep) && !file.includes('\0') ? file : undefined
  } catch {
    return undefined
  }
}
/** Serves a folder on the loopback address; port 0 takes a free one. Errors: the port is taken */
export const serveFolder = (
  folder: string,
  port: number,
): Promise<{ readonly server: Server; readonly address: string }> =>
  new Promise((resolve, reject) => {
    const server = createServer(async (request, response) => {
      const file = fileOf(folder, request.url ?? '/')
      const content = file === undefined ? undefined : await readFile(file).catch(() => undefined)
      if (file === undefined || content === undefined) {
        response.writeHead(404, { 'Content-Type': 'text/plain' }).end('there is no such file\n')
        return
      }
      const type = types[extname(file)] ?? 'application/octet-stream'
      response.writeHead(200, { ...isolated, 'Content-Type': type, 'Cache-Control': 'no-cache' })
      response.end(request.method === 'HEAD' ? undefined : content)
    })
    server.once('error', reject)
    server.listen(port, '127.0.0.1', () => {
      const found = server.address()
      const at = typeof found === 'object' && found !== null ? found.port : port
      resolve({ server, address: `http://127.0.0.1:${at}/` })
    })
  })

const page = fileURLToPath(new URL('../../playground', import.meta.url))
export const registerPlay = (adjoint: Command): void => {
  adjoint
    .command('play')
    .description('the playground: formulas, networks, descent and images to try out, in a browser')
    .option('--port <number>', 'the port; 0 for any free port', whole(0, 65535), 8642)
    .action(async ({ port }: { readonly port: number }) => {
      if (!existsSync(join(page, 'index.html'))) {
        process.exitCode = failed(fault('the page is not built', page, 'npm run build'))
        return
      }
      const served = await serveFolder(page, port).catch((error: NodeJS.ErrnoException) => {
        const why = error.code === 'EADDRINUSE' ? `port ${port} is taken` : `it cannot be served: ${error.message}`
        process.exitCode = failed(fault(why, 'adjoint play', '--port 0, for any free port'))
        return undefined
      })
      if (served !== undefined) console.log(`${served.address}\nCtrl-C stops it`)
    })
}
