import { parse } from "/tmp/wt/int/src/index.ts"
import { hasValue } from "/tmp/wt/int/test/docstrings.ts"
hasValue(parse('fn x: real[3] -> sum(sin(x))')._tag, 'Right')
hasValue(parse('x * sin(x * z')._tag, 'Left')
void hasValue
export {}
