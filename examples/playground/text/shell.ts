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
  wasm: { en: 'WebAssembly', fr: 'WebAssembly' },
  reference: { en: 'reference (float64, slow)', fr: 'référence (float64, lente)' },
  gpujs: { en: 'gpu.js, {mode}', fr: 'gpu.js, {mode}' },
  framesPerSecond: { en: '{fps} frames/s', fr: '{fps} images/s' },
} as const satisfies Table
