/** The language of the page, and words in it. Every sentence is one object with both languages, so a missing translation does not compile. */
import { effect } from '@preact/signals'
import { choice, field } from './url.ts'

export const languages = ['en', 'fr'] as const
export type Language = (typeof languages)[number]
export type Said = { readonly [L in Language]: string }
export type Table = { readonly [name: string]: Said }

const spoken: Language = navigator.language.startsWith('fr') ? 'fr' : 'en'
export const language = field<Language>('any', 'lang', spoken, choice(languages))
/** French puts a no-break space before double punctuation marks. */
const typeset = (text: string): string => (language.value === 'fr' ? text.replaceAll(/ ([?!:;»%])/g, '\u00a0$1') : text)
/** The sentence, with {name} filled in. */
export const say = (said: Said, values: { readonly [name: string]: string | number } = {}): string =>
  typeset(said[language.value]).replaceAll(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole))
/** French writes a comma. */
const localised = (text: string): string => (language.value === 'fr' ? text.replace('.', ',') : text)
/** Numbers as the language writes them: 1.5 or 1,5. */
export const shown = (x: number, digits = 3): string =>
  Number.isFinite(x)
    ? Math.abs(x) !== 0 && (Math.abs(x) < 10 ** -digits || Math.abs(x) >= 1e6)
      ? localised(x.toExponential(2))
      : x.toLocaleString(language.value, { maximumFractionDigits: digits, useGrouping: false })
    : String(x)

/** A share as whole percent. */
export const percent = (share: number): string => (Number.isFinite(share) ? String(Math.round(100 * share)) : '–')

export const followLanguage = (): void => {
  effect(() => {
    document.documentElement.lang = language.value
  })
}
