import * as E from 'fp-ts/lib/Either.js'
import { programOrThrow, real, sin, fromJSONText, toJSONText, print } from "/tmp/wt/int/src/index.ts"
import { hasValue } from "/tmp/wt/int/test/docstrings.ts"
const f = programOrThrow({ x: real(3) }, ({ x }) => sin(x))
const again = fromJSONText(toJSONText(f))
hasValue(E.isRight(again) && print(again.right) === print(f), true)
void hasValue
export {}
