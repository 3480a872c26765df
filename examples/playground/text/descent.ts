/** The words of the descent room. */
import type { Table } from '../page/language.ts'

export const words = {
  title: { en: 'Ways down', fr: 'Descendre' },
  lead: {
    en: 'Eight optimisers start at the point you choose. Each path is one compiled program, run again whenever you move.',
    fr: 'Huit optimiseurs partent du point choisi. Chaque chemin est un programme compilé, relancé à chaque mouvement.',
  },
  surface: { en: 'Surface', fr: 'Surface' },
  formula: { en: 'f(x, y) =', fr: 'f(x, y) =' },
  lecture: { en: 'Bowl (the lecture)', fr: 'Cuvette (le cours)' },
  rosenbrock: { en: 'Banana valley', fr: 'Vallée en banane' },
  himmelblau: { en: 'Four valleys', fr: 'Quatre vallées' },
  saddle: { en: 'Saddle', fr: 'Col' },
  hills: { en: 'Hills', fr: 'Collines' },
  kink: { en: 'Kinked', fr: 'Avec un pli' },
  own: { en: 'your own', fr: 'la vôtre' },
  preset: { en: 'Examples', fr: 'Exemples' },
  converges: { en: 'Lecture, η = 0.125: converges', fr: 'Cours, η = 0,125 : converge' },
  diverges: { en: 'Lecture, η = 0.5: diverges', fr: 'Cours, η = 0,5 : diverge' },
  map: { en: 'Where they go', fr: 'Où ils vont' },
  mapHelp: {
    en: 'Click to choose the start, or use the sliders.',
    fr: 'Cliquez pour choisir le départ, ou utilisez les curseurs.',
  },
  mapLabel: {
    en: 'Contour lines of f over x and y from {low} to {high}, and the paths from ({x}, {y}).',
    fr: 'Lignes de niveau de f pour x et y de {low} à {high}, et les chemins depuis ({x} ; {y}).',
  },
  startX: { en: 'Start, x', fr: 'Départ, x' },
  startY: { en: 'Start, y', fr: 'Départ, y' },
  rate: { en: 'Step size η', fr: 'Taille du pas η' },
  reach: { en: 'The view reaches to', fr: 'La vue va jusqu’à' },
  step: { en: 'Step', fr: 'Pas' },
  walk: { en: 'Walk', fr: 'Marcher' },
  halt: { en: 'Halt', fr: 'Arrêter' },
  optimisers: { en: 'Optimisers', fr: 'Optimiseurs' },
  optimiser: { en: 'Optimiser', fr: 'Optimiseur' },
  value: { en: 'f at step {k}', fr: 'f au pas {k}' },
  away: { en: 'diverged', fr: 'divergé' },
  height: { en: 'Height above the lowest point seen', fr: 'Hauteur au-dessus du point le plus bas' },
  heightAbove: { en: 'f above the lowest value seen', fr: 'f au-dessus de la plus basse valeur vue' },
  names: {
    en: 'The surface is a function of x and y only: {names} is not defined.',
    fr: 'La surface est une fonction de x et y seulement : {names} n’est pas défini.',
  },
  none: { en: 'Choose an optimiser to see its path.', fr: 'Choisissez un optimiseur pour voir son chemin.' },
} as const satisfies Table
