/** Labelled controls over signals. Native elements: keyboards and screen readers know them. */
import type { Signal } from '@preact/signals'
import type { ComponentChildren } from 'preact'
import { useId } from 'preact/hooks'
import { shown } from '../page/language.ts'

export type Option<T> = readonly [value: T, text: string]

/** One of several; `hidden` labels are for screen readers only. */
export const Choice = <T extends string | number>({
  label,
  value,
  options,
  hidden = false,
  onChange,
}: {
  readonly label: string
  readonly value: Signal<T>
  readonly options: readonly Option<T>[]
  readonly hidden?: boolean
  readonly onChange?: (to: T) => void
}) => {
  const id = useId()
  const choose = (text: string): void => {
    const found = options.find(([v]) => String(v) === text)
    if (found === undefined) return
    value.value = found[0]
    onChange?.(found[0])
  }
  return (
    <div class="control">
      <label for={id} class={hidden ? 'unseen' : ''}>
        {label}
      </label>
      <select id={id} value={String(value.value)} onChange={(e) => choose(e.currentTarget.value)}>
        {options.map(([v, text]) => (
          <option key={v} value={String(v)}>
            {text}
          </option>
        ))}
      </select>
    </div>
  )
}

/** A number on a scale; `places` lists the values where they are not even. */
export const Slider = ({
  label,
  value,
  min = 0,
  max = 1,
  step = 0.01,
  places,
  unit = '',
  digits = 3,
}: {
  readonly label: string
  readonly value: Signal<number>
  readonly min?: number
  readonly max?: number
  readonly step?: number
  readonly places?: readonly number[]
  readonly unit?: string
  readonly digits?: number
}) => {
  const id = useId()
  const nearest = (list: readonly number[]): number =>
    list.reduce((best, p, i) => (Math.abs(p - value.value) < Math.abs((list[best] ?? 0) - value.value) ? i : best), 0)
  const at = places === undefined ? value.value : nearest(places)
  const text = `${shown(value.value, digits)}${unit}`
  return (
    <div class="control slider">
      <label for={id}>
        {label} <output for={id}>{text}</output>
      </label>
      <input
        id={id}
        type="range"
        min={places === undefined ? min : 0}
        max={places === undefined ? max : places.length - 1}
        step={places === undefined ? step : 1}
        value={at}
        aria-valuetext={text}
        onInput={(e) => {
          const x = e.currentTarget.valueAsNumber
          value.value = places === undefined ? x : (places[x] ?? value.value)
        }}
      />
    </div>
  )
}

/** One of a few, as buttons; the chosen one stays pressed. */
export const Segments = <T extends string>({
  label,
  value,
  options,
}: {
  readonly label: string
  readonly value: Signal<T>
  readonly options: readonly Option<T>[]
}) => (
  <fieldset class="segments">
    <legend class="unseen">{label}</legend>
    {options.map(([v, text]) => (
      <button
        key={v}
        type="button"
        aria-pressed={value.value === v}
        onClick={() => {
          value.value = v
        }}
      >
        {text}
      </button>
    ))}
  </fieldset>
)

export const Panel = ({
  title,
  children,
  kind = '',
}: {
  readonly title: string
  readonly children: ComponentChildren
  readonly kind?: string
}) => {
  const id = useId()
  return (
    <section class={`panel ${kind}`} aria-labelledby={id}>
      <h2 id={id}>{title}</h2>
      {children}
    </section>
  )
}
