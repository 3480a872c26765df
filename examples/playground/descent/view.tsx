/** The descent room. */
import { useComputed, useSignal, useSignalEffect } from '@preact/signals'
import { useEffect, useId } from 'preact/hooks'
import { backendName } from '../page/backend.ts'
import { say, shown } from '../page/language.ts'
import { type OptimiserName, optimiserNames, optimiserTitle } from '../page/optimisers.ts'
import { words } from '../text/descent.ts'
import { showFaults, showRefusal } from '../text/faults.ts'
import { BackendChoice } from '../ui/backendChoice.tsx'
import { Panel, Slider } from '../ui/controls.tsx'
import { Problem as Wrong } from '../ui/fault.tsx'
import { Plot } from '../ui/plot.tsx'
import { Map2 } from './map.tsx'
import { descend, type Problem, paths, prepare, problem, settings, surface, survey } from './room.ts'
import { type Preset, presets, steps } from './surface.ts'

const follow = (): void => {
  useSignalEffect(() => {
    void [settings.formula.value, backendName.value]
    void prepare()
  })
  useSignalEffect(() => {
    void settings.reach.value
    void survey()
  })
  useSignalEffect(() => {
    void [settings.x.value, settings.y.value, settings.rate.value]
    void descend()
  })
}
const choose = (p: Preset, rate = p.rate): void => {
  settings.formula.value = p.formula
  settings.reach.value = p.reach
  settings.x.value = p.start[0]
  settings.y.value = p.start[1]
  settings.rate.value = rate
}
const lecture = (rate: number): void => {
  choose(presets[0] as Preset, rate)
  settings.shown.value = ['sgd']
  settings.at.value = 40
}

