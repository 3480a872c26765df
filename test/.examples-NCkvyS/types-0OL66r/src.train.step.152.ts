import { sequential, dense } from "/tmp/wt/int/src/nn/index.ts"
import { tanh, crossEntropy, real, int } from "/tmp/wt/int/src/index.ts"
import { lossProgramOrThrow } from "/tmp/wt/int/src/train/index.ts"
import { checkGradients } from "/tmp/wt/int/src/check/index.ts"
import { hasValue } from "/tmp/wt/int/test/docstrings.ts"
const network = sequential(dense(2, 3), tanh, dense(3, 2))
const loss = lossProgramOrThrow(network, crossEntropy(), { x: real(2), y: int(), batch: 4 })
const checked = checkGradients(loss)
hasValue(checked._tag === 'Right' && checked.right.verdict, 'correct')
void hasValue
export {}
