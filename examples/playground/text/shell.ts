/** The words of the frame around the rooms. */
import type { Table } from '../page/language.ts'

export const shell = {
  formula: { en: 'Formula', fr: 'Formule' },
  network: { en: 'Network', fr: 'Réseau' },
  descent: { en: 'Descent', fr: 'Descente' },
  image: { en: 'Image', fr: 'Image' },
  rooms: { en: 'Rooms', fr: 'Salles' },
  skip: { en: 'Skip to the content', fr: 'Aller au contenu' },
  language: { en: 'Language', fr: 'Langue' },
  tongue: { en: 'English', fr: 'Français' },
  look: { en: 'Light or dark', fr: 'Clair ou sombre' },
  light: { en: 'Light', fr: 'Clair' },
  auto: { en: 'Auto', fr: 'Auto' },
  dark: { en: 'Dark', fr: 'Sombre' },
  loading: { en: 'Loading…', fr: 'Chargement…' },
  share: { en: 'Copy link', fr: 'Copier le lien' },
  copied: { en: 'Link copied', fr: 'Lien copié' },
  backend: { en: 'Computed by', fr: 'Calculé par' },
  backendHelp: {
    en: 'gpu.js writes its kernels as text and has them compiled, which a strict page forbids: choosing it opens a variant of this page that allows it.',
    fr: 'gpu.js écrit ses noyaux comme du texte à compiler, ce qu’une page stricte interdit : le choisir ouvre une variante de la page qui l’autorise.',
  },
  wasm: { en: 'WebAssembly', fr: 'WebAssembly' },
  reference: { en: 'reference (float64, slow)', fr: 'référence (float64, lente)' },
  gpujs: { en: 'gpu.js, {mode}', fr: 'gpu.js, {mode}' },
  framesPerSecond: { en: '{fps} frames/s', fr: '{fps} images/s' },
} as const satisfies Table
