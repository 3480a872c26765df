/** The four data sets as small pictures to choose from. */

import { useSignalEffect } from '@preact/signals'
import { useRef } from 'preact/hooks'
import { say } from '../page/language.ts'
import { colour, dark } from '../page/theme.ts'
import { words } from '../text/network.ts'
import { pointsOf } from './model.ts'
import { type DataName, dataNames, settings } from './settings.ts'

const size = 56
const Picture = ({ of }: { readonly of: DataName }) => {
  const ref = useRef<HTMLCanvasElement>(null)
  useSignalEffect(() => {
    void dark.value
    const noise = settings.noise.value
    requestAnimationFrame(() => {
      const c = ref.current?.getContext('2d')
      if (!c) return
      const { x, y, count } = pointsOf({ data: of, noise, seed: 1 }, 1, 140)
      c.clearRect(0, 0, 2 * size, 2 * size)
      const colours = [colour('class0'), colour('class1')]
      for (let i = 0; i < count; i++) {
        c.fillStyle = colours[y[i] ?? 0] ?? ''
        c.beginPath()
        c.arc(size * (1 + 0.85 * (x[2 * i] ?? 0)), size * (1 - 0.85 * (x[2 * i + 1] ?? 0)), 3, 0, 7)
        c.fill()
      }
    })
  })
  return <canvas ref={ref} width={2 * size} height={2 * size} />
}
export const DataChoice = () => (
  <fieldset class="data-choice">
    <legend class="unseen">{say(words.data)}</legend>
    {dataNames.map((d) => (
      <button
        key={d}
        type="button"
        aria-pressed={settings.data.value === d}
        onClick={() => {
          settings.data.value = d
        }}
      >
        <Picture of={d} />
        {say(words[d])}
      </button>
    ))}
  </fieldset>
)
