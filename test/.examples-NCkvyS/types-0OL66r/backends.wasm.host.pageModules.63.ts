import { wasm, pageModules } from "/tmp/wt/int/backends/index.ts"
import { hasValue } from "/tmp/wt/int/test/docstrings.ts"
const backend = wasm({ cache: pageModules() })
void hasValue
export {}
