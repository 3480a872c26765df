import { fileStore } from "/tmp/wt/int/src/disk/index.ts"
import { hasValue } from "/tmp/wt/int/test/docstrings.ts"
const checkpoint = { store: fileStore('run/digits.safetensors'), every: 100, resume: true }   // an option of fit
void hasValue
export {}
