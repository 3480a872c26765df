/** A program that reads an axis which no vmap maps is refused by every back end. */
import { expect, test } from 'vitest'
import { gpujs, reference, showBackendError, wasm } from '../../backends/index.ts'
import { psum } from '../../lang/index.ts'
import { programOrThrow } from '../../lang/syntax/program.ts'
import { real } from '../../lang/syntax/shape.ts'
import { vmap } from '../../src/transform/vmap.ts'

const total = programOrThrow(real(), (x) => psum('batch')(x))
test.each([reference, gpujs({ mode: 'cpu' }), gpujs({ mode: 'webasm' }), wasm()])(
  '$name refuses an axis that no vmap maps',
  async (backend) => {
    const refused = await backend.compile(total)()
    expect(refused).toMatchObject({
      left: { _tag: 'Refused', diagnostics: [{ op: 'psum', problem: { _tag: 'UnboundAxis', axis: 'batch' } }] },
    })
    expect(refused._tag === 'Left' && showBackendError(refused.left)).toContain('batch')
    const mapped = await backend.compile(vmap(3, { axis: 'batch' })(total))()
    expect(mapped._tag).toBe('Right')
  },
)
