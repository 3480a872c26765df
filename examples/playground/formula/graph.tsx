/** The program as a graph: values are boxes with their numbers, edges carry local derivatives. */
import { useComputed } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import { type Derivation, equals, graphOf, type Placed, place } from '../../../src/explain/index.ts'
import { say, shown } from '../page/language.ts'
import { words } from '../text/formula.ts'
import { between, type Lesson } from './lesson.ts'
import { current, numbers, settings, step } from './room.ts'

const tall = 58
/** c = x * b, cut to the room of its box. */
const titleOf = (d: Derivation, value: number): string => {
  const line = d.equations[d.source.closed.equations.findIndex((q) => q.first === value)]
  const text = line === undefined ? (d.places[value]?.name.text ?? '') : equals(line).text
  return text.length > 26 ? `${text.slice(0, 25)}…` : text
}
const placed = (d: Derivation): Placed =>
  place(graphOf(d), {
    direction: 'LR',
    size: ({ value }) => ({ width: Math.max(92, 24 + 7.6 * titleOf(d, value).length), height: tall }),
    label: () => '0.12345',
  })
/** The values whose tangent or cotangent the first `upTo` steps have found: a cotangent when all its terms are added. */
const foundBy = (d: Derivation, upTo: number): ReadonlySet<number> => {
  const { inputs, outputs, equations } = d.source.closed
  const done = new Set(d.steps.slice(0, upTo).map((s) => s.value))
  if (d.kind === 'forward')
    return new Set([...inputs.keys(), ...equations.map((q) => q.first).filter((v) => done.has(v))])
  const waiting = new Set(d.steps.slice(upTo).flatMap((s) => equations.find((q) => q.first === s.value)?.args ?? []))
  const read = [...inputs.keys(), ...equations.map((q) => q.first)].filter((v) => !waiting.has(v))
  const reached = new Set([...outputs, ...equations.filter((q) => done.has(q.first)).flatMap((q) => q.args)])
  return new Set(read.filter((v) => reached.has(v)))
}
const path = (points: readonly { readonly x: number; readonly y: number }[]): string =>
  points.map(({ x, y }, k) => `${k === 0 ? 'M' : 'L'}${x.toFixed(1)} ${y.toFixed(1)}`).join('')

const derivationOf = (l: Lesson): Derivation => (settings.mode.value === 'forward' ? l.forward : l.reverse)

export const Graph = () => {
  const drawn = useComputed(() => (current.value === undefined ? undefined : placed(current.value.reverse)))
  const frame = useRef<HTMLElement>(null)
  const [l, n, g] = [current.value, numbers.value, drawn.value]
  const active = l === undefined ? undefined : derivationOf(l).steps[step.value - 1]?.value
  useEffect(() => {
    // scrolls to the value that the step treats
    const [at, node] = [frame.current, g?.nodes.find((x) => x.value === active)]
    if (at !== null && node !== undefined) at.scrollTo({ left: node.x - at.clientWidth / 2, behavior: 'smooth' })
  }, [active, g])
  if (l === undefined || n === undefined || g === undefined) return null
  const forwards = settings.mode.value === 'forward'
  const [d, flow] = [derivationOf(l), forwards ? n.forward : n.reverse]
  const found = foundBy(d, step.value)
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard must reach it
    <section ref={frame} class="scroll graph" tabIndex={0} aria-label={say(words.graph)}>
      <svg
        viewBox={`0 0 ${g.width} ${g.height}`}
        width={g.width}
        height={g.height}
        role="img"
        aria-label={say(words.graphLabel)}
        data-test="graph"
      >
        <defs>
          {(['quiet', 'tangent', 'cotangent'] as const).map((name) => (
            <marker
              key={name}
              id={`tip-${name}`}
              class={name}
              viewBox="0 0 8 8"
              refX="7"
              refY="4"
              markerUnits="userSpaceOnUse"
              markerWidth="9"
              markerHeight="9"
              orient="auto-start-reverse"
            >
              <path d="M0 0L8 4L0 8z" fill="currentColor" />
            </marker>
          ))}
        </defs>
        {g.edges.map(({ from, to, points, label }) => {
          const leads = to === active
          const partial = n.partials.get(between(from, to))
          return (
            <g key={between(from, to)} class={`edge ${leads ? 'active' : ''} ${forwards ? 'tangent' : 'cotangent'}`}>
              <path
                d={path(points)}
                fill="none"
                marker-end={!leads ? 'url(#tip-quiet)' : forwards ? 'url(#tip-tangent)' : undefined}
                marker-start={leads && !forwards ? 'url(#tip-cotangent)' : undefined}
              />
              {partial === undefined || label === undefined ? null : (
                <text x={label.x} y={label.y + 4} text-anchor="middle">
                  {shown(partial, 3)}
                </text>
              )}
            </g>
          )
        })}
        {g.nodes.map(({ value, x, y, width }) => {
          const f = flow[value]
          const derivative = forwards ? f?.tangent?.[0] : f?.cotangent?.[0]
          return (
            <g key={value} class={`box ${value === active ? 'active' : ''}`} transform={`translate(${x} ${y})`}>
              <rect x={-width / 2} y={-tall / 2} width={width} height={tall} rx={9} />
              <text y={-11} text-anchor="middle" class="title">
                {titleOf(d, value)}
              </text>
              <text y={6} text-anchor="middle" class="primal">
                {f?.primal.length === 1 ? shown(f.primal[0] ?? 0, 4) : '…'}
              </text>
              <text y={22} text-anchor="middle" class={forwards ? 'tangent' : 'cotangent'}>
                {found.has(value) && derivative !== undefined ? shown(derivative, 4) : '·'}
              </text>
            </g>
          )
        })}
      </svg>
    </section>
  )
}
