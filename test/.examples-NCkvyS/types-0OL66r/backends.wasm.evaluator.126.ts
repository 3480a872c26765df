import * as E from 'fp-ts/lib/Either.js'
import { programOrThrow, real, sum, sin } from "/tmp/wt/int/src/index.ts"
import { checkGradients } from "/tmp/wt/int/src/check/index.ts"
import { evaluator } from "/tmp/wt/int/backends/index.ts"
import { hasValue } from "/tmp/wt/int/test/docstrings.ts"
const f = programOrThrow({ x: real(3) }, ({ x }) => sum()(sin(x)))
const checked = checkGradients(f, { on: evaluator() })
hasValue(E.isRight(checked) && checked.right.verdict, 'correct')
void hasValue
export {}
