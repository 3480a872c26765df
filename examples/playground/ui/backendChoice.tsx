/** Which back end computes, and a note on what the choice means. */
import { useSignalEffect } from '@preact/signals'
import { type BackendName, backendName, backendNames, moveFor } from '../page/backend.ts'
import { say } from '../page/language.ts'
import { link } from '../page/url.ts'
import { shell } from '../text/shell.ts'
import { Choice } from './controls.tsx'

const nameOf = (b: BackendName): string => {
  switch (b) {
    case 'wasm':
      return say(shell.wasm)
    case 'reference':
      return say(shell.reference)
    case 'gpujs:webgpu':
    case 'gpujs:webgl2':
    case 'gpujs:webasm':
      return say(shell.gpujs, { mode: b.slice(6) })
  }
}
export const BackendChoice = () => {
  useSignalEffect(() => {
    moveFor(backendName.value, link())
  })
  return (
    <div class="backend" title={say(shell.backendHelp)}>
      <Choice label={say(shell.backend)} value={backendName} options={backendNames.map((b) => [b, nameOf(b)])} />
    </div>
  )
}
