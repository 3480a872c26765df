import { programOrThrow, real, mul, exp, bindOrThrow, print } from "/tmp/wt/int/src/index.ts"
import { hasValue } from "/tmp/wt/int/test/docstrings.ts"
const p = programOrThrow({ w: real(3), x: real(3) }, ({ w, x }) => mul(exp(w), x))
const { once, rest } = bindOrThrow(p, { known: { w: true } })
hasValue(print(once), 'fn {w: real[3]} ->\n  let a: real[3] = exp(w)\n  in [a]')
hasValue(print(rest), 'fn [[r0: real[3]], {x: real[3]}] ->\n  let a: real[3] = r0 * x\n  in a')
void hasValue
export {}
