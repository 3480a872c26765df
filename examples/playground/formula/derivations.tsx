/** Forward and reverse mode beside each other, one equation per step. */
import { useEffect, useRef } from 'preact/hooks'
import { type Derivation, equals, type Flow, type Step, speak } from '../../../src/explain/index.ts'
import { language, say, shown } from '../page/language.ts'
import { words } from '../text/formula.ts'
import { Panel, Segments, Slider } from '../ui/controls.tsx'
import { Said, Tex } from '../ui/math.tsx'
import { Graph } from './graph.tsx'
import { current, numbers, settings, step, steps } from './room.ts'

type Mode = 'forward' | 'reverse'
/** The numbers that a step has computed, beside their finite differences. */
const Found = ({
  of,
  mode,
  d,
  flow,
}: {
  readonly of: Step
  readonly mode: Mode
  readonly d: Derivation
  readonly flow: readonly Flow[]
}) => {
  const q = d.source.closed.equations.find((e) => e.first === of.value)
  const values = mode === 'forward' ? (of.value === undefined ? [] : [of.value]) : [...new Set(q?.args ?? [])]
  return (
    <ul class="found">
      {values.map((v) => {
        const f = flow[v]
        const x = mode === 'forward' ? f?.tangent?.[0] : f?.cotangent?.[0]
        if (f === undefined || x === undefined) return null
        return (
          <li key={v}>
            <Tex of={{ text: f.name.text, latex: `\\${mode === 'forward' ? 'dot' : 'bar'}{${f.name.latex}}` }} />
            <span class={mode === 'forward' ? 'tangent' : 'cotangent'}>{shown(x, 5)}</span>
            <span class="quiet">{say(words.difference, { d: shown(f.difference?.[0] ?? Number.NaN, 5) })}</span>
          </li>
        )
      })}
    </ul>
  )
}
const One = ({
  of,
  mode,
  d,
  flow,
  index,
}: {
  readonly of: Step
  readonly mode: Mode
  readonly d: Derivation
  readonly flow: readonly Flow[]
  readonly index: number
}) => {
  const ref = useRef<HTMLLIElement>(null)
  const at = step.value
  const now = index === at - 1
  useEffect(() => {
    const [item, scroller] = [ref.current, ref.current?.parentElement]
    if (now && item !== null && scroller) scroller.scrollTo({ top: item.offsetTop - scroller.offsetTop - 8 })
  }, [now])
  const spoken = language.value
  return (
    <li ref={ref} class={now ? 'now' : index < at ? 'done' : 'ahead'} aria-current={now ? 'step' : undefined}>
      <button
        type="button"
        class="plain"
        onClick={() => {
          settings.step.value = index + 1
        }}
      >
        <Tex of={equals(of.equation)} />
        <span class="quiet">
          <Said of={speak(spoken, of.rule)} />
        </span>
      </button>
      {now ? (
        <div class="detail">
          <p>
            <Said of={speak(spoken, of.sentence)} />
          </p>
          {of.remarks.map((r, k) => (
            <p key={k} class="quiet">
              <Said of={speak(spoken, r)} />
            </p>
          ))}
          <div class="locals">
            {of.local.map((l) => (
              <Tex key={l.argument} of={equals(l.line)} />
            ))}
          </div>
          <div class={`yields ${mode === 'forward' ? 'tangent' : 'cotangent'}`}>
            {of.yields.map((y, k) => (
              <Tex key={k} of={equals(y)} block />
            ))}
          </div>
          <Found of={of} mode={mode} d={d} flow={flow} />
        </div>
      ) : null}
    </li>
  )
}
const Mode1 = ({ mode }: { readonly mode: Mode }) => {
  const [l, n] = [current.value, numbers.value]
  if (l === undefined || n === undefined) return null
  const [d, flow] = mode === 'forward' ? [l.forward, n.forward] : [l.reverse, n.reverse]
  return (
    <section class="mode" aria-label={say(words[mode])}>
      <h3 class={mode === 'forward' ? 'tangent' : 'cotangent'}>{say(words[mode])}</h3>
      <p class="quiet">{say(mode === 'forward' ? words.forwardHelp : words.reverseHelp)}</p>
      {d.steps.length === 0 ? <p>{say(words.noSteps)}</p> : null}
      <ol class="steps" data-test={mode}>
        {d.steps.map((s, k) => (
          <One key={k} of={s} mode={mode} d={d} flow={flow} index={k} />
        ))}
      </ol>
    </section>
  )
}
const Stepper = () => (
  <div class="walk">
    <button
      type="button"
      disabled={step.value <= 0}
      onClick={() => {
        settings.step.value = step.value - 1
      }}
    >
      {say(words.back)}
    </button>
    <button
      type="button"
      class="primary"
      disabled={step.value >= steps.value}
      onClick={() => {
        settings.step.value = step.value + 1
      }}
    >
      {say(words.next)}
    </button>
    <Slider
      label={say(words.step)}
      value={settings.step}
      min={0}
      max={steps.value}
      step={1}
      unit={` / ${steps.value}`}
    />
  </div>
)
export const Derivations = () => (
  <>
    <Panel title={say(words.graph)} kind="graph-panel">
      <div class="row between">
        <Segments
          label={say(words.flow)}
          value={settings.mode}
          options={[
            ['forward', say(words.forward)],
            ['reverse', say(words.reverse)],
          ]}
        />
        <span class="legend">
          <span class="primal">{say(words.primal)}</span>
          <span class="tangent">{say(words.tangent)}</span>
          <span class="cotangent">{say(words.cotangent)}</span>
          <span>{say(words.onEdges)}</span>
        </span>
      </div>
      <Graph />
      <Stepper />
    </Panel>
    <Panel title={say(words.derivations)} kind="modes">
      <div class="two">
        <Mode1 mode="forward" />
        <Mode1 mode="reverse" />
      </div>
    </Panel>
  </>
)
