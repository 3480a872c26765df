/** Grey pictures inside a page, as PNG data. */
import { encode } from 'fast-png'
import { escaped } from './html.ts'

export interface Picture {
  /** Brightness in 0 .. 1, row-major. */
  readonly pixels: ArrayLike<number>
  readonly columns: number
  readonly rows: number
  readonly caption: string
  /** Shown in another colour. */
  readonly wrong?: boolean
}
const byte = (v: number): number => Math.max(0, Math.min(255, Math.round(v * 255)))
const png = (p: Picture): string => {
  const data = Uint8Array.from({ length: p.rows * p.columns }, (_, i) => byte(p.pixels[i] ?? 0))
  return Buffer.from(encode({ width: p.columns, height: p.rows, data, channels: 1, depth: 8 })).toString('base64')
}
/** Pictures in rows, each `scale` screen pixels per pixel. */
export const tiles = (pictures: readonly Picture[], scale = 2): string =>
  `<div class="tiles">${pictures.map((p) => `<figure${p.wrong ? ' class="wrong"' : ''}><img alt="${escaped(p.caption)}" width="${p.columns * scale}" height="${p.rows * scale}" src="data:image/png;base64,${png(p)}">${escaped(p.caption)}</figure>`).join('')}</div>`
