/** What is wrong with a text. Sentences wrap on a narrow page; the text and the caret below it scroll together. */
interface Part {
  readonly excerpt: boolean
  readonly lines: readonly string[]
}
/** A line of the text is indented by two, and so is the caret, which follows it. */
const partsOf = (text: string): readonly Part[] => {
  const lines = text.split('\n')
  return lines.flatMap((line, k): readonly Part[] => {
    if (/^ *\^$/.test(line)) return []
    const caret = lines[k + 1] ?? ''
    return [/^ *\^$/.test(caret) ? { excerpt: true, lines: [line, caret] } : { excerpt: false, lines: [line] }]
  })
}
export const Problem = ({ text }: { readonly text: string }) =>
  text === '' ? null : (
    <pre class="problem">
      {partsOf(text).map(({ excerpt, lines }, k) => (
        <span key={k} class={excerpt ? 'excerpt' : ''}>
          {lines.join('\n')}
        </span>
      ))}
    </pre>
  )
