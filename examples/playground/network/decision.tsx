/** The probability of class 1 over the plane, and the points. */

import { useSignalEffect } from '@preact/signals'
import { useRef } from 'preact/hooks'
import { percent, say } from '../page/language.ts'
import { diverging, paint } from '../page/paint.ts'
import { colour, dark } from '../page/theme.ts'
import { words } from '../text/network.ts'
import { Panel } from '../ui/controls.tsx'
import { type Points, side } from './model.ts'
import { featureText, settings } from './settings.ts'
import { box, measured, model, pointed, points, seen } from './training.ts'

const width = 640
const place = (v: number): number => ((v - box[0]) / (box[1] - box[0])) * width
const dots = (c: CanvasRenderingContext2D, { x, y, count }: Points, ring: boolean): void => {
  const colours = [colour('class0'), colour('class1')]
  const edge = colour('surface')
  for (let i = 0; i < count; i++) {
    c.beginPath()
    c.arc(place(x[2 * i] ?? 0), width - place(x[2 * i + 1] ?? 0), 6, 0, 7)
    c.fillStyle = ring ? edge : (colours[y[i] ?? 0] ?? '')
    c.strokeStyle = ring ? (colours[y[i] ?? 0] ?? '') : edge
    c.lineWidth = ring ? 3 : 2
    c.fill()
    c.stroke()
  }
}
export const Decision = () => {
  const ref = useRef<HTMLCanvasElement>(null)
  const small = useRef<HTMLCanvasElement | undefined>(undefined)
  useSignalEffect(() => {
    const last = seen.value.length - 1
    const { layer, index } = pointed.value ?? { layer: last, index: 0 }
    const values = seen.value[layer]
    const found = points.value
    const withTest = settings.test.value
    void dark.value
    const c = ref.current?.getContext('2d')
    if (values === undefined || found === undefined || !c) return
    small.current ??= document.createElement('canvas')
    const width1 = values.length / (side * side)
    const at = (r: number, k: number): number => values[((side - 1 - r) * side + k) * width1 + index] ?? 0
    const signed = layer === last ? (r: number, k: number) => 2 * at(r, k) - 1 : at
    paint(small.current, side, side, signed, (v) => diverging(0.75 * v))
    c.imageSmoothingEnabled = true
    c.imageSmoothingQuality = 'high'
    c.drawImage(small.current, 0, 0, width, width)
    if (withTest) dots(c, found.test, true)
    dots(c, found.train, false)
  })
  const right = percent(measured.value?.accuracy ?? 0)
  const { layer, index = 0 } = pointed.value ?? {}
  const hidden = layer !== undefined && layer > 0 && layer <= settings.hidden.value.length
  const which = { n: index + 1, k: layer ?? 0 }
  const feature = layer === 0 ? model.value?.settings.features[index] : undefined
  const title = hidden
    ? say(words.neuron, which)
    : feature === undefined
      ? say(words.decision)
      : say(words.feature, { name: featureText[feature] })
  const label = hidden
    ? say(words.neuronLabel, which)
    : feature === undefined
      ? say(words.decisionLabel, { right })
      : say(words.featurePicture, { name: featureText[feature] })
  return (
    <Panel title={title} kind="decision">
      <canvas ref={ref} width={width} height={width} role="img" aria-label={label} />
      <div class="row">
        <span class="legend">
          <span>
            <i style={{ background: 'var(--class0)' }} />
            {say(words.class0)}
          </span>
          <span>
            <i style={{ background: 'var(--class1)' }} />
            {say(words.class1)}
          </span>
        </span>
        <label class="check">
          <input
            type="checkbox"
            checked={settings.test.value}
            onChange={(e) => {
              settings.test.value = e.currentTarget.checked
            }}
          />
          {say(words.showTest)}
        </label>
      </div>
    </Panel>
  )
}
