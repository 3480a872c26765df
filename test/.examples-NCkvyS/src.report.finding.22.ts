import { close } from "/tmp/wt/int/src/report/index.ts"
import { hasValue } from "/tmp/wt/int/test/docstrings.ts"
hasValue(close('predictions', [12.6, 8], [12.6, 8.1], 0.2).passed, true)
void hasValue
export {}
