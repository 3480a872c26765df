import * as E from 'fp-ts/lib/Either.js'
import { parse, showParseErrors } from "/tmp/wt/int/src/index.ts"
import { hasValue } from "/tmp/wt/int/test/docstrings.ts"
const read = parse('x * sine(x)')
const text = 'line 1, column 5: no function is called sine; did you mean sin?\n  x * sine(x)\n      ^'
hasValue(E.isLeft(read) && showParseErrors(read.left), text)
void hasValue
export {}
