/** The paper: strokes by pointer, and beside it the picture that the network gets. */
import { useSignalEffect } from '@preact/signals'
import { useRef } from 'preact/hooks'
import { say } from '../page/language.ts'
import { grey, paint } from '../page/paint.ts'
import { colour, dark } from '../page/theme.ts'
import { words } from '../text/image.ts'
import { Panel } from '../ui/controls.tsx'
import { type Drawing, places, side } from './ink.ts'
import { empty, image, settings } from './room.ts'

const size = 448
const draw = (c: CanvasRenderingContext2D, d: Drawing, example: Float32Array): void => {
  c.clearRect(0, 0, size, size)
  c.fillStyle = colour('ink')
  const pixel = size / side
  if (d.length === 0)
    example.forEach((v, i) => {
      c.globalAlpha = v
      c.fillRect((i % side) * pixel, Math.floor(i / side) * pixel, pixel, pixel)
    })
  c.globalAlpha = 1
  c.lineWidth = 30
  c.lineCap = 'round'
  c.lineJoin = 'round'
  c.strokeStyle = colour('ink')
  const at = (v: number): number => ((v + 0.5) / places) * size
  for (const s of d) {
    c.beginPath()
    for (let i = 0; i < s.length; i += 2) c.lineTo(at(s[i] ?? 0), at(s[i + 1] ?? 0))
    if (s.length === 2) c.lineTo(at(s[0] ?? 0) + 0.1, at(s[1] ?? 0))
    c.stroke()
  }
}
type Pointed = PointerEvent & { readonly currentTarget: HTMLCanvasElement }
const placeOf = (e: Pointed): readonly [number, number] => {
  const { left, top, width, height } = e.currentTarget.getBoundingClientRect()
  const to = (v: number): number => Math.min(places - 1, Math.max(0, Math.floor(v * places)))
  return [to((e.clientX - left) / width), to((e.clientY - top) / height)]
}
const begin = (e: Pointed): void => {
  e.currentTarget.setPointerCapture(e.pointerId)
  settings.ink.value = [...settings.ink.peek(), placeOf(e)]
}
const go = (e: Pointed): void => {
  if (e.buttons !== 1) return
  const [x, y] = placeOf(e)
  const strokes = settings.ink.peek()
  const last = strokes.at(-1) ?? []
  if (Math.hypot(x - (last.at(-2) ?? -9), y - (last.at(-1) ?? -9)) < 1.5) return
  settings.ink.value = [...strokes.slice(0, -1), [...last, x, y]]
}
const Small = () => {
  const ref = useRef<HTMLCanvasElement>(null)
  useSignalEffect(() => {
    const x = image.value
    void dark.value
    if (ref.current !== null) paint(ref.current, side, side, (r, c) => x[r * side + c] ?? 0, grey)
  })
  return (
    <figure class="small">
      <canvas ref={ref} width={side} height={side} role="img" aria-label={say(words.seenAs)} />
      <figcaption>{say(words.seenAs)}</figcaption>
    </figure>
  )
}
export const Paper = () => {
  const ref = useRef<HTMLCanvasElement>(null)
  useSignalEffect(() => {
    const [d, x] = [settings.ink.value, image.value]
    void dark.value
    requestAnimationFrame(() => {
      const c = ref.current?.getContext('2d')
      if (c) draw(c, d, x)
    })
  })
  const blank = settings.ink.value.length === 0
  return (
    <Panel title={say(words.paper)} kind="paper">
      <div class="sheet">
        <canvas
          ref={ref}
          width={size}
          height={size}
          role="img"
          aria-label={say(words.paperLabel)}
          data-test="paper"
          onPointerDown={begin}
          onPointerMove={go}
        />
        {empty.value ? <span class="quiet">{say(words.empty)}</span> : null}
      </div>
      <div class="row">
        <button
          type="button"
          onClick={() => {
            settings.ink.value = []
            settings.digit.value = -1
          }}
        >
          {say(words.clear)}
        </button>
        <Small />
      </div>
      <fieldset class="segments digits">
        <legend>{say(words.examples)}</legend>
        {Array.from({ length: 10 }, (_, d) => (
          <button
            key={d}
            type="button"
            aria-label={say(words.example, { digit: d })}
            aria-pressed={blank && settings.digit.value === d}
            onClick={() => {
              settings.ink.value = []
              settings.digit.value = d
            }}
          >
            {d}
          </button>
        ))}
      </fieldset>
    </Panel>
  )
}
