/** The function along one input beside its Taylor polynomials, and how fast their errors shrink. */
import { useComputed } from '@preact/signals'
import { say, shown } from '../page/language.ts'
import { words } from '../text/formula.ts'
import { Panel } from '../ui/controls.tsx'
import { Plot } from '../ui/plot.tsx'
import { about, current, point, taylor } from './room.ts'

export const TaylorPlot = () => {
  const curves = useComputed(() => {
    const t = taylor.value
    if (t === undefined) return undefined
    const finite = t.f.filter(Number.isFinite)
    const [low, high] = [Math.min(...finite), Math.max(...finite)]
    const room = Math.max(0.5, 0.35 * (high - low))
    /** Polynomials leave the picture; it stays with the function. */
    const inside = (v: number): number | null => (v >= low - room && v <= high + room ? v : null)
    const solid = (v: number): number | null => (Number.isFinite(v) ? v : null)
    const positive = (v: number): number | null => (v > 1e-16 ? v : null)
    const known = [...t.first, ...t.second].some(Number.isFinite)
    return {
      known,
      exact: known && t.remainder1.every((v) => v <= 1e-16),
      near: [t.x, t.f.map(solid), t.first.map(inside), t.second.map(inside)] as const,
      far: [t.h, t.remainder1.map(positive), t.remainder2.map(positive)] as const,
    }
  })
  const c = curves.value
  const name = current.value?.inputs[about.value] ?? 'x'
  if (c === undefined) return null
  if (!c.known)
    return (
      <Panel title={say(words.taylor)} kind="taylor">
        <p class="quiet">{say(words.noCurve)}</p>
      </Panel>
    )
  return (
    <Panel title={say(words.taylor)} kind="taylor">
      <div class="two">
        <div>
          <h3>{say(words.taylorNear, { name, at: shown(point.value[about.value] ?? 0) })}</h3>
          <Plot
            label={say(words.taylorLabel, { name })}
            lines={[
              { name: 'f', colour: 'primal', width: 3 },
              { name: say(words.first), colour: 'tangent' },
              { name: say(words.second), colour: 'cotangent', dash: [6, 4] },
            ]}
            data={c.near}
            height={230}
          />
        </div>
        <div>
          <h3>{say(words.remainder)}</h3>
          {c.exact ? <p class="quiet">{say(words.exact)}</p> : null}
          <Plot
            label={say(words.remainderLabel)}
            lines={[
              { name: say(words.first), colour: 'tangent' },
              { name: say(words.second), colour: 'cotangent', dash: [6, 4] },
            ]}
            data={c.far}
            height={230}
            log
            logX
          />
        </div>
      </div>
    </Panel>
  )
}
