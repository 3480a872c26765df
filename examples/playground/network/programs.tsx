/** The programs that run, as text. */
import { useSignal } from '@preact/signals'
import { cost, print, simplify } from '../../../src/index.ts'
import { say, shown } from '../page/language.ts'
import { words } from '../text/network.ts'
import { Panel, Segments } from '../ui/controls.tsx'
import { model } from './training.ts'

type Which = 'gradient' | 'step' | 'forward'
export const Programs = () => {
  const open = useSignal(false)
  const which = useSignal<Which>('gradient')
  const m = model.value
  const programOf = () => {
    if (m === undefined || !open.value) return undefined
    switch (which.value) {
      case 'gradient':
        return simplify(m.gradient())
      case 'step':
        return simplify(m.step)
      case 'forward':
        return simplify(m.seen)
    }
  }
  const p = programOf()
  return (
    <Panel title={say(words.program)} kind="programs">
      <button
        type="button"
        aria-expanded={open.value}
        onClick={() => {
          open.value = !open.value
        }}
      >
        {say(words.showProgram)}
      </button>
      {p === undefined ? null : (
        <>
          <Segments
            label={say(words.program)}
            value={which}
            options={[
              ['gradient', say(words.showGradient)],
              ['step', say(words.showStep)],
              ['forward', say(words.showForward)],
            ]}
          />
          <p class="quiet">
            {say(words.programHelp, { equations: p.closed.equations.length, flops: shown(cost(p).flops, 0) })}
          </p>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard must reach it */}
          <pre class="code" tabIndex={0} data-test="program">
            {print(p)}
          </pre>
        </>
      )}
    </Panel>
  )
}
