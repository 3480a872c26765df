import { latex, programOrThrow, real, sin } from "/tmp/wt/int/src/index.ts"
import { hasValue } from "/tmp/wt/int/test/docstrings.ts"
hasValue(latex(programOrThrow({ x: real() }, ({ x }) => sin(x))).includes('\\sin x'), true)
void hasValue
export {}
