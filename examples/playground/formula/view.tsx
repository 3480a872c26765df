/** The formula room. */
import { useComputed, useSignal } from '@preact/signals'
import { useId } from 'preact/hooks'
import { print, simplify } from '../../../src/index.ts'
import { say, shown } from '../page/language.ts'
import { words } from '../text/formula.ts'
import { Choice, Panel, Segments } from '../ui/controls.tsx'
import { Derivations } from './derivations.tsx'
import { Editor, Fault } from './editor.tsx'
import { about, current, examples, numbers, point, setInput, settings } from './room.ts'
import { TaylorPlot } from './taylor.tsx'

const Examples = () => (
  <fieldset class="segments">
    <legend class="unseen">{say(words.examples)}</legend>
    {examples.map((e) => (
      <button
        key={e}
        type="button"
        class="formula-text"
        aria-pressed={settings.text.value === e}
        onClick={() => {
          settings.text.value = e
          settings.step.value = 0
        }}
      >
        {e}
      </button>
    ))}
  </fieldset>
)
const Input = ({ k, name }: { readonly k: number; readonly name: string }) => {
  const id = useId()
  const x = point.value[k] ?? 0
  return (
    <tr>
      <th scope="row">
        <label for={id}>{name}</label>
      </th>
      <td class="slide">
        <input
          id={id}
          type="range"
          min={-4}
          max={4}
          step={0.01}
          value={x}
          aria-valuetext={`${name} = ${shown(x)}`}
          onInput={(e) => setInput(k, e.currentTarget.valueAsNumber)}
        />
      </td>
      <td class="primal" data-input={name}>
        {shown(x)}
      </td>
      <td class="cotangent" data-derivative={name}>
        {shown(numbers.value?.gradient[k] ?? Number.NaN, 5)}
      </td>
      <td class="quiet" data-difference={name}>
        {shown(numbers.value?.differences[k] ?? Number.NaN, 5)}
      </td>
      <td>
        <Verdict a={numbers.value?.gradient[k]} b={numbers.value?.differences[k]} />
      </td>
    </tr>
  )
}
/** No comparison where one of the two is not a number. */
const Verdict = ({
  a = Number.NaN,
  b = Number.NaN,
}: {
  readonly a?: number | undefined
  readonly b?: number | undefined
}) => {
  if (!Number.isFinite(a) || !Number.isFinite(b)) return null
  const [sign, verdict] = agree(a, b) ? (['✓', words.agree] as const) : (['≠', words.differ] as const)
  return (
    <span title={say(verdict)}>
      {sign}
      <span class="unseen">{say(verdict)}</span>
    </span>
  )
}
/** Equal within the error of a finite difference. */
const agree = (a: number, b: number): boolean => Math.abs(a - b) <= 1e-6 * Math.max(1, Math.abs(a), Math.abs(b))

const Inputs = () => {
  const l = current.value
  if (l === undefined) return null
  return (
    <Panel title={say(words.point)} kind="point">
      <p class="value" data-test="value">
        f = <strong>{shown(numbers.value?.value ?? Number.NaN, 6)}</strong>
      </p>
      {Number.isFinite(numbers.value?.value) ? null : <p class="quiet">{say(words.notFinite)}</p>}
      <div class="wide-table">
        <table class="inputs">
          <thead>
            <tr>
              <th scope="col">{say(words.input)}</th>
              <td />
              <th scope="col">{say(words.valueHead)}</th>
              <th scope="col">{say(words.derivative)}</th>
              <th scope="col">{say(words.differenceHead)}</th>
              <td />
            </tr>
          </thead>
          <tbody>
            {l.inputs.map((name, k) => (
              <Input key={name} k={k} name={name} />
            ))}
          </tbody>
        </table>
      </div>
      {l.inputs.length > 1 ? (
        <Choice
          label={say(words.about)}
          value={settings.about}
          options={l.inputs.map((name, k) => [k, name] as const)}
        />
      ) : null}
    </Panel>
  )
}
type Which = 'program' | 'forward' | 'reverse'
const Programs = () => {
  const which = useSignal<Which>('program')
  const shownProgram = useComputed(() => {
    const l = current.value
    if (l === undefined) return ''
    switch (which.value) {
      case 'program':
        return print(l.program)
      case 'forward':
        return print(simplify(l.forward.result))
      case 'reverse':
        return print(simplify(l.reverse.result))
    }
  })
  return (
    <Panel title={say(words.program)} kind="program">
      <Segments
        label={say(words.program)}
        value={which}
        options={[
          ['program', say(words.itself)],
          ['forward', say(words.forward)],
          ['reverse', say(words.reverse)],
        ]}
      />
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard must reach it */}
      <pre class="code" tabIndex={0} data-test="program">
        {shownProgram.value}
      </pre>
    </Panel>
  )
}

export const View = () => {
  void about.value
  return (
    <>
      <h1>{say(words.title)}</h1>
      <p class="lead">{say(words.lead)}</p>
      <div class="panel write">
        <Editor />
        <Fault />
        <Examples />
      </div>
      {current.value === undefined ? (
        <p class="quiet loading">{say(words.waiting)}</p>
      ) : (
        <>
          <div class="formula-room">
            <Inputs />
            <Programs />
          </div>
          <Derivations />
          <TaylorPlot />
        </>
      )}
    </>
  )
}
