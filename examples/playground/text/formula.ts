/** The words of the formula room. What is said of each step comes from the library's own table. */
import type { Table } from '../page/language.ts'

export const words = {
  title: { en: 'The chain rule, step by step', fr: 'La règle de la chaîne, pas à pas' },
  lead: {
    en: 'Type a formula. The library turns it into a program, and the program into its derivatives; every step below is its own.',
    fr: 'Écrivez une formule. La bibliothèque en fait un programme, puis ses dérivées ; chaque pas ci-dessous est le sien.',
  },
  formula: { en: 'Formula', fr: 'Formule' },
  examples: { en: 'Examples', fr: 'Exemples' },
  blank: { en: 'Write a formula, such as x*sin(x*y).', fr: 'Écrivez une formule, par exemple x*sin(x*y).' },
  waiting: {
    en: 'Its program, its graph and its derivatives appear here as soon as it can be read.',
    fr: 'Son programme, son graphe et ses dérivées apparaissent ici dès qu’elle peut être lue.',
  },
  noInputs: {
    en: 'This formula has no input to differentiate by. Write a name in it, such as x.',
    fr: 'Cette formule n’a pas d’entrée par rapport à laquelle dériver. Mettez-y un nom, par exemple x.',
  },
  stale: {
    en: 'Below is still {formula}, the last formula that could be read.',
    fr: 'Ci-dessous, c’est encore {formula}, la dernière formule qui a pu être lue.',
  },
  notFinite: {
    en: 'f is no number at this point, as the logarithm or the root of a negative number is none. Move the inputs.',
    fr: 'f n’est pas un nombre en ce point : le logarithme ou la racine d’un nombre négatif n’en est pas un. Déplacez les entrées.',
  },
  noCurve: {
    en: 'There is no polynomial to draw where f or a derivative is no number.',
    fr: 'Pas de polynôme à tracer où f ou une dérivée n’est pas un nombre.',
  },
  exact: {
    en: 'They miss nothing here: both polynomials are f itself.',
    fr: 'Rien ne leur échappe ici : les deux polynômes sont f elle-même.',
  },
  noSteps: {
    en: 'Nothing to do: the formula is one of its inputs.',
    fr: 'Rien à faire : la formule est l’une de ses entrées.',
  },
  point: { en: 'At a point', fr: 'En un point' },
  input: { en: 'input', fr: 'entrée' },
  valueHead: { en: 'value', fr: 'valeur' },
  derivative: { en: '∂f/∂input', fr: '∂f/∂entrée' },
  differenceHead: { en: 'finite difference', fr: 'différence finie' },
  agree: { en: 'they agree', fr: 'elles concordent' },
  differ: { en: 'they differ', fr: 'elles diffèrent' },
  about: { en: 'Forward mode and Taylor along', fr: 'Mode direct et Taylor selon' },
  program: { en: 'As a program', fr: 'En programme' },
  itself: { en: 'Formula', fr: 'Formule' },
  forward: { en: 'Forward mode', fr: 'Mode direct' },
  reverse: { en: 'Reverse mode', fr: 'Mode inverse' },
  forwardHelp: {
    en: 'From the inputs on: how fast does each value move when the chosen input does?',
    fr: 'À partir des entrées : à quelle vitesse chaque valeur bouge-t-elle avec l’entrée choisie ?',
  },
  reverseHelp: {
    en: 'From the output back: how much does the output depend on each value?',
    fr: 'À partir de la sortie : combien la sortie dépend-elle de chaque valeur ?',
  },
  graph: { en: 'As a graph', fr: 'En graphe' },
  graphLabel: {
    en: 'Graph of the program: one box per value, one edge per use, with the local derivative on it.',
    fr: 'Graphe du programme : une boîte par valeur, une arête par usage, avec la dérivée locale.',
  },
  flow: { en: 'Which derivatives flow', fr: 'Quelles dérivées circulent' },
  primal: { en: 'primal', fr: 'primale' },
  tangent: { en: 'tangent', fr: 'tangente' },
  cotangent: { en: 'cotangent', fr: 'cotangente' },
  onEdges: { en: 'on edges: local derivatives', fr: 'sur les arêtes : dérivées locales' },
  derivations: { en: 'Both derivations', fr: 'Les deux dérivations' },
  step: { en: 'Step', fr: 'Pas' },
  back: { en: 'Back', fr: 'Retour' },
  next: { en: 'Next step', fr: 'Pas suivant' },
  difference: { en: 'finite difference {d}', fr: 'différence finie {d}' },
  taylor: { en: 'Taylor', fr: 'Taylor' },
  taylorNear: { en: 'Around {name} = {at}', fr: 'Autour de {name} = {at}' },
  taylorLabel: {
    en: 'f along {name}, with its first and second Taylor polynomials',
    fr: 'f selon {name}, avec ses polynômes de Taylor d’ordre un et deux',
  },
  first: { en: 'first order', fr: 'premier ordre' },
  second: { en: 'second order', fr: 'second ordre' },
  remainder: {
    en: 'What they miss, by distance h: slopes 2 and 3',
    fr: 'Ce qui leur échappe, selon h : pentes 2 et 3',
  },
  remainderLabel: {
    en: 'Remainders of both polynomials against the distance h, both axes logarithmic',
    fr: 'Restes des deux polynômes selon la distance h, axes logarithmiques',
  },
} as const satisfies Table
