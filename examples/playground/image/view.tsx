/** The image room. */
import { useComputed, useSignalEffect } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import { backendName } from '../page/backend.ts'
import { percent, say, shown } from '../page/language.ts'
import { framesPerSecond } from '../page/loop.ts'
import { diverging, paint } from '../page/paint.ts'
import { dark } from '../page/theme.ts'
import { words } from '../text/image.ts'
import { shell } from '../text/shell.ts'
import { BackendChoice } from '../ui/backendChoice.tsx'
import { Choice, Panel } from '../ui/controls.tsx'
import { Plot } from '../ui/plot.tsx'
import { side } from './ink.ts'
import { Maps } from './maps.tsx'
import { tested } from './model.ts'
import { Paper } from './paper.tsx'
import {
  again,
  curve,
  empty,
  explain,
  failure,
  goal,
  image,
  look,
  machineName,
  pause,
  prepare,
  right,
  salient,
  seen,
  settings,
  steps,
  train,
  training,
  winner,
} from './room.ts'
import { WindowExplained } from './window.tsx'

const follow = (): void => {
  useSignalEffect(() => {
    void backendName.value
    void prepare().then(() => {
      if (steps.peek() === 0) train()
    })
  })
  useSignalEffect(() => {
    void [image.value, settings.about.value]
    void look()
  })
  useSignalEffect(() => {
    void [settings.layer.value, settings.channel.value, settings.row.value, settings.column.value]
    void explain()
  })
  useEffect(() => pause, [])
}
const Answer = () => {
  const chances = seen.value?.chances
  const best = winner.value
  return (
    <Panel title={say(words.answer)} kind="answer">
      <p class="said" role="status" data-test="answer">
        {best < 0 ? '' : say(words.answerIs, { digit: best, percent: percent(chances?.[best] ?? 0) })}
      </p>
      <ol class="bars" start={0}>
        {Array.from({ length: 10 }, (_, d) => {
          const p = chances?.[d] ?? 0
          return (
            <li key={d} class={d === best ? 'best' : ''}>
              <span>{d}</span>
              <span class="bar" aria-hidden="true">
                <i style={{ width: `${100 * p}%` }} />
              </span>
              <span>{percent(p)} %</span>
            </li>
          )
        })}
      </ol>
      {empty.value ? <p class="quiet">{say(words.emptyAnswer)}</p> : null}
      {steps.value < 20 ? <p class="quiet">{say(words.untrained)}</p> : null}
    </Panel>
  )
}
const Learning = () => {
  const data = useComputed(() => [curve.value.step, curve.value.loss] as const)
  const share = right.value
  return (
    <Panel title={say(words.learning)} kind="form">
      <p class="quiet" data-test="progress">
        {share === undefined
          ? say(words.progressStart, { steps: steps.value })
          : say(words.progress, { steps: steps.value, right: percent(share), count: tested })}
      </p>
      <progress max={goal.value} value={steps.value} aria-label={say(words.learning)} />
      <div class="row">
        <button type="button" class="primary" onClick={() => (training.value ? pause() : train())}>
          {say(training.value ? words.pause : steps.value >= goal.value ? words.more : words.train)}
        </button>
        <button type="button" onClick={() => void again().then(train)}>
          {say(words.again)}
        </button>
      </div>
      <Plot
        label={say(words.lossLabel)}
        lines={[{ name: say(words.loss), colour: 'train' }]}
        data={data.value}
        height={120}
      />
      <p class="quiet" data-test="fps">
        {machineName.value}
        {training.value ? `, ${say(shell.framesPerSecond, { fps: shown(framesPerSecond.value, 0) })}` : ''}
      </p>
    </Panel>
  )
}
const Saliency = () => {
  const ref = useRef<HTMLCanvasElement>(null)
  useSignalEffect(() => {
    const s = salient.value
    void dark.value
    if (ref.current === null || s === undefined) return
    const most = Math.max(1e-9, ...Array.from(s, Math.abs))
    paint(ref.current, side, side, (r, c) => (s[r * side + c] ?? 0) / most, diverging)
  })
  const digit = settings.about.value < 0 ? winner.value : settings.about.value
  return (
    <Panel title={say(words.saliency)} kind="saliency">
      <p class="quiet">{say(words.saliencyHelp)}</p>
      <canvas ref={ref} width={side} height={side} role="img" aria-label={say(words.saliencyLabel, { digit })} />
      <Choice
        label={say(words.about)}
        value={settings.about}
        options={[[-1, say(words.winner)], ...Array.from({ length: 10 }, (_, d) => [d, String(d)] as const)]}
      />
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
      {failure.value === '' ? null : (
        <p class="problem" role="alert">
          {failure.value}
        </p>
      )}
      <div class="image-room">
        <div class="stack">
          <Paper />
          <Answer />
        </div>
        <div class="stack">
          <Maps />
          <WindowExplained />
        </div>
        <div class="stack">
          <Learning />
          <Saliency />
        </div>
      </div>
    </>
  )
}
