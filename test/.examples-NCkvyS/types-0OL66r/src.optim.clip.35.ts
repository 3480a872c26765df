import { pipe } from 'fp-ts/lib/function.js'
import { adam, clipNorm } from "/tmp/wt/int/src/optim/index.ts"
import { hasValue } from "/tmp/wt/int/test/docstrings.ts"
pipe(adam({ rate: 1e-3 }), clipNorm(1))
void hasValue
export {}
