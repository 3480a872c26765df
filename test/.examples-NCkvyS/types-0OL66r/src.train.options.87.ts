import { showFitError } from "/tmp/wt/int/src/train/index.ts"
import { showBackendError } from "/tmp/wt/int/backends/index.ts"
import { hasValue } from "/tmp/wt/int/test/docstrings.ts"
const show = showFitError(showBackendError)
hasValue(show({ _tag: 'NoBatches', epoch: 1 }).split('\n')[0], 'there is no batch')
void hasValue
export {}
