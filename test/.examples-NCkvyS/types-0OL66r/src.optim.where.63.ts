import { groups, sgd, isWeight } from "/tmp/wt/int/src/optim/index.ts"
import { hasValue } from "/tmp/wt/int/test/docstrings.ts"
groups([[(path) => path[0] === 'head', sgd({ rate: 1 })], [isWeight, sgd({ rate: 0.1 })]], sgd({ rate: 0 }))
void hasValue
export {}
