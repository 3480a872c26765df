import * as E from 'fp-ts/lib/Either.js'
import { programOrThrow, real, log, add, exp } from "/tmp/wt/int/src/index.ts"
import { checkAccuracy } from "/tmp/wt/int/src/check/index.ts"
import { hasValue } from "/tmp/wt/int/test/docstrings.ts"
const f = programOrThrow({ x: real() }, ({ x }) => log(add(1, exp(x))))
const checked = await checkAccuracy(f, { over: { x: [-20, 20] } })()
hasValue(E.isRight(checked) && checked.right.rows[0]?.loss?.advice, 'softplus(x)')
void hasValue
export {}
