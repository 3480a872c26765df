/** Mathematics inside words: every symbol in plain text for terminals, and in LaTeX for paper and pages. */

export interface Formula {
  readonly text: string
  readonly latex: string
}
export const isFormula = (x: unknown): x is Formula => typeof x === 'object' && x !== null && 'latex' in x
/** Words and mathematics in their order. */
export type Inline = string | Formula
export type Sentence = readonly Inline[]

/** A sentence as a template: say`the tangent of ${y} is ${dy}`. A list of symbols stands with commas. */
export const say = (
  words: TemplateStringsArray,
  ...parts: readonly (Inline | number | readonly Inline[])[]
): Sentence =>
  words.flatMap((w, k) => {
    const part = parts[k]
    const inserted = part === undefined ? [] : Array.isArray(part) ? listed(part) : [plain(part as Inline | number)]
    return [w, ...inserted].filter((x) => x !== '')
  })
const plain = (x: Inline | number): Inline => (typeof x === 'number' ? String(x) : x)
const listed = (xs: readonly Inline[]): readonly Inline[] => xs.flatMap((x, k) => (k === 0 ? [x] : [', ', x]))

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
