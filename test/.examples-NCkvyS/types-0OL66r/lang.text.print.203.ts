import { programOrThrow, real, sum, mul, print } from "/tmp/wt/int/src/index.ts"
import { hasValue } from "/tmp/wt/int/test/docstrings.ts"
const f = programOrThrow({ x: real(3) }, ({ x }) => sum()(mul(x, x)))
hasValue(print(f, { style: 'formulas' }), 'fn {x: real[3]} -> sum{axes: [0]}(x * x)')
void hasValue
export {}
