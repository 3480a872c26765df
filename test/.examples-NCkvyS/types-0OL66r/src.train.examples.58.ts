import { shuffled } from "/tmp/wt/int/src/train/index.ts"
import { randomKey } from "/tmp/wt/int/src/random/index.ts"
import { real, int } from "/tmp/wt/int/src/index.ts"
import { hasValue } from "/tmp/wt/int/test/docstrings.ts"
const examples = { x: Float32Array.of(1, 2, 3, 4), y: Int32Array.of(0, 1, 0, 1), count: 4 }
const batches = [...shuffled(randomKey(1), { x: real(2), y: int(2) }, examples)]
hasValue(batches.length, 2)
void hasValue
export {}
