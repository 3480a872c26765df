/** Grey pictures inside a page, each with its caption. */
import { escaped } from './html.ts'
import { dataUrl, type Grey, greyPng } from './png.ts'

/** Brightness from 0, black, to 1, white. */
export interface Figure extends Grey {
  readonly caption: string
  /** Shown in another colour. Default: false. */
  readonly wrong?: boolean
}
/** HTML: pictures beside each other. `scale`: how many screen pixels a pixel of a picture is wide. */
export const figures = (shown: readonly Figure[], scale = 2): string => {
  const figure = (f: Figure): string => {
    const size = `width="${f.columns * scale}" height="${f.rows * scale}"`
    const image = `<img alt="${escaped(f.caption)}" ${size} src="${dataUrl(greyPng(f))}">`
    return `<figure${f.wrong ? ' class="wrong"' : ''}>${image}${escaped(f.caption)}</figure>`
  }
  return `<div class="tiles">${shown.map(figure).join('')}</div>`
}
