import { sequential, dense } from "/tmp/wt/int/src/nn/index.ts"
import { relu, crossEntropy, real, int } from "/tmp/wt/int/src/index.ts"
import { measurement, accuracy } from "/tmp/wt/int/src/train/index.ts"
import { hasValue } from "/tmp/wt/int/test/docstrings.ts"
const network = sequential(dense(784, 128), relu, dense(128, 10))
hasValue(measurement(network, { loss: crossEntropy(), accuracy }, { x: real(784), y: int(), batch: 500 })._tag, 'Right')
void hasValue
export {}
