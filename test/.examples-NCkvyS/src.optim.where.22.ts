import { where, isWeight, adamW } from "/tmp/wt/int/src/optim/index.ts"
import { hasValue } from "/tmp/wt/int/test/docstrings.ts"
where(isWeight, adamW({ rate: 1e-3, weightDecay: 0.1 }), adamW({ rate: 1e-3, weightDecay: 0 }))
void hasValue
export {}
