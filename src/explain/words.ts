/** Mathematics inside words: every symbol in plain text for terminals, and in LaTeX for paper and pages. */

export interface Formula {
  readonly text: string
  readonly latex: string
}
export const isFormula = (x: unknown): x is Formula => typeof x === 'object' && x !== null && 'latex' in x
/** Words and mathematics in their order. */
export type Inline = string | Formula
export type Sentence = readonly Inline[]

/** A sentence as a template: say`the tangent of ${y} is ${dy}`. A line break in it is a space. */
export const say = (
  words: TemplateStringsArray,
  ...parts: readonly (Inline | number | readonly Inline[])[]
): Sentence =>
  words
    .map((w) => w.replaceAll(/\n\s*/g, ' '))
    .flatMap((w, k): readonly Inline[] => {
      const part = parts[k]
      return part === undefined
        ? [w]
        : isSentence(part)
          ? [w, ...part]
          : [w, typeof part === 'number' ? String(part) : part]
    })
    .filter((x) => x !== '')
const isSentence = (x: Inline | number | readonly Inline[]): x is readonly Inline[] => Array.isArray(x)
/** x, y and z; `last`: the word between the last two. */
export const listed = (xs: readonly Inline[], last: string): readonly Inline[] =>
  xs.flatMap((x, k) => (k === 0 ? [x] : [k === xs.length - 1 ? last : ', ', x]))
/** With a capital letter in front. */
export const capital = (s: Sentence): Sentence => {
  const [first, ...rest] = s
  return typeof first === 'string' ? [first.slice(0, 1).toUpperCase() + first.slice(1), ...rest] : s
}

export const textOf = (s: Sentence): string => s.map((x) => (isFormula(x) ? x.text : x)).join('')
/** left = right. */
export interface Line {
  readonly left: Formula
  readonly right: Formula
}
export const equals = ({ left, right }: Line): Formula => ({
  text: `${left.text} = ${right.text}`,
  latex: `${left.latex} = ${right.latex}`,
})
