/** The network as it is drawn in every lecture: features, layers, output; each neuron's picture, each weight a line. */
import { useSignalEffect } from '@preact/signals'
import { useRef } from 'preact/hooks'
import { say, shown } from '../page/language.ts'
import { diverging, paint } from '../page/paint.ts'
import { dark } from '../page/theme.ts'
import { words } from '../text/network.ts'
import { Panel } from '../ui/controls.tsx'
import { side, weightsOf } from './model.ts'
import { type FeatureName, featureNames, featureText, mostLayers, mostNeurons, settings } from './settings.ts'
import { model, params, pointed, seen } from './training.ts'

const [box, gapY, top] = [42, 14, 46] as const
/** As wide as the screen allows. */
const gapX = (): number => {
  const room = innerWidth < 760 ? innerWidth - 190 : innerWidth < 1180 ? innerWidth - 520 : 420
  return Math.max(96, Math.min(150, room / (settings.hidden.value.length + 1)))
}
const x = (column: number): number => column * gapX()
const y = (row: number): number => top + row * (box + gapY)

/** One unit's values over the plane; shown large while it is pointed at or has the focus. */
const Unit = ({
  layer,
  index,
  left,
  at,
  label,
}: {
  readonly layer: number
  readonly index: number
  readonly left: number
  readonly at: number
  readonly label: string
}) => {
  const ref = useRef<HTMLCanvasElement>(null)
  useSignalEffect(() => {
    const values = seen.value[layer]
    void dark.value
    if (ref.current === null || values === undefined) return
    const width = values.length / (side * side)
    const last = layer === seen.value.length - 1
    paint(
      ref.current,
      side,
      side,
      (r, c) => {
        const v = values[((side - 1 - r) * side + c) * width + index] ?? 0
        return last ? 2 * v - 1 : v
      },
      diverging,
    )
  })
  const show = (): void => {
    pointed.value = { layer, index }
  }
  const hide = (): void => {
    pointed.value = undefined
  }
  return (
    <button
      type="button"
      class="unit"
      aria-label={label}
      title={label}
      onPointerEnter={show}
      onPointerLeave={hide}
      onFocus={show}
      onBlur={hide}
      onClick={show}
      style={{ left: `${left}px`, top: `${at}px`, width: `${box}px`, height: `${box}px` }}
    >
      <canvas ref={ref} width={side} height={side} />
    </button>
  )
}

interface Link {
  readonly path: string
  readonly weight: number
  readonly text: string
}
const linksOf = (from: readonly number[], sizes: readonly number[], values: unknown): readonly Link[] =>
  sizes.slice(1).flatMap((outs, k) => {
    const { w } = weightsOf(values, k)
    const ins = sizes[k] ?? 0
    return Array.from({ length: outs * ins }, (_, i) => {
      const [o, j] = [Math.floor(i / ins), i % ins]
      const [x0, x1] = [x(k) + box, x(k + 1)]
      const [y0, y1] = [y(k === 0 ? (from[j] ?? 0) : j) + box / 2, y(o) + box / 2]
      const middle = (x0 + x1) / 2
      const weight = w[i] ?? 0
      return { path: `M${x0} ${y0}C${middle} ${y0} ${middle} ${y1} ${x1} ${y1}`, weight, text: shown(weight, 2) }
    })
  })
const Links = ({ width, height }: { readonly width: number; readonly height: number }) => {
  const m = model.value
  if (m === undefined || params.value === undefined) return null
  const rows = m.settings.features.map((f) => featureNames.indexOf(f))
  const links = linksOf(rows, [rows.length, ...m.settings.hidden, 1], params.value)
  return (
    <svg width={width} height={height} aria-hidden="true">
      {links.map(({ path, weight, text }, i) => (
        <path
          key={i}
          d={path}
          fill="none"
          stroke={weight < 0 ? 'var(--class0)' : 'var(--class1)'}
          stroke-width={Math.min(7, 0.6 + 2.2 * Math.abs(weight))}
          opacity={Math.min(0.85, 0.18 + 0.4 * Math.abs(weight))}
        >
          <title>{say(words.weight, { w: text })}</title>
        </path>
      ))}
    </svg>
  )
}

const Features = () => {
  const chosen = settings.features.value
  const toggle = (f: FeatureName): void => {
    settings.features.value = featureNames.filter((g) => (g === f ? !chosen.includes(g) : chosen.includes(g)))
  }
  return featureNames.map((f, row) => (
    <button
      key={f}
      type="button"
      class="feature"
      aria-pressed={chosen.includes(f)}
      aria-label={say(words.feature, { name: featureText[f] })}
      style={{ left: `${-66}px`, top: `${y(row)}px`, height: `${box}px` }}
      onClick={() => toggle(f)}
    >
      {featureText[f]}
    </button>
  ))
}
const LayerHead = ({ k }: { readonly k: number }) => {
  const sizes = settings.hidden.value
  const n = sizes[k] ?? 1
  const set = (to: number): void => {
    settings.hidden.value = sizes.map((m, i) => (i === k ? to : m))
  }
  return (
    <div class="layer-head" style={{ left: `${x(k + 1) - 22}px` }}>
      <button
        type="button"
        aria-label={say(words.removeNeuron, { k: k + 1 })}
        disabled={n <= 1}
        onClick={() => set(n - 1)}
      >
        −
      </button>
      <span aria-hidden="true">{n}</span>
      <button
        type="button"
        aria-label={say(words.addNeuron, { k: k + 1 })}
        disabled={n >= mostNeurons}
        onClick={() => set(n + 1)}
      >
        +
      </button>
    </div>
  )
}
const Layers = () => {
  const sizes = settings.hidden.value
  return (
    <div class="row tools">
      <button
        type="button"
        disabled={sizes.length >= mostLayers}
        onClick={() => {
          settings.hidden.value = [...sizes, Math.min(4, sizes.at(-1) ?? 4)]
        }}
      >
        {say(words.addLayer)}
      </button>
      <button
        type="button"
        disabled={sizes.length === 0}
        onClick={() => {
          settings.hidden.value = sizes.slice(0, -1)
        }}
      >
        {say(words.removeLayer)}
      </button>
    </div>
  )
}

export const Diagram = () => {
  const hidden = settings.hidden.value
  const chosen = settings.features.value
  const width = x(hidden.length + 1) + box + 4
  const height = y(Math.max(featureNames.length, ...hidden)) + 4
  const output = hidden.length + 1
  return (
    <Panel title={say(words.network)} kind="network">
      <p class="quiet">{say(words.networkHelp)}</p>
      <Layers />
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard must reach it */}
      <section class="scroll" tabIndex={0} aria-label={say(words.network)}>
        <div class="diagram" style={{ width: `${width + 70}px`, height: `${height}px` }}>
          <div class="origin">
            <Links width={width} height={height} />
            <Features />
            {chosen.map((f, j) => (
              <Unit
                key={f}
                layer={0}
                index={j}
                left={x(0)}
                at={y(featureNames.indexOf(f))}
                label={say(words.featurePicture, { name: featureText[f] })}
              />
            ))}
            {hidden.map((n, k) => [
              <LayerHead key={`head${k}`} k={k} />,
              ...Array.from({ length: n }, (_, i) => (
                <Unit
                  key={`${k}.${i}`}
                  layer={k + 1}
                  index={i}
                  left={x(k + 1)}
                  at={y(i)}
                  label={say(words.neuron, { n: i + 1, k: k + 1 })}
                />
              )),
            ])}
            <Unit layer={output} index={0} left={x(output)} at={y(0)} label={say(words.output)} />
          </div>
        </div>
      </section>
    </Panel>
  )
}
