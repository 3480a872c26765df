import { pipe } from 'fp-ts/lib/function.js'
import { adam, lookahead } from "/tmp/wt/int/src/optim/index.ts"
import { hasValue } from "/tmp/wt/int/test/docstrings.ts"
pipe(adam({ rate: 1e-3 }), lookahead())
void hasValue
export {}
