import { programOrThrow, real, sum, neg, simplify } from "/tmp/wt/int/src/index.ts"
import { equivalence } from "/tmp/wt/int/src/check/index.ts"
import { hasValue } from "/tmp/wt/int/test/docstrings.ts"
const f = programOrThrow({ x: real(3) }, ({ x }) => sum()(neg(neg(x))))
hasValue(equivalence(f, simplify(f))._tag, 'Equivalent')
void hasValue
export {}
