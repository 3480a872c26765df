import { programOrThrow, real, sum, square, sub } from "/tmp/wt/int/src/index.ts"
import { descentStepOrThrow } from "/tmp/wt/int/src/train/index.ts"
import { sgd } from "/tmp/wt/int/src/optim/index.ts"
import { hasValue } from "/tmp/wt/int/test/docstrings.ts"
const loss = programOrThrow([{ w: real(2) }, { x: real(2) }], ([{ w }, { x }]) => sum()(square(sub(w, x))))
const step = descentStepOrThrow(sgd({ rate: 0.1 }))(loss)
void hasValue
export {}