const saidOf = (p: Problem): string => {
  switch (p._tag) {
    case 'Text':
      return showFaults(p.errors)
    case 'Names':
      return say(words.names, { names: p.names.join(', ') })
    case 'Derivative':
      return showRefusal(p.diagnostics)
    case 'Failed':
      return p.message
  }
}
const Formula = () => {
  const [id, wrong] = [useId(), useId()]
  const p = problem.value
  const said = p === undefined ? '' : saidOf(p)
  return (
    <Panel title={say(words.surface)} kind="form">
      <fieldset class="segments">
        <legend class="unseen">{say(words.preset)}</legend>
        {presets.map((q) => (
          <button
            key={q.name}
            type="button"
            aria-pressed={settings.formula.value === q.formula}
            onClick={() => choose(q)}
          >
            {say(words[q.name])}
          </button>
        ))}
      </fieldset>
      <div class="control">
        <label for={id}>{say(words.formula)}</label>
        <input
          id={id}
          type="text"
          class="formula-text"
          spellcheck={false}
          autocomplete="off"
          value={settings.formula.value}
          aria-invalid={said !== ''}
          aria-describedby={wrong}
          onInput={(e) => {
            settings.formula.value = e.currentTarget.value
          }}
        />
        <div id={wrong} role="status">
          <Wrong text={said} />
        </div>
      </div>
    </Panel>
  )
}
const rates = [
  0.001, 0.002, 0.005, 0.01, 0.02, 0.03, 0.05, 0.08, 0.1, 0.125, 0.15, 0.2, 0.24, 0.25, 0.3, 0.4, 0.5, 0.7, 1, 2,
] as const
const reaches = [0.5, 1, 1.5, 2, 2.5, 3, 4, 5, 7, 10, 20] as const
const Start = () => {
  const reach = settings.reach.value
  return (
    <Panel title={say(words.step)} kind="form">
      <Slider label={say(words.rate)} value={settings.rate} places={rates} />
      <Slider label={say(words.reach)} value={settings.reach} places={reaches} />
      <Slider label={say(words.startX)} value={settings.x} min={-reach} max={reach} step={reach / 100} />
      <Slider label={say(words.startY)} value={settings.y} min={-reach} max={reach} step={reach / 100} />
      <div class="row">
        <button type="button" onClick={() => lecture(0.125)}>
          {say(words.converges)}
        </button>
        <button type="button" onClick={() => lecture(0.5)}>
          {say(words.diverges)}
        </button>
      </div>
    </Panel>
  )
}
/** Plays the steps one after the other. */
const Walk = () => {
  const walking = useSignal(false)
  useEffect(() => {
    if (!walking.value) return
    const timer = setInterval(() => {
      if (settings.at.peek() >= steps - 1) walking.value = false
      else settings.at.value = settings.at.peek() + 1
    }, 60)
    return () => clearInterval(timer)
  }, [walking.value])
  return (
    <div class="walk">
      <button
        type="button"
        class="primary"
        onClick={() => {
          if (!walking.value && settings.at.value >= steps - 1) settings.at.value = 0
          walking.value = !walking.value
        }}
      >
        {say(walking.value ? words.halt : words.walk)}
      </button>
      <Slider label={say(words.step)} value={settings.at} min={0} max={steps - 1} step={1} />
    </div>
  )
}
const toggle = (name: OptimiserName): void => {
  const now = settings.shown.value
  settings.shown.value = optimiserNames.filter((n) => (n === name ? !now.includes(n) : now.includes(n)))
}
const Table = () => {
  const k = settings.at.value
  return (
    <Panel title={say(words.optimisers)}>
      <table class="optimisers">
        <thead>
          <tr>
            <th scope="col">{say(words.optimiser)}</th>
            <th scope="col">{say(words.value, { k })}</th>
          </tr>
        </thead>
        <tbody>
          {optimiserNames.map((name, i) => {
            const path = paths.value.find((p) => p.name === name)
            const v = path?.values[k] ?? Number.NaN
            const far = !Number.isFinite(v) || Math.abs(v) > 1e12
            return (
              <tr key={name}>
                <th scope="row">
                  <label class="check">
                    <input
                      type="checkbox"
                      checked={settings.shown.value.includes(name)}
                      style={{ accentColor: `var(--series${i})` }}
                      onChange={() => toggle(name)}
                    />
                    <i style={{ background: `var(--series${i})` }} />
                    {optimiserTitle[name]}
                  </label>
                </th>
                <td data-value={name}>{path === undefined ? '–' : far ? say(words.away) : shown(v, 4)}</td>
              </tr>
            )
          })}
        </tbody>
      </table>
    </Panel>
  )
}
const Heights = () => {
  const data = useComputed(() => {
    // a path at the lowest value seen has no logarithm, and leaves the picture
    const floor = Math.min(
      ...paths.value.flatMap((p) => Array.from(p.values).filter(Number.isFinite)),
      ...(surface.value?.values.filter(Number.isFinite) ?? []),
    )
    const x = Array.from({ length: steps }, (_, k) => k)
    const height = (v: number): number | null => (Number.isFinite(v) && v < 1e9 && v - floor > 1e-12 ? v - floor : null)
    const of = (n: OptimiserName): ArrayLike<number> => paths.value.find((p) => p.name === n)?.values ?? []
    return [x, ...settings.shown.value.map((n) => x.map((k) => height(of(n)[k] ?? Number.NaN)))] as const
  })
  const lines = settings.shown.value
  return (
    <Panel title={say(words.height)} kind="heights">
      {lines.length === 0 ? (
        <p class="quiet">{say(words.none)}</p>
      ) : (
        <Plot
          label={say(words.heightAbove)}
          lines={lines.map((n) => ({ name: optimiserTitle[n], colour: `series${optimiserNames.indexOf(n)}` }))}
          data={data.value}
          height={200}
          log
        />
      )}
    </Panel>
  )
}

export const View = () => {
  follow()
  return (
    <>
      <div class="row head">
        <div>
          <h1>{say(words.title)}</h1>
          <p class="lead">{say(words.lead)}</p>
        </div>
        <BackendChoice />
      </div>
      <div class="descent-room">
        <div class="stack">
          <Panel title={say(words.map)} kind="ground">
            <Map2 />
            <p class="quiet">{say(words.mapHelp)}</p>
            <Walk />
          </Panel>
        </div>
        <div class="stack">
          <Formula />
          <Start />
          <Table />
        </div>
      </div>
      <Heights />
    </>
  )
}
