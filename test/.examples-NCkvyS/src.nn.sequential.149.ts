import { skipConcat, sequential, conv2d } from "/tmp/wt/int/src/nn/index.ts"
import { relu } from "/tmp/wt/int/src/index.ts"
import { hasValue } from "/tmp/wt/int/test/docstrings.ts"
skipConcat(0, sequential(conv2d(8, 4, 3, { pad: 1 }), relu))  // 12 channels of 8
void hasValue
export {}
