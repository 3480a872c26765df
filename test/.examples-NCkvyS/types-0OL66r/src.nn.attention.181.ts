import { combine, crossAttention, predictOrThrow } from "/tmp/wt/int/src/nn/index.ts"
import { Expr, add, real } from "/tmp/wt/int/src/index.ts"
import { hasValue } from "/tmp/wt/int/test/docstrings.ts"
const decoder = combine()('decoder', { look: crossAttention(64, 4) }, (f, [x, memory]: readonly [Expr, Expr]) =>
  add(x, f.look([x, memory])),
)
predictOrThrow(decoder, [real(5, 64), real(9, 64)])
void hasValue
export {}
