/** Tables that Markdown reads, aligned so that people read them too. */
export type Cells = readonly string[]
/** The first column is text, the others are numbers. `text`: further columns of text, by position. */
export const markdown = (head: Cells, rows: readonly Cells[], text: readonly number[] = []): string => {
  const isText = (i: number): boolean => i === 0 || text.includes(i)
  const grid = [head, head.map((_, i) => (isText(i) ? ':--' : '--:')), ...rows]
  const widths = head.map((_, i) => Math.max(...grid.map((g) => (g[i] ?? '').length)))
  const cell = (c: string, i: number): string => (isText(i) ? c.padEnd(widths[i] ?? 0) : c.padStart(widths[i] ?? 0))
  return grid.map((g) => `| ${g.map(cell).join(' | ')} |`).join('\n')
}
/** Milliseconds, three digits. */
export const time = (ms: number | null): string =>
  ms === null ? '-' : ms >= 100 ? ms.toFixed(0) : ms >= 10 ? ms.toFixed(1) : ms >= 1 ? ms.toFixed(2) : ms.toFixed(3)
export const ratio = (x: number | undefined): string => (x === undefined ? '-' : x.toFixed(2))
export const geometric = (xs: readonly number[]): number =>
  Math.exp(xs.reduce((s, x) => s + Math.log(x), 0) / xs.length)
