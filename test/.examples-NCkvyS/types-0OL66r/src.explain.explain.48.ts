import { explain } from "/tmp/wt/int/src/explain/index.ts"
import { programOrThrow, real, sin } from "/tmp/wt/int/src/index.ts"
import { hasValue } from "/tmp/wt/int/test/docstrings.ts"
explain(programOrThrow({ x: real() }, ({ x }) => sin(x)), { _tag: 'gradient' })
void hasValue
export {}
