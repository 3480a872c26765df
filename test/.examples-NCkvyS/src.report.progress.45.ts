import { progress } from "/tmp/wt/int/src/report/index.ts"
import { hasValue } from "/tmp/wt/int/test/docstrings.ts"
const { onEnd } = progress({ name: 'digits' })
onEnd({ epoch: 3, steps: 60, loss: 0.25, metrics: { accuracy: 0.9 } })()
void hasValue
export {}
