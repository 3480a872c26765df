import { fromSettings } from "/tmp/wt/int/src/optim/index.ts"
import { hasValue } from "/tmp/wt/int/test/docstrings.ts"
fromSettings({ optimizer: 'Adam', hyper: { lr: 0.1, betas: [0.9, 0.999] }, clip: { kind: 'norm', max_norm: 1 } })
void hasValue
export {}
