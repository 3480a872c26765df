/** The network room: choose, train, look. */
import { useComputed, useSignalEffect } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { backendName } from '../page/backend.ts'
import { say, shown } from '../page/language.ts'
import { framesPerSecond } from '../page/loop.ts'
import { optimiserNames, optimiserTitle } from '../page/optimisers.ts'
import { words } from '../text/network.ts'
import { shell } from '../text/shell.ts'
import { BackendChoice } from '../ui/backendChoice.tsx'
import { Choice, Panel, Slider } from '../ui/controls.tsx'
import { Plot } from '../ui/plot.tsx'
import { DataChoice } from './dataChoice.tsx'
import { Decision } from './decision.tsx'
import { Diagram } from './diagram.tsx'
import { Programs } from './programs.tsx'
import { activationNames, batches, decays, rates, settings } from './settings.ts'
import {
  curve,
  failure,
  machineName,
  measured,
  microseconds,
  pause,
  play,
  playing,
  prepare,
  reset,
  single,
  steps,
} from './training.ts'

/** The settings that need a new network, and those that the current one survives. */
const follow = (): void => {
  let form = ''
  useSignalEffect(() => {
    const s = settings
    const structure = JSON.stringify([s.data, s.noise, s.features, s.hidden, s.activation, s.seed].map((x) => x.value))
    void [s.optimiser.value, s.rate.value, s.batch.value, s.decay.value, backendName.value]
    const keep = form === structure
    form = structure
    if (!keep) pause()
    if (s.features.peek().length === 0) failure.value = 'noFeatures'
    else void prepare(keep)
  })
  useEffect(() => pause, [])
}

const Transport = () => (
  <div class="row transport">
    <button type="button" class="primary" onClick={() => (playing.value ? pause() : play())}>
      {say(playing.value ? words.pause : words.play)}
    </button>
    <button type="button" onClick={() => void single()}>
      {say(words.step)}
    </button>
    <button type="button" onClick={() => void reset()}>
      {say(words.reset)}
    </button>
    <button
      type="button"
      onClick={() => {
        settings.seed.value = (settings.seed.value % 999) + 1
      }}
    >
      {say(words.reseed)}
    </button>
    <BackendChoice />
  </div>
)
const Failure = () => {
  const f = failure.value
  if (f === '') return null
  return (
    <p class="problem" role="alert">
      {f === 'notFinite' ? say(words.notFinite) : f === 'noFeatures' ? say(words.noFeatures) : f}
    </p>
  )
}
const Learning = () => (
  <Panel title={say(words.learning)} kind="form">
    <Choice
      label={say(words.activation)}
      value={settings.activation}
      options={activationNames.map((a) => [a, a === 'linear' ? say(words.linear) : a])}
    />
    <Choice
      label={say(words.optimiser)}
      value={settings.optimiser}
      options={optimiserNames.map((o) => [o, optimiserTitle[o]])}
    />
    <Slider label={say(words.rate)} value={settings.rate} places={rates} digits={4} />
    <Slider label={say(words.batch)} value={settings.batch} places={batches} />
    <Slider label={say(words.decay)} value={settings.decay} places={decays} digits={4} />
  </Panel>
)
const Numbers = () => (
  <dl class="numbers" data-test="numbers">
    <dt>{say(words.steps)}</dt>
    <dd data-test="steps">{steps.value}</dd>
    <dt>{say(words.testLoss)}</dt>
    <dd data-test="loss">{measured.value === undefined ? '–' : shown(measured.value.loss)}</dd>
    <dt>{say(words.accuracy)}</dt>
    <dd data-test="accuracy">{measured.value === undefined ? '–' : `${shown(100 * measured.value.accuracy, 1)} %`}</dd>
    <dt>{say(words.perStep)}</dt>
    <dd>{steps.value === 0 ? '–' : `${shown(microseconds.value, 0)} µs`}</dd>
    <dt>{say(shell.backend)}</dt>
    <dd data-test="machine">{machineName.value}</dd>
    <dt class="unseen">fps</dt>
    <dd class="wide quiet" data-test="fps">
      {playing.value ? say(shell.framesPerSecond, { fps: shown(framesPerSecond.value, 0) }) : ''}
    </dd>
  </dl>
)
const Loss = () => {
  const data = useComputed(() => [curve.value.step, curve.value.train, curve.value.test] as const)
  return (
    <Panel title={say(words.loss)}>
      <Plot
        label={say(words.lossLabel)}
        lines={[
          { name: say(words.training), colour: 'train' },
          { name: say(words.test), colour: 'test', dash: [5, 4] },
        ]}
        data={data.value}
        height={150}
      />
      <Numbers />
    </Panel>
  )
}

export const View = () => {
  follow()
  return (
    <>
      <h1>{say(words.title)}</h1>
      <p class="lead">{say(words.lead)}</p>
      <Transport />
      <Failure />
      <div class="network-room">
        <div class="stack">
          <Panel title={say(words.data)} kind="form">
            <DataChoice />
            <Slider label={say(words.noise)} value={settings.noise} max={0.5} step={0.05} />
          </Panel>
          <Learning />
        </div>
        <Diagram />
        <div class="stack">
          <Decision />
          <Loss />
        </div>
      </div>
      <Programs />
    </>
  )
}
