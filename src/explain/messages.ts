/**
 * Every sentence of an explanation, in every language. The type of the table has all keys and all languages: a missing
 * translation does not compile.
 */
import { type Formula, type Inline, listed, type Sentence, say } from './words.ts'

export const languages = ['en', 'fr'] as const
export type Language = (typeof languages)[number]
/** The same words in every language. */
export type Said = { readonly [L in Language]: string }

/** The values that each sentence mentions. */
interface About {
  // rules
  readonly ruleNamed: { readonly name: Said }
  readonly ruleChain: { readonly op: string }
  readonly ruleLinear: { readonly op: string }
  readonly ruleNone: { readonly op: string }
  readonly ruleBody: { readonly op: string }
  readonly ruleLift: { readonly op: string }
  readonly ruleShared: { readonly op: string }
  readonly ruleLaw: { readonly law: string }
  readonly ruleSplit: { readonly linear: boolean }
  readonly ruleFusion: Record<never, never>
  // sentences
  readonly pushPartials: { readonly y: Formula; readonly what: Said; readonly xs: readonly Formula[] }
  readonly pushMap: { readonly y: Formula; readonly what: Said; readonly xs: readonly Formula[] }
  readonly pushNothing: { readonly y: Formula; readonly what: Said }
  readonly pullPartials: { readonly y: Formula; readonly what: Said; readonly xs: readonly Formula[] }
  readonly pullMap: { readonly y: Formula; readonly what: Said; readonly xs: readonly Formula[] }
  readonly pullNothing: { readonly y: Formula; readonly what: Said }
  readonly batched: { readonly y: Formula; readonly what: Said; readonly xs: readonly Formula[] }
  readonly notBatched: { readonly y: Formula; readonly what: Said }
  readonly rewritten: { readonly law: string; readonly from: Formula; readonly to: Formula }
  readonly folded: { readonly from: Formula; readonly to: Formula }
  readonly fusedLoops: Record<never, never>
  readonly lessenedLoop: { readonly law: Said }
  readonly atPoint: { readonly y: Formula }
  readonly inLinear: { readonly y: Formula }
  readonly ownKernel: { readonly y: Formula; readonly what: Said }
  readonly joined: {
    readonly y: Formula
    readonly what: Said
    readonly into: readonly Formula[]
    readonly times: number
    readonly size: number
  }
  readonly form: { readonly y: Formula; readonly what: Said; readonly form: string }
  readonly unread: { readonly y: Formula; readonly what: Said }
  // remarks
  readonly sumOfShares: { readonly x: Formula; readonly uses: number }
  readonly nothingNew: { readonly x: Formula }
  readonly bodies: { readonly count: number }
  // documents
  readonly title: { readonly kind: KindName }
  readonly lead: { readonly kind: KindName }
  readonly headProgram: Record<never, never>
  readonly headGraph: Record<never, never>
  readonly headSteps: Record<never, never>
  readonly headForward: Record<never, never>
  readonly headSplit: Record<never, never>
  readonly headStep: { readonly number: number; readonly equation: Formula }
  readonly headNumbers: Record<never, never>
  readonly headResult: Record<never, never>
  readonly headPoint: Record<never, never>
  readonly headPlan: Record<never, never>
  readonly headSimplified: Record<never, never>
  readonly headInside: { readonly equation: Formula }
  readonly local: Record<never, never>
  readonly yields: Record<never, never>
  readonly startGradient: { readonly y: Formula; readonly bar: Formula }
  readonly numbersNote: { readonly reverse: boolean; readonly worst: string }
  readonly sizes: { readonly before: number; readonly after: number }
  readonly columnEquation: Record<never, never>
  readonly columnPlace: Record<never, never>
  readonly columnThere: Record<never, never>
  readonly placePoint: Record<never, never>
  readonly placeLinear: Record<never, never>
  readonly columnValue: Record<never, never>
  readonly columnFormula: Record<never, never>
  readonly columnPrimal: Record<never, never>
  readonly columnTangent: Record<never, never>
  readonly columnCotangent: Record<never, never>
  readonly columnDifference: Record<never, never>
}
type KindName = 'forward' | 'reverse' | 'gradient' | 'linearize' | 'transpose' | 'batch' | 'simplify' | 'compile'
type Key = keyof About
/** A sentence before it is written in a language: its key, and the values that it mentions. */
export type Phrase = { readonly [K in Key]: { readonly key: K; readonly about: About[K] } }[Key]
export const phrase = <K extends Key>(key: K, about: About[K]): Phrase => ({ key, about }) as Phrase

