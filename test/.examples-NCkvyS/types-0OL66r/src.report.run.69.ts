import { withTextErrors } from "/tmp/wt/int/src/report/index.ts"
import { showBackendError, wasm } from "/tmp/wt/int/backends/index.ts"
import { hasValue } from "/tmp/wt/int/test/docstrings.ts"
const backend = withTextErrors(showBackendError)(wasm())
void hasValue
export {}
