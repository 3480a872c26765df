import { graph } from "/tmp/wt/int/src/draw/index.ts"
import { gradOrThrow, programOrThrow, real, sum, sin } from "/tmp/wt/int/src/index.ts"
import { hasValue } from "/tmp/wt/int/test/docstrings.ts"
graph(gradOrThrow(programOrThrow({ x: real(3) }, ({ x }) => sum()(sin(x)))))
void hasValue
export {}
