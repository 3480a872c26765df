import { joined, polynomial, cosine } from "/tmp/wt/int/src/optim/index.ts"
import { hasValue } from "/tmp/wt/int/test/docstrings.ts"
joined([[100, polynomial(0, 100, 0.1)], [900, cosine(0.1, 900)]], 1e-4)      // then 1e-4
void hasValue
export {}
