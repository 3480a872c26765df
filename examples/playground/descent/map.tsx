/** The surface as contours, the paths on it, and the start, which a click moves. */
import { useComputed } from '@preact/signals'
import { contours } from 'd3-contour'
import { scaleLinear } from 'd3-scale'
import { say, shown } from '../page/language.ts'
import { optimiserNames, optimiserTitle } from '../page/optimisers.ts'
import { words } from '../text/descent.ts'
import { type Field, type Path, paths, settings, surface } from './room.ts'
import { side } from './surface.ts'

const size = 600
const levels = 16

type Ring = readonly (readonly number[])[]
const ring = (points: Ring): string =>
  `M${points.map(([x = 0, y = 0]) => `${((x / side) * size).toFixed(1)} ${(size - (y / side) * size).toFixed(1)}`).join('L')}Z`
/** Closer together where the surface is low, so that valleys show. */
const levelsOf = (values: Float64Array): readonly number[] => {
  const [low, high] = [Math.min(...values), Math.max(...values)]
  return Array.from({ length: levels }, (_, k) => low + (high - low) * ((k + 0.35) / levels) ** 2.6)
}
const linesOf = ({ values }: Field): readonly string[] => {
  const worst = values.reduce((m, v) => (Number.isFinite(v) ? Math.max(m, v) : m), Number.NEGATIVE_INFINITY)
  const solid = values.map((v) => (Number.isFinite(v) ? v : worst))
  const found = contours()
    .size([side, side])
    .thresholds([...levelsOf(solid)])(solid as unknown as number[])
  return found.map((c) => c.coordinates.flatMap((polygon) => polygon.map(ring)).join(''))
}
/** The points up to a step, as far as they are finite. */
const reached = ({ points }: Path, upTo: number, reach: number): readonly (readonly [number, number])[] => {
  const found: (readonly [number, number])[] = []
  for (let k = 0; k <= upTo; k++) {
    const [x = Number.NaN, y = Number.NaN] = [points[2 * k], points[2 * k + 1]]
    if (!(Math.abs(x) < 40 * reach && Math.abs(y) < 40 * reach)) break
    found.push([x, y])
  }
  return found
}

export const Map2 = () => {
  const lines = useComputed(() => (surface.value === undefined ? [] : linesOf(surface.value)))
  const reach = surface.value?.reach ?? settings.reach.value
  const toX = scaleLinear([-reach, reach], [0, size])
  const toY = scaleLinear([-reach, reach], [size, 0])
  const choose = (e: PointerEvent & { readonly currentTarget: SVGSVGElement }): void => {
    const { left, top, width, height } = e.currentTarget.getBoundingClientRect()
    const rounded = (v: number): number => Number(v.toFixed(3))
    settings.x.value = rounded(toX.invert(((e.clientX - left) / width) * size))
    settings.y.value = rounded(toY.invert(((e.clientY - top) / height) * size))
  }
  const [x, y, at] = [settings.x.value, settings.y.value, settings.at.value]
  const label = say(words.mapLabel, { low: shown(-reach), high: shown(reach), x: shown(x), y: shown(y) })
  return (
    <svg
      class="map"
      viewBox={`0 0 ${size} ${size}`}
      role="img"
      aria-label={label}
      data-test="map"
      onPointerDown={(e) => {
        e.currentTarget.setPointerCapture(e.pointerId)
        choose(e)
      }}
      onPointerMove={(e) => {
        if (e.buttons === 1) choose(e)
      }}
    >
      {lines.value.map((d, k) => (
        <path key={k} d={d} class="contour" />
      ))}
      {toX
        .ticks(6)
        .filter((t) => Math.abs(t) < 0.95 * reach)
        .map((t) => (
          <g key={t} class="tick">
            <text x={toX(t)} y={size - 8} text-anchor="middle">
              {shown(t)}
            </text>
            <text x={8} y={toY(t) + 4}>
              {shown(t)}
            </text>
          </g>
        ))}
      {paths.value
        .filter((p) => settings.shown.value.includes(p.name))
        .map((p) => {
          const points = reached(p, at, reach).map(([a, b]) => [toX(a), toY(b)] as const)
          const colour = `var(--series${optimiserNames.indexOf(p.name)})`
          const [endX, endY] = points.at(-1) ?? [0, 0]
          return (
            <g key={p.name} style={{ color: colour }} class="path" data-path={p.name}>
              <title>{optimiserTitle[p.name]}</title>
              <polyline points={points.map((q) => q.map((v) => v.toFixed(1)).join()).join(' ')} />
              {points.map(([a, b], k) => (
                <circle key={k} cx={a} cy={b} r={1.8} />
              ))}
              <circle cx={endX} cy={endY} r={6} class="end" />
            </g>
          )
        })}
      <circle cx={toX(x)} cy={toY(y)} r={8} class="start" />
    </svg>
  )
}
