/** Lists on one line if they are short, else on several. */

const width = 96
export const isShort = (text: string): boolean => text.length <= width && !text.includes('\n')
/** Indents all lines but the first. */
export const indent = (by: number, text: string): string => text.replaceAll('\n', `\n${' '.repeat(by)}`)

const broken = (open: string, lines: readonly string[], close: string): string =>
  `${open}${lines.map((line) => `\n  ${indent(2, line)}`).join(',')}\n${close}`
const flat = (open: string, items: readonly string[], close: string): string => `${open}${items.join(', ')}${close}`

/** A list on one line, or with one item per line. */
export const bracket = (open: string, items: readonly string[], close: string): string => {
  const line = flat(open, items, close)
  return isShort(line) || items.length === 0 ? line : broken(open, items, close)
}
/** A list on one line, or with as many items per line as fit. */
export const fill = (open: string, items: readonly string[], close: string): string => {
  const line = flat(open, items, close)
  if (isShort(line)) return line
  const lines: string[] = []
  let last = ''
  for (const item of items) {
    const longer = last === '' ? item : `${last}, ${item}`
    if (last === '' || isShort(longer)) last = longer
    else {
      lines.push(last)
      last = item
    }
  }
  return broken(open, [...lines, last], close)
}
