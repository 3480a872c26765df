import { programOrThrow, real, sin, print } from "/tmp/wt/int/src/index.ts"
import { hasValue } from "/tmp/wt/int/test/docstrings.ts"
const f = programOrThrow({ x: real() }, ({ x }) => sin(x))
hasValue(print(f), 'fn {x: real} ->\n  let a: real = sin(x)\n  in a')
void hasValue
export {}
