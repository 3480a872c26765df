/** Mathematics by KaTeX. */
import katex from 'katex'
import 'katex/dist/katex.min.css'
import { useMemo } from 'preact/hooks'
import { type Formula, isFormula, type Sentence } from '../../../src/explain/index.ts'

export const Tex = ({ of, block = false }: { readonly of: Formula; readonly block?: boolean }) => {
  const html = useMemo(
    () =>
      katex.renderToString(of.latex, {
        throwOnError: false,
        displayMode: block,
        output: 'htmlAndMathml',
        strict: false,
      }),
    [of.latex, block],
  )
  return <span class="tex" dangerouslySetInnerHTML={{ __html: html }} />
}
/** Words with mathematics among them. */
export const Said = ({ of }: { readonly of: Sentence }) => (
  <>{of.map((part, k) => (isFormula(part) ? <Tex key={k} of={part} /> : <span key={k}>{part}</span>))}</>
)
