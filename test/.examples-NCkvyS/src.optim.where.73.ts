import { pipe } from 'fp-ts/lib/function.js'
import { lion, decayed } from "/tmp/wt/int/src/optim/index.ts"
import { hasValue } from "/tmp/wt/int/test/docstrings.ts"
pipe(lion({ rate: 1e-4 }), decayed(0.1))
void hasValue
export {}
