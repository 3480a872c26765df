import { sequential, takes, conv2d, flatten } from "/tmp/wt/int/src/nn/index.ts"
import { real, relu } from "/tmp/wt/int/src/index.ts"
import { hasValue } from "/tmp/wt/int/test/docstrings.ts"
sequential(takes(real(1, 28, 28)), conv2d(1, 8, 3), relu, flatten())
void hasValue
export {}
