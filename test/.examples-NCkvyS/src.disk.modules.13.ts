import { wasm } from "/tmp/wt/int/backends/index.ts"
import { moduleFolder } from "/tmp/wt/int/src/disk/index.ts"
import { hasValue } from "/tmp/wt/int/test/docstrings.ts"
const backend = wasm({ cache: moduleFolder('run/modules') })
void hasValue
export {}
