/** The words of the formula room. The sentences about each step come from the library's own table. */
import type { Table } from '../page/language.ts'

export const words = {
  title: { en: 'The chain rule, step by step', fr: 'La règle de la chaîne, pas à pas' },
  lead: {
    en: 'Type a formula. The library turns it into a program, and the program into its derivatives; every step below is one that the library took.',
    fr: 'Écrivez une formule. La bibliothèque en fait un programme, puis ses dérivées ; chaque pas ci-dessous vient d’elle.',
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
    en: 'Still shown below: {formula}, the last formula that could be read.',
    fr: 'Encore affichée ci-dessous : {formula}, la dernière formule qui a pu être lue.',
  },
  notFinite: {
    en: 'f is not a number at this point: a negative number has no real logarithm and no real root. Move the inputs.',
    fr: 'f n’est pas un nombre en ce point : un nombre négatif n’a ni logarithme réel ni racine réelle. Déplacez les entrées.',
  },
  noCurve: {
    en: 'There is no polynomial to draw where f or a derivative is not a number.',
    fr: 'Pas de polynôme à tracer où f ou une dérivée n’est pas un nombre.',
  },
  exact: {
    en: 'There is no error here: both polynomials are f itself.',
    fr: 'Aucune erreur ici : les deux polynômes sont f elle-même.',
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
    en: 'From the inputs to the output: how fast does each value move when the chosen input moves?',
    fr: 'Des entrées vers la sortie : à quelle vitesse chaque valeur bouge-t-elle avec l’entrée choisie ?',
  },
  reverseHelp: {
    en: 'From the output to the inputs: how much does the output change with each value?',
    fr: 'De la sortie vers les entrées : de combien la sortie change-t-elle avec chaque valeur ?',
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
    en: 'Their errors at distance h: slopes 2 and 3',
    fr: 'Leurs erreurs à la distance h : pentes 2 et 3',
  },
  remainderLabel: {
    en: 'Remainders of both polynomials against the distance h, both axes logarithmic',
    fr: 'Restes des deux polynômes selon la distance h, axes logarithmiques',
  },
} as const satisfies Table
