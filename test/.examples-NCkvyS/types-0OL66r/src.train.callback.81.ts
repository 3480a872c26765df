import { earlyStopping } from "/tmp/wt/int/src/train/index.ts"
import { hasValue } from "/tmp/wt/int/test/docstrings.ts"
earlyStopping({ watch: 'accuracy', best: 'most', patience: 3 })
void hasValue
export {}
