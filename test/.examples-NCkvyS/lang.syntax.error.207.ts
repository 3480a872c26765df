import * as E from 'fp-ts/lib/Either.js'
import { program, real, add, Expr, showDiagnostics } from "/tmp/wt/int/src/index.ts"
import { hasValue } from "/tmp/wt/int/test/docstrings.ts"
const f = program({ x: real(2), y: real(3) }, ({ x, y }) => add(x, y as Expr))
const text = E.isLeft(f) ? showDiagnostics(f.left) : ''
hasValue(text.split('\n')[0], 'add: shapes [2] and [3] differ')
void hasValue
export {}
