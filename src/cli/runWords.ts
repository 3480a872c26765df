/** The words of `adjoint run` itself, in two languages. The sentences of the systems are translated by examples/french.ts. */
import type { Language } from '../explain/index.ts'

interface RunWords {
  readonly met: string
  readonly missed: string
  readonly found: string
  readonly expected: string
  readonly ranOn: (placement: string) => string
  readonly figures: (met: number, all: number, backend: string, seconds: string) => string
  readonly picture: string
  readonly report: string
  readonly withOut: string
  readonly otherParts: string
  readonly noEffect: (flag: string, system: string) => string
}
export const runWords: { readonly [L in Language]: RunWords } = {
  en: {
    met: 'ok',
    missed: 'MISSED',
    found: 'found',
    expected: 'expected',
    ranOn: (placement) => `ran on ${placement}`,
    figures: (met, all, backend, seconds) => `${met} of ${all} figures, backend ${backend}, ${seconds} s`,
    picture: 'picture',
    report: 'report',
    withOut: 'pictures, with --out FOLDER',
    otherParts: 'other parts',
    noEffect: (flag, system) => `note: ${flag} has no effect on ${system}`,
  },
  fr: {
    met: 'ok',
    missed: 'MANQUÉ',
    found: 'obtenu',
    expected: 'attendu',
    ranOn: (placement) => `calculé sur ${placement}`,
    figures: (met, all, backend, seconds) => `${met} valeurs sur ${all}, machine ${backend}, ${seconds} s`,
    picture: 'image',
    report: 'rapport',
    withOut: 'images, avec --out DOSSIER',
    otherParts: 'autres parties',
    noEffect: (flag, system) => `remarque : ${flag} n’a pas d’effet sur ${system}`,
  },
}
