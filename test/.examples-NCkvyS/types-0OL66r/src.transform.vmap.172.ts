import { programOrThrow, real, mul, vmap } from "/tmp/wt/int/src/index.ts"
import { hasValue } from "/tmp/wt/int/test/docstrings.ts"
const f = programOrThrow({ w: real(3), x: real(3) }, ({ w, x }) => mul(w, x))
const many = vmap(5, { over: { x: 1 }, out: -1 })(f)
hasValue(many.in, { w: { dtype: 'real', shape: [3] }, x: { dtype: 'real', shape: [3, 5] } })
hasValue(many.out, { dtype: 'real', shape: [3, 5] })
void hasValue
export {}
