import * as fc from 'fast-check'
import { arbitraryProgram } from "/tmp/wt/int/src/testing/index.ts"
import { equivalence } from "/tmp/wt/int/src/check/index.ts"
import { simplify } from "/tmp/wt/int/src/index.ts"
import { hasValue } from "/tmp/wt/int/test/docstrings.ts"
fc.assert(fc.property(arbitraryProgram(), (p) => equivalence(p, simplify(p))._tag === 'Equivalent'))
void hasValue
export {}
