import { leNet5, saveWeights, leNet5Names, loadWeights } from "/tmp/wt/int/src/models/index.ts"
import { randomKey } from "/tmp/wt/int/src/random/index.ts"
import { readSafetensors, writeSafetensors } from "/tmp/wt/int/src/data/index.ts"
import { hasValue } from "/tmp/wt/int/test/docstrings.ts"
const network = leNet5()
const start = network.init(randomKey(1))
const saved = saveWeights(network, leNet5Names)(start)
const read = saved._tag === 'Right' ? readSafetensors(writeSafetensors({ tensors: saved.right })) : saved
const loaded = read._tag === 'Right' ? loadWeights(network, leNet5Names)(read.right.tensors) : read
hasValue(loaded._tag, 'Right')
void hasValue
export {}
