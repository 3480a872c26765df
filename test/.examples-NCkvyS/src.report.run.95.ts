import { compute } from "/tmp/wt/int/src/report/index.ts"
import { wasm } from "/tmp/wt/int/backends/index.ts"
import { programOrThrow, real, sin } from "/tmp/wt/int/src/index.ts"
import { hasValue } from "/tmp/wt/int/test/docstrings.ts"
compute(wasm())(programOrThrow(real(2), (x) => sin(x)), [0, 1])
void hasValue
export {}
