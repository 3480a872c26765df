import { pipe } from 'fp-ts/lib/function.js'
import { adam, averaged } from "/tmp/wt/int/src/optim/index.ts"
import { hasValue } from "/tmp/wt/int/test/docstrings.ts"
const o = pipe(adam({ rate: 1e-3 }), averaged(0.999))      // afterwards: state.optimizer.slots.average
void hasValue
export {}
