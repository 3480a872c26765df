/** patch x kernel = value, number by number. */
import { say, shown } from '../page/language.ts'
import { words } from '../text/image.ts'
import { Choice, Panel, Slider } from '../ui/controls.tsx'
import { layers } from './model.ts'
import { explained, settings } from './room.ts'

/** A number cut to its cell, without an exponent; no -0. */
const hundredths = (v: number): number => Math.round(100 * v) / 100 + 0
const Grid = ({
  name,
  values,
  from,
  tone,
}: {
  readonly name: string
  readonly values: ArrayLike<number>
  readonly from: number
  readonly tone: 'ink' | 'signed'
}) => {
  const nine = Array.from({ length: 9 }, (_, i) => values[from + i] ?? 0)
  const most = Math.max(1e-6, ...Array.from(values, Math.abs))
  const ground = (v: number): string =>
    tone === 'ink'
      ? `color-mix(in srgb, var(--ink) ${Math.round(30 * Math.min(1, v))}%, transparent)`
      : `color-mix(in srgb, var(--${v < 0 ? 'class0' : 'class1'}) ${Math.round((45 * Math.abs(v)) / most)}%, transparent)`
  return (
    <figure class="grid3">
      <div role="img" aria-label={`${name}: ${nine.map((v) => shown(hundredths(v), 2)).join('; ')}`}>
        {nine.map((v, i) => (
          <span key={i} style={{ background: ground(v) }}>
            {shown(hundredths(v), 2)}
          </span>
        ))}
      </div>
      <figcaption>{name}</figcaption>
    </figure>
  )
}
export const WindowExplained = () => {
  const layer = layers.find((l) => l.name === settings.layer.value) ?? layers[0]
  const w = explained.value
  return (
    <Panel title={say(words.window)} kind="window">
      <div class="form places">
        <Choice
          label={say(words.layer)}
          value={settings.layer}
          options={[
            ['conv1', say(words.firstConv)],
            ['conv2', say(words.secondConv)],
          ]}
          onChange={(to) => {
            const { channels = 1, side = 1 } = layers.find((l) => l.name === to) ?? {}
            settings.channel.value = Math.min(settings.channel.peek(), channels - 1)
            settings.row.value = Math.min(settings.row.peek(), side - 1)
            settings.column.value = Math.min(settings.column.peek(), side - 1)
          }}
        />
        <Choice
          label={say(words.channel)}
          value={settings.channel}
          options={Array.from({ length: layer.channels }, (_, k) => [k, String(k + 1)])}
        />
        <Slider label={say(words.row)} value={settings.row} min={0} max={layer.side - 1} step={1} />
        <Slider label={say(words.column)} value={settings.column} min={0} max={layer.side - 1} step={1} />
      </div>
      {w === undefined ? null : (
        <>
          <div class="windows">
            {Array.from({ length: w.ins }, (_, k) => (
              <div class="equation" key={k}>
                {w.ins > 1 ? <span class="quiet">{say(words.inChannel, { k: k + 1 })}</span> : null}
                <Grid name={say(words.patch)} values={w.patch} from={9 * k} tone="ink" />
                <b aria-hidden="true">×</b>
                <Grid name={say(words.kernel)} values={w.kernel} from={9 * k} tone="signed" />
                <b aria-hidden="true">=</b>
                <Grid name={say(words.products)} values={w.products} from={9 * k} tone="signed" />
              </div>
            ))}
          </div>
          <p data-test="window">
            {say(words.windowSum, {
              total: shown(w.sum - w.bias, 3),
              bias: shown(w.bias, 3),
              sum: shown(w.sum, 3),
              out: shown(w.out, 3),
            })}
          </p>
        </>
      )}
    </Panel>
  )
}
