/** Light or dark: as the machine has it, until the visitor chooses. Canvases read the colours, so they follow `dark`. */
import { computed, effect, signal } from '@preact/signals'
import { choice, field } from './url.ts'

export const themes = ['auto', 'light', 'dark'] as const
type Theme = (typeof themes)[number]
export const theme = field<Theme>('any', 'theme', 'auto', choice(themes))

const media = matchMedia('(prefers-color-scheme: dark)')
const machine = signal(media.matches)
export const dark = computed(() => (theme.value === 'auto' ? machine.value : theme.value === 'dark'))

/** A colour of style/base.css, as it is now. */
export const colour = (name: string): string =>
  getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim()

export const followTheme = (): void => {
  media.addEventListener('change', (e) => {
    machine.value = e.matches
  })
  effect(() => {
    document.documentElement.dataset.theme = dark.value ? 'dark' : 'light'
  })
}
