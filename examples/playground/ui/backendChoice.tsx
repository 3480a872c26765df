/** Which back end computes. */
import { type BackendName, backendName, backendNames } from '../page/backend.ts'
import { say } from '../page/language.ts'
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
export const BackendChoice = () => (
  <div class="backend">
    <Choice label={say(shell.backend)} value={backendName} options={backendNames.map((b) => [b, nameOf(b)])} />
  </div>
)
