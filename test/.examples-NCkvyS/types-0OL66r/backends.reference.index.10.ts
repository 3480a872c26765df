import * as E from 'fp-ts/lib/Either.js'
import { programOrThrow, real, sum, mul } from "/tmp/wt/int/src/index.ts"
import { reference } from "/tmp/wt/int/backends/index.ts"
import { hasValue } from "/tmp/wt/int/test/docstrings.ts"
const f = programOrThrow({ x: real(3) }, ({ x }) => sum()(mul(x, x)))
const compiled = await reference.compile(f)()
const result = E.isRight(compiled) ? await compiled.right.run({ x: [1, 2, 3] })() : compiled
hasValue(E.isRight(result) && result.right, [14])
void hasValue
export {}
