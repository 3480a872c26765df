/** A progress bar for downloads: on a terminal one line; elsewhere a line for each file. */
import { Presets, SingleBar } from 'cli-progress'
import type { IO } from 'fp-ts/lib/IO.js'
import type { DownloadProgress } from '../disk/index.ts'

const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(1)

export const downloadBar = (stream: NodeJS.WriteStream = process.stderr): ((p: DownloadProgress) => IO<void>) => {
  const bar = new SingleBar(
    { stream, clearOnComplete: true, format: '{bar} {file}  {done} of {all} MB  {eta_formatted} left' },
    Presets.shades_classic,
  )
  return ({ file, bytes, of }) =>
    () => {
      const shown = { file, done: megabytes(bytes), all: megabytes(of) }
      if (stream.isTTY && !bar.isActive) bar.start(of, bytes, shown)
      else if (stream.isTTY) bar.update(bytes, shown)
      if (bytes < of) return
      if (bar.isActive) bar.stop()
      stream.write(`downloaded ${file}, ${megabytes(of)} MB\n`)
    }
}
