import { programOrThrow, real, mul, sum, hessianOrThrow } from "/tmp/wt/int/src/index.ts"
import { hasValue } from "/tmp/wt/int/test/docstrings.ts"
const loss = programOrThrow({ w: real(2), x: real(9) }, ({ w, x }) => mul(sum()(mul(w, w)), sum()(x)))
hasValue(hessianOrThrow(loss, { wrt: { w: true } }).out, { w: { w: { dtype: 'real', shape: [2, 2] }, x: null }, x: null })
void hasValue
export {}
