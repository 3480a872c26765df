import { programOrThrow, real, sum, mul, gradOrThrow } from "/tmp/wt/int/src/index.ts"
import { hasValue } from "/tmp/wt/int/test/docstrings.ts"
const loss = programOrThrow({ w: real(2), x: real(2) }, ({ w, x }) => sum()(mul(w, x)))
hasValue(gradOrThrow(loss).out, { w: { dtype: 'real', shape: [2] }, x: { dtype: 'real', shape: [2] } })
hasValue(gradOrThrow(loss, { wrt: { w: true } }).out, { w: { dtype: 'real', shape: [2] }, x: null })
void hasValue
export {}