export type Table = { readonly [K in Key]: { readonly [L in Language]: (about: About[K]) => Sentence } }

const titles: { readonly [K in KindName]: Said } = {
  forward: { en: 'Forward mode', fr: 'Mode direct' },
  reverse: { en: 'Reverse mode', fr: 'Mode inverse' },
  gradient: { en: 'The gradient, by reverse mode', fr: 'Le gradient, par le mode inverse' },
  linearize: { en: 'Linearisation', fr: 'Linéarisation' },
  transpose: { en: 'Transposition', fr: 'Transposition' },
  batch: { en: 'Batching', fr: 'Mise en lots' },
  simplify: { en: 'Simplification', fr: 'Simplification' },
  compile: { en: 'The schedule', fr: 'L’ordonnancement' },
}
const leads: { readonly [K in KindName]: Said } = {
  forward: {
    en:
      'Tangents go from the inputs to the outputs. A dot marks the tangent of a value: how fast it ' +
      'changes when the inputs move along their own dots.',
    fr:
      'Les tangentes vont des entrées vers les sorties. Un point marque la tangente d’une valeur : la ' +
      'vitesse à laquelle elle change quand les entrées bougent selon leurs propres points.',
  },
  reverse: {
    en:
      'Cotangents go from the outputs back to the inputs. A bar marks the cotangent of a value: how much ' +
      'the output changes per unit of that value. One pass gives the derivative with respect to every ' +
      'input.',
    fr:
      'Les cotangentes remontent des sorties vers les entrées. Une barre marque la cotangente d’une ' +
      'valeur : de combien la sortie change par unité de cette valeur. Un seul passage donne la dérivée ' +
      'par rapport à toutes les entrées.',
  },
  gradient: {
    en:
      'The output’s cotangent is 1. From the last equation to the first, each passes its cotangent back ' +
      'to what it reads, multiplied by its local derivative.',
    fr:
      'La cotangente de la sortie vaut 1. De la dernière équation à la première, chacune renvoie sa ' +
      'cotangente à ce qu’elle lit, multipliée par sa dérivée locale.',
  },
  linearize: {
    en:
      'Forward mode, cut in two: what depends on the point alone is computed once; what depends on the ' +
      'tangents is a linear program.',
    fr:
      'Le mode direct, coupé en deux : ce qui ne dépend que du point est calculé une fois ; ce qui dépend ' +
      'des tangentes est un programme linéaire.',
  },
  transpose: {
    en:
      'A linear program read backwards: every linear map is replaced by its transpose, from the last ' +
      'equation to the first.',
    fr:
      'Un programme linéaire lu à l’envers : chaque application linéaire est remplacée par sa transposée, ' +
      'de la dernière équation à la première.',
  },
  batch: {
    en: 'The same program on many examples at once: values that depend on the example get one more axis, in front.',
    fr:
      'Le même programme sur plusieurs exemples à la fois : les valeurs qui dépendent de l’exemple ' +
      'gagnent un axe, en tête.',
  },
  simplify: {
    en:
      'Each expression is replaced by a simpler one while a law applies. Every law holds for every ' +
      'floating-point number, so the results keep all their bits.',
    fr:
      'Chaque expression est remplacée par une plus simple tant qu’une loi s’applique. Chaque loi vaut ' +
      'pour tout nombre flottant : les résultats gardent tous leurs bits.',
  },
  compile: {
    en:
      'Which values are stored, and which are computed inside the kernels that read them. Decided from ' +
      'the last equation to the first.',
    fr:
      'Quelles valeurs sont stockées, et lesquelles sont calculées dans les noyaux qui les lisent. Décidé ' +
      'de la dernière équation à la première.',
  },
}
const both = (words: Said) => ({ en: () => [words.en], fr: () => [words.fr] })
const plural = (n: number): string => (n === 1 ? '' : 's')
/** In French the number 0 takes the singular too. */
const pluriel = (n: number): string => (n < 2 ? '' : 's')
const times = (n: number): Said => ({ en: n === 1 ? 'once' : `${n} times`, fr: `${n} fois` })

