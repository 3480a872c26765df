import * as fc from 'fast-check'
import { programOrThrow, real, sum, log } from "/tmp/wt/int/src/index.ts"
import { gradientProperty } from "/tmp/wt/int/src/testing/index.ts"
import { hasValue } from "/tmp/wt/int/test/docstrings.ts"
const loss = programOrThrow(real(3), (x) => sum()(log(x)))
fc.assert(gradientProperty(loss, { range: [0.1, 2] }), { numRuns: 5 })
void hasValue
export {}
