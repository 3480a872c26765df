/** The frame around the rooms: navigation, language, light or dark, the link to share. A room is loaded when entered. */
import { useSignal } from '@preact/signals'
import type { ComponentType } from 'preact'
import { useEffect } from 'preact/hooks'
import { language, languages, say } from './page/language.ts'
import { theme, themes } from './page/theme.ts'
import { go, link, type Room, room, rooms } from './page/url.ts'
import { shell } from './text/shell.ts'
import { Choice } from './ui/controls.tsx'

const load: { readonly [R in Room]: () => Promise<{ readonly View: ComponentType }> } = {
  formula: () => import('./formula/view.tsx'),
  network: () => import('./network/view.tsx'),
  descent: () => import('./descent/view.tsx'),
  image: () => import('./image/view.tsx'),
}

const Current = () => {
  const view = useSignal<{ readonly of: Room; readonly View: ComponentType } | undefined>(undefined)
  const failed = useSignal('')
  const wanted = room.value
  useEffect(() => {
    load[wanted]().then(
      ({ View }) => {
        if (room.peek() === wanted) view.value = { of: wanted, View }
      },
      (error: unknown) => {
        failed.value = String(error)
      },
    )
    document.title = `${say(shell[wanted])} · adjoint`
  }, [wanted, language.value])
  if (failed.value !== '') return <p class="problem">{failed.value}</p>
  const found = view.value
  return found === undefined || found.of !== wanted ? <p class="quiet loading">{say(shell.loading)}</p> : <found.View />
}

const Share = () => {
  const said = useSignal(false)
  const share = (): void => {
    void navigator.clipboard?.writeText(link()).then(() => {
      said.value = true
      setTimeout(() => {
        said.value = false
      }, 2000)
    })
  }
  return (
    <button type="button" class="plain" onClick={share}>
      {say(said.value ? shell.copied : shell.share)}
      <span class="unseen" role="status">
        {said.value ? say(shell.copied) : ''}
      </span>
    </button>
  )
}

export const App = () => (
  <>
    <button type="button" class="skip" onClick={() => document.getElementById('room')?.focus()}>
      {say(shell.skip)}
    </button>
    <header class="top">
      <span class="name">adjoint</span>
      <nav aria-label={say(shell.rooms)}>
        {rooms.map((r) => (
          <a
            key={r}
            href={`#/${r}`}
            aria-current={room.value === r ? 'page' : undefined}
            onClick={(e) => {
              if (e.ctrlKey || e.metaKey || e.shiftKey) return
              e.preventDefault()
              go(r)
            }}
          >
            {say(shell[r])}
          </a>
        ))}
      </nav>
      <div class="settings">
        <Choice
          label={say(shell.language)}
          hidden
          value={language}
          options={languages.map((l) => [l, shell.tongue[l]])}
        />
        <Choice label={say(shell.look)} hidden value={theme} options={themes.map((x) => [x, say(shell[x])])} />
        <Share />
      </div>
    </header>
    <main id="room" tabIndex={-1}>
      <Current />
    </main>
  </>
)