export const messages: Table = {
  ruleNamed: { en: ({ name }) => [name.en], fr: ({ name }) => [name.fr] },
  ruleChain: { en: ({ op }) => [`chain rule through ${op}`], fr: ({ op }) => [`dérivation en chaîne à travers ${op}`] },
  ruleLinear: { en: ({ op }) => [`linearity of ${op}`], fr: ({ op }) => [`linéarité de ${op}`] },
  ruleNone: { en: ({ op }) => [`${op} has no derivative here`], fr: ({ op }) => [`${op} n’a pas de dérivée ici`] },
  ruleBody: { en: ({ op }) => [`the program inside ${op}`], fr: ({ op }) => [`le programme à l’intérieur de ${op}`] },
  ruleLift: { en: ({ op }) => [`${op} over one more axis`], fr: ({ op }) => [`${op} sur un axe de plus`] },
  ruleShared: {
    en: ({ op }) => [`${op} is the same for every example`],
    fr: ({ op }) => [`${op} est le même pour chaque exemple`],
  },
  ruleLaw: { en: ({ law }) => [law], fr: ({ law }) => [law] },
  ruleSplit: {
    en: ({ linear }) => [linear ? 'what depends on the tangents' : 'what depends on the point alone'],
    fr: ({ linear }) => [linear ? 'ce qui dépend des tangentes' : 'ce qui ne dépend que du point'],
  },
  ruleFusion: both({ en: 'fusion by counting', fr: 'fusion par comptage' }),

  pushPartials: {
    en: ({ y, what, xs }) =>
      xs.length === 1
        ? say`${y}: ${what.en}. Its tangent is the local derivative times the tangent of ${listed(xs, ' and ')}.`
        : say`${y}: ${what.en}. ${listed(xs, ' and ')} move: each gives its local derivative times its tangent,
          and these products add up.`,
    fr: ({ y, what, xs }) =>
      xs.length === 1
        ? say`${y} : ${what.fr}. Sa tangente est la dérivée locale fois la tangente de ${listed(xs, ' et ')}.`
        : say`${y} : ${what.fr}. ${listed(xs, ' et ')} bougent : chacun donne sa dérivée locale fois sa tangente,
          et le tout s’additionne.`,
  },
  pushMap: {
    en: ({ y, what, xs }) =>
      say`${y}: ${what.en}. This is linear in ${listed(xs, ' and ')}, taken one at a time: the tangent goes
        through the same map.`,
    fr: ({ y, what, xs }) =>
      say`${y} : ${what.fr}. C’est linéaire en ${listed(xs, ' et ')}, pris un à un : la tangente traverse la
        même application.`,
  },
  pushNothing: {
    en: ({ y, what }) =>
      say`${y}: ${what.en}. It depends on no input that moves, or its derivative is 0: it has no tangent.`,
    fr: ({ y, what }) =>
      say`${y} : ${what.fr}. Rien de ce qui bouge ne l’atteint, ou sa dérivée est nulle : pas de tangente.`,
  },
  pullPartials: {
    en: ({ y, what, xs }) =>
      say`${y}: ${what.en}. It passes its cotangent back to ${listed(xs, ' and ')}, multiplied by the local
        derivative.`,
    fr: ({ y, what, xs }) =>
      say`${y} : ${what.fr}. Sa cotangente est renvoyée à ${listed(xs, ' et ')}, multipliée par la dérivée locale.`,
  },
  pullMap: {
    en: ({ y, what, xs }) =>
      say`${y}: ${what.en}. The cotangent goes back to ${listed(xs, ' and ')} through the transposed map.`,
    fr: ({ y, what, xs }) =>
      say`${y} : ${what.fr}. La cotangente revient à ${listed(xs, ' et ')} par l’application transposée.`,
  },
  pullNothing: {
    en: ({ y, what }) => say`${y}: ${what.en}. Its derivative is 0: nothing is passed back.`,
    fr: ({ y, what }) => say`${y} : ${what.fr}. Sa dérivée est nulle : rien n’est renvoyé.`,
  },
  batched: {
    en: ({ y, what, xs }) =>
      say`${y}: ${what.en}. It depends on the example through ${listed(xs, ' and ')}: one row per example.`,
    fr: ({ y, what, xs }) =>
      say`${y} : ${what.fr}. Il dépend de l’exemple par ${listed(xs, ' et ')} : une ligne par exemple.`,
  },
  notBatched: {
    en: ({ y, what }) => say`${y}: ${what.en}. It does not depend on the example: it is computed once and shared.`,
    fr: ({ y, what }) => say`${y} : ${what.fr}. Il ne dépend pas de l’exemple : il est calculé une fois et partagé.`,
  },
  rewritten: {
    en: ({ law, from, to }) => say`By the law ${law}, ${from} becomes ${to}.`,
    fr: ({ law, from, to }) => say`Par la loi ${law}, ${from} devient ${to}.`,
  },
  folded: {
    en: ({ from, to }) => say`All of ${from} is known before the program runs: it is ${to}.`,
    fr: ({ from, to }) => say`Tout ${from} est connu avant l’exécution : c’est ${to}.`,
  },
  fusedLoops: both({
    en: 'Two loops of equal length become one loop: the second reads, step by step, what the first computes.',
    fr: 'Deux boucles de même longueur, la seconde lisant pas à pas ce que fait la première, n’en font plus qu’une.',
  }),
  lessenedLoop: {
    en: ({ law }) => say`A loop does less than before: ${law.en}.`,
    fr: ({ law }) => say`Une boucle fait moins qu’avant : ${law.fr}.`,
  },
  atPoint: {
    en: ({ y }) =>
      say`${y} depends on the point alone: it is computed once, and passed to the linear program if that reads it.`,
    fr: ({ y }) =>
      say`${y} ne dépend que du point : il est calculé une fois, et transmis si le programme linéaire le lit.`,
  },
  inLinear: {
    en: ({ y }) => say`${y} depends on the tangents: it belongs to the linear program.`,
    fr: ({ y }) => say`${y} dépend des tangentes : il appartient au programme linéaire.`,
  },
  ownKernel: {
    en: ({ y, what }) => say`${y}: ${what.en}. It gets a kernel of its own, and its numbers are stored.`,
    fr: ({ y, what }) => say`${y} : ${what.fr}. Il reçoit son propre noyau, et ses nombres sont stockés.`,
  },
  joined: {
    en: ({ y, what, into, times: n, size }) =>
      say`${y}: ${what.en}. Computed where it is read, in ${listed(into, ' and ')}: ${n} evaluation${plural(n)}
        for ${size} element${plural(size)}. It is never stored.`,
    fr: ({ y, what, into, times: n, size }) =>
      say`${y} : ${what.fr}. Calculé là où il est lu, dans ${listed(into, ' et ')} : ${n}
        évaluation${pluriel(n)} pour ${size} élément${pluriel(size)}. Il n’est jamais stocké.`,
  },
  form: {
    en: ({ y, what, form }) => say`${y}: ${what.en}. It is not a kernel: the host runs it (${form}).`,
    fr: ({ y, what, form }) => say`${y} : ${what.fr}. Ce n’est pas un noyau : l’hôte l’exécute (${form}).`,
  },
  unread: {
    en: ({ y, what }) => say`${y}: ${what.en}. Nothing reads it: it is not computed.`,
    fr: ({ y, what }) => say`${y} : ${what.fr}. Rien ne le lit : il n’est pas calculé.`,
  },

  sumOfShares: {
    en: ({ x, uses }) => say`${x} is used ${times(uses).en}: its cotangent is the sum of ${uses} shares.`,
    fr: ({ x, uses }) => say`${x} sert ${times(uses).fr} : sa cotangente est la somme de ${uses} parts.`,
  },
  nothingNew: {
    en: ({ x }) => say`No new equation is needed for ${x}.`,
    fr: ({ x }) => say`Aucune nouvelle équation n’est nécessaire pour ${x}.`,
  },
  bodies: {
    en: ({ count }) => [
      count === 1
        ? 'The program inside is transformed by the same rules, below.'
        : `The ${count} programs inside are transformed by the same rules, below.`,
    ],
    fr: ({ count }) => [
      count === 1
        ? 'Le programme à l’intérieur est transformé par les mêmes règles, ci-dessous.'
        : `Les ${count} programmes à l’intérieur sont transformés par les mêmes règles, ci-dessous.`,
    ],
  },

  title: { en: ({ kind }) => [titles[kind].en], fr: ({ kind }) => [titles[kind].fr] },
  lead: { en: ({ kind }) => [leads[kind].en], fr: ({ kind }) => [leads[kind].fr] },
  headProgram: both({ en: 'The program', fr: 'Le programme' }),
  headGraph: both({ en: 'Its graph', fr: 'Son graphe' }),
  headSteps: both({ en: 'Step by step', fr: 'Pas à pas' }),
  headForward: both({ en: 'First forward mode, step by step', fr: 'D’abord le mode direct, pas à pas' }),
  headSplit: both({ en: 'Then its program, cut in two', fr: 'Puis son programme, coupé en deux' }),
  headStep: {
    en: ({ number, equation }) => say`${number}. ${equation}`,
    fr: ({ number, equation }) => say`${number}. ${equation}`,
  },
  headNumbers: both({ en: 'The numbers', fr: 'Les nombres' }),
  headResult: both({ en: 'The result', fr: 'Le résultat' }),
  headPoint: both({ en: 'What is computed at the point', fr: 'Ce qui est calculé au point' }),
  headPlan: both({ en: 'The schedule', fr: 'L’ordonnancement' }),
  headSimplified: both({ en: 'After simplification', fr: 'Après simplification' }),
  headInside: {
    en: ({ equation }) => say`Inside ${equation}`,
    fr: ({ equation }) => say`À l’intérieur de ${equation}`,
  },
  local: both({ en: 'local derivative', fr: 'dérivée locale' }),
  yields: both({ en: 'gives', fr: 'donne' }),
  startGradient: {
    en: ({ y, bar }) => say`The output is ${y}; its cotangent ${bar} is 1.`,
    fr: ({ y, bar }) => say`La sortie est ${y} ; sa cotangente ${bar} vaut 1.`,
  },
  numbersNote: {
    en: ({ reverse, worst }) => [
      reverse
        ? `The finite difference of the output with respect to each value stands beside its cotangent; ` +
          `they differ by at most ${worst}.`
        : `The finite difference of each value along the inputs’ tangents stands beside its tangent; they ` +
          `differ by at most ${worst}.`,
    ],
    fr: ({ reverse, worst }) => [
      reverse
        ? `La différence finie de la sortie par rapport à chaque valeur figure à côté de sa cotangente ; ` +
          `elles diffèrent d’au plus ${worst}.`
        : `La différence finie de chaque valeur selon les tangentes des entrées figure à côté de sa ` +
          `tangente ; elles diffèrent d’au plus ${worst}.`,
    ],
  },
  sizes: {
    en: ({ before, after }) => [`${before} equation${plural(before)} before, ${after} after.`],
    fr: ({ before, after }) => [`${before} équation${pluriel(before)} avant, ${after} après.`],
  },
  columnEquation: both({ en: 'equation', fr: 'équation' }),
  columnPlace: both({ en: 'computed', fr: 'calculée' }),
  columnThere: both({ en: 'equation there', fr: 'là, c’est' }),
  placePoint: both({ en: 'once, at the point', fr: 'une fois, au point' }),
  placeLinear: both({ en: 'in the linear program', fr: 'dans le programme linéaire' }),
  columnValue: both({ en: 'value', fr: 'valeur' }),
  columnFormula: both({ en: 'formula', fr: 'formule' }),
  columnPrimal: both({ en: 'primal', fr: 'primale' }),
  columnTangent: both({ en: 'tangent', fr: 'tangente' }),
  columnCotangent: both({ en: 'cotangent', fr: 'cotangente' }),
  columnDifference: both({ en: 'finite difference', fr: 'différence finie' }),
}

/** A phrase in a language. */
export const speak = (language: Language, { key, about }: Phrase): Sentence =>
  (messages[key][language] as (about: unknown) => readonly Inline[])(about)
