import * as E from 'fp-ts/lib/Either.js'
import { sequential, dense, predictOrThrow } from "/tmp/wt/int/src/nn/index.ts"
import { serve } from "/tmp/wt/int/src/train/index.ts"
import { reference } from "/tmp/wt/int/backends/index.ts"
import { real } from "/tmp/wt/int/src/index.ts"
import { hasValue } from "/tmp/wt/int/test/docstrings.ts"
const network = sequential(dense(2, 2, { bias: false }))
const trained = { params: [{ w: [1, 0, 0, 2] }], state: [null] } as const
const served = await serve(reference, { batch: 8 })(predictOrThrow(network, real(2)), trained)()
const found = E.isRight(served) ? await served.right.run({ x: [1, 2, 3, 4] })() : served
hasValue(E.isRight(found) && found.right, [1, 4, 3, 8])
void hasValue
export {}
