/** What is wrong with a formula, in both languages: English from the library, French from this table. */
import { type Diagnostic, type ParseError, showDiagnostic, showParseError } from '../../../src/index.ts'
import { type Language, language } from '../page/language.ts'
import { frenchAdvice, frenchDiagnostic } from './problems.ts'

type Problem = ParseError['problem']
type Hint = NonNullable<Extract<Problem, { _tag: 'Unexpected' }>['hint']>

/** What the grammar expects, by its English name; signs are not listed, for they need no translation. */
const things: { readonly [name: string]: string } = {
  'a formula': 'une formule',
  'a key': 'une clé',
  'a name': 'un nom',
  'a number': 'un nombre',
  'a sign': 'un signe',
  'a size': 'une taille',
  'a string': 'une chaîne',
  'a truth value': 'une valeur de vérité',
  'a type': 'un type',
  'a value': 'une valeur',
  'an operator': 'un opérateur',
  'the end': 'la fin',
}
const thing = (name: string): string => things[name] ?? name
const listed = (words: readonly string[]): string =>
  words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} ou ${words.at(-1)}`
const suggest = (name: string | undefined): string =>
  name === undefined ? '' : `\u00a0; vouliez-vous dire ${name}\u00a0?`

const french = (p: Problem): string => {
  switch (p._tag) {
    case 'Unexpected':
      return p.expected.length === 0
        ? `${thing(p.found)} n’a pas sa place ici`
        : `attendu\u00a0: ${listed(p.expected.map(thing))}\u00a0; trouvé\u00a0: ${thing(p.found)}`
    case 'UnknownFunction':
      return `aucune fonction ne s’appelle ${p.name}${suggest(p.suggestion)}`
    case 'UnknownName':
      return `rien ici ne s’appelle ${p.name}${suggest(p.suggestion)}`
    case 'BoundTwice':
      return `${p.name} est déjà lié`
    case 'Comparisons':
      return 'les comparaisons ne s’enchaînent pas\u00a0: écrivez a < b && b < c'
    case 'TwoReadings':
      return 'ceci se lit de deux façons'
    case 'TooDeep':
      return `plus de ${p.limit} parenthèses sont ouvertes`
    case 'Outputs':
      return `${p.op} donne ${p.found} valeurs, non ${p.expected}`
    case 'IllTyped':
      return frenchDiagnostic(p.diagnostic)
  }
}
const hints: { readonly [H in Hint]: string } = {
  point: 'écrivez les décimales avec un point, 0.5\u00a0: la virgule sépare les arguments',
  times: 'écrivez * entre les facteurs, 2 * x',
  call: 'écrivez * entre les facteurs, 2 * x, et des parenthèses autour d’un argument, sin(x)',
  digits: 'écrivez les chiffres d’un nombre ensemble, 1000',
  bars: 'écrivez abs(x) pour |x| entre des barres',
  equation: 'écrivez la formule seule, sans = ni ce qu’elle vaut',
  root: 'écrivez √ devant un nombre, un nom ou des parenthèses',
}
const hintFor = (p: Problem): string | undefined => {
  if (p._tag === 'TwoReadings') return `écrivez ${listed(p.readings)}, avec les * et les parenthèses voulus`
  if (p._tag === 'UnknownFunction' && p.name.length === 1) return `écrivez ${p.name} * (...) pour un produit`
  return p._tag === 'Unexpected' && p.hint !== undefined ? hints[p.hint] : undefined
}
const essay = (d: Diagnostic): string | undefined => {
  const advice = frenchAdvice(d.problem)
  return advice === undefined ? undefined : `  essayez  ${advice}`
}
/** The line of the text and the caret come from the library; the words before and after them are French. */
const inFrench = (e: ParseError): string => {
  const [, line = '', caret = ''] = showParseError(e).split('\n')
  const hint = hintFor(e.problem)
  const advice = e.problem._tag === 'IllTyped' ? essay(e.problem.diagnostic) : hint && `  essayez  ${hint}`
  return [`ligne ${e.line}, colonne ${e.column}\u00a0: ${french(e.problem)}`, line, caret, advice]
    .filter((l) => l !== undefined)
    .join('\n')
}
const show: { readonly [L in Language]: (e: ParseError) => string } = { en: showParseError, fr: inFrench }

/** The position, the sentence, the line of the text, and a caret under the position. */
export const showFault = (e: ParseError): string => show[language.value](e)
export const showFaults = (errors: readonly ParseError[]): string => errors.map(showFault).join('\n')

/** What is wrong with a derivative: no position in the text, and not the line of this page's code. */
const refusal: { readonly [L in Language]: (d: Diagnostic) => readonly (string | undefined)[] } = {
  en: ({ via: _, ...d }) => {
    const [what, , advice] = showDiagnostic(d).split('\n')
    return [what, advice]
  },
  fr: (d) => [frenchDiagnostic({ ...d, types: [] }), essay(d)],
}
export const showRefusal = (all: readonly Diagnostic[]): string =>
  all.flatMap((d) => refusal[language.value](d).filter((line) => line !== undefined)).join('\n')
