/** Every layer's feature maps; one can point at a pixel of a convolution. */
import { useSignalEffect } from '@preact/signals'
import { useRef } from 'preact/hooks'
import { say } from '../page/language.ts'
import { grey, paint } from '../page/paint.ts'
import { dark } from '../page/theme.ts'
import { words } from '../text/image.ts'
import { Panel } from '../ui/controls.tsx'
import { layers } from './model.ts'
import { seen, settings } from './room.ts'

type Layer = (typeof layers)[number]
const Picture = ({ layer, channel }: { readonly layer: Layer; readonly channel: number }) => {
  const ref = useRef<HTMLCanvasElement>(null)
  useSignalEffect(() => {
    const values = seen.value?.[layer.name]
    void dark.value
    if (ref.current === null || values === undefined) return
    const most = Math.max(1e-6, ...Array.from(values))
    const at = channel * layer.side * layer.side
    paint(ref.current, layer.side, layer.side, (r, c) => (values[at + r * layer.side + c] ?? 0) / most, grey)
  })
  const chosen = settings.layer.value === layer.name && settings.channel.value === channel
  const point = (e: PointerEvent & { readonly currentTarget: HTMLElement }): void => {
    if (layer.conv === undefined) return
    const { left, top, width, height } = e.currentTarget.getBoundingClientRect()
    const to = (v: number): number => Math.min(layer.side - 1, Math.max(0, Math.floor(v * layer.side)))
    settings.layer.value = layer.name
    settings.channel.value = channel
    settings.row.value = to((e.clientY - top) / height)
    settings.column.value = to((e.clientX - left) / width)
  }
  const label = say(words.map, { layer: say(words[layer.name]), k: channel + 1 })
  return (
    <div class={`feature-map ${chosen ? 'chosen' : ''}`} onPointerMove={point} onPointerDown={point}>
      <canvas ref={ref} width={layer.side} height={layer.side} role="img" aria-label={label} />
      {chosen ? (
        <i
          style={{
            left: `${((settings.column.value - 1) / layer.side) * 100}%`,
            top: `${((settings.row.value - 1) / layer.side) * 100}%`,
            width: `${(3 / layer.side) * 100}%`,
            height: `${(3 / layer.side) * 100}%`,
          }}
        />
      ) : null}
    </div>
  )
}
export const Maps = () => (
  <Panel title={say(words.layers)} kind="maps">
    <p class="quiet">{say(words.layersHelp)}</p>
    {layers.map((layer) => (
      <section key={layer.name} class={layer.conv === undefined ? 'pool' : 'conv'}>
        <h3>{say(words[layer.name])}</h3>
        <div class={`strip of${layer.channels}`}>
          {Array.from({ length: layer.channels }, (_, channel) => (
            <Picture key={channel} layer={layer} channel={channel} />
          ))}
        </div>
      </section>
    ))}
  </Panel>
)
