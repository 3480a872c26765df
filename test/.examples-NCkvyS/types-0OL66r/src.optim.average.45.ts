import { pipe } from 'fp-ts/lib/function.js'
import { sgd, weightAverage } from "/tmp/wt/int/src/optim/index.ts"
import { hasValue } from "/tmp/wt/int/test/docstrings.ts"
const o = pipe(sgd({ rate: 0.05 }), weightAverage({ from: 1000, every: 10 }))
void hasValue
export {}
