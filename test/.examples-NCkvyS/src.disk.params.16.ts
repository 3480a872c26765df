import { sequential, dense } from "/tmp/wt/int/src/nn/index.ts"
import { randomKey } from "/tmp/wt/int/src/random/index.ts"
import { saveParams, loadParams } from "/tmp/wt/int/src/disk/index.ts"
import { hasValue } from "/tmp/wt/int/test/docstrings.ts"
const network = sequential(dense(2, 1))
const trained = network.init(randomKey(1))
const path = '/tmp/adjoint-example/two.safetensors'
await saveParams(path)(network, trained)()
const loaded = await loadParams(path)(network)()
const same = loaded._tag === 'Right' && loaded.right.params[0].w[0] === trained.params[0].w[0]
hasValue(same, true)
void hasValue
export {}
