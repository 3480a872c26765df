import { digits, batches, select } from "/tmp/wt/int/src/data/index.ts"
import { randomKey } from "/tmp/wt/int/src/random/index.ts"
import { hasValue } from "/tmp/wt/int/test/docstrings.ts"
const training = digits(randomKey(0), 100)
const sizes = [...batches(randomKey(1), training.count, 32)].map((indices) => select(training, indices).count)
hasValue(sizes, [32, 32, 32])
void hasValue
export {}
