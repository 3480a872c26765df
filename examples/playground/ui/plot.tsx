/** Curves over one axis, by uPlot. `label` describes the plot to screen readers. */
import { useSignalEffect } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import UPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import { shown } from '../page/language.ts'
import { colour, dark } from '../page/theme.ts'

export interface Line {
  readonly name: string
  /** A colour of style/base.css. */
  readonly colour: string
  readonly dash?: readonly number[]
  readonly width?: number
}
type Values = readonly (number | null)[]
/** x, then one list for each line. */
export type Table = readonly [x: Values, ...ys: readonly Values[]]

/** The ticks of a logarithmic axis: powers of ten, every third where there are many; others only where there is one power. */
const powers = (_: UPlot, splits: readonly number[]): (number | null)[] => {
  const exponents = splits
    .map((v) => Math.log10(v))
    .map((e) => (Math.abs(e - Math.round(e)) < 1e-9 ? Math.round(e) : null))
  const whole = exponents.filter((e) => e !== null)
  if (whole.length < 2) return [...splits]
  const every = whole.length > 6 ? 3 : 1
  return splits.map((v, k) => ((exponents[k] ?? 0.5) % every === 0 ? v : null))
}
const raised: { readonly [sign: string]: string } = Object.fromEntries(
  [...'-0123456789'].map((c, k) => [c, [...'⁻⁰¹²³⁴⁵⁶⁷⁸⁹'][k] ?? '']),
)
/** 10⁻³ */
const power = (v: number): string => {
  const exponent = Math.round(Math.log10(v))
  if (Math.abs(v / 10 ** exponent - 1) > 1e-9) return shown(v, 6)
  return exponent === 0 ? '1' : `10${[...String(exponent)].map((c) => raised[c] ?? '').join('')}`
}
const axis = (size: number, log = false): UPlot.Axis => ({
  ...(log && { filter: powers }),
  values: (_: UPlot, splits: readonly (number | null)[]) =>
    splits.map((v) => (v === null ? '' : log ? power(v) : shown(v, 6))),
  stroke: colour('quiet'),
  grid: { stroke: colour('line'), width: 1, ...(log && { filter: powers }) },
  ticks: { stroke: colour('line'), width: 1, ...(log && { filter: powers }) },
  font: `11px ${getComputedStyle(document.body).fontFamily}`,
  size,
})
export const Plot = ({
  label,
  lines,
  data,
  height = 160,
  log = false,
  logX = false,
}: {
  readonly label: string
  readonly lines: readonly Line[]
  readonly data: Table
  readonly height?: number
  readonly log?: boolean
  readonly logX?: boolean
}) => {
  const host = useRef<HTMLDivElement>(null)
  const plot = useRef<UPlot | undefined>(undefined)
  const make = (): void => {
    const at = host.current
    if (at === null) return
    plot.current?.destroy()
    plot.current = new UPlot(
      {
        width: at.clientWidth,
        height,
        legend: { show: false },
        cursor: { show: false },
        scales: { x: { time: false, distr: logX ? 3 : 1 }, y: { distr: log ? 3 : 1 } },
        axes: [axis(28, logX), axis(52, log)],
        series: [
          {},
          ...lines.map((l) => ({
            label: l.name,
            stroke: colour(l.colour),
            width: l.width ?? 2,
            points: { show: false },
            ...(l.dash && { dash: [...l.dash] }),
          })),
        ],
      },
      data as unknown as UPlot.AlignedData,
      at,
    )
  }
  const shape = JSON.stringify([lines, height, log, logX])
  useEffect(make, [shape])
  useSignalEffect(() => {
    void dark.value
    requestAnimationFrame(make)
  })
  useEffect(() => {
    plot.current?.setData(data as unknown as UPlot.AlignedData)
  }, [data])
  useEffect(() => {
    const at = host.current
    if (at === null) return
    const seen = new ResizeObserver(() => {
      if (at.clientWidth > 0) plot.current?.setSize({ width: at.clientWidth, height })
    })
    seen.observe(at)
    return () => {
      seen.disconnect()
      plot.current?.destroy()
      plot.current = undefined
    }
  }, [])
  return (
    <figure class="plot">
      <div ref={host} role="img" aria-label={label} style={{ minHeight: `${height}px` }} />
      <figcaption class="legend">
        {lines.map((l) => (
          <span key={l.name}>
            <i style={{ background: `var(--${l.colour})` }} />
            {l.name}
          </span>
        ))}
      </figcaption>
    </figure>
  )
}
