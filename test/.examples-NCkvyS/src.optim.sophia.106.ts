import { programOrThrow, real, sum, square, sub } from "/tmp/wt/int/src/index.ts"
import { sophia } from "/tmp/wt/int/src/optim/index.ts"
import { hasValue } from "/tmp/wt/int/test/docstrings.ts"
const loss = programOrThrow([{ w: real(2) }, real(2)], ([{ w }, x]) => sum()(square(sub(w, x))))
const o = sophia({ rate: 0.01 })
const step = programOrThrow([...loss.in, o.types(loss.in[0])], ([p, x, s]) => o.update(loss, p, x, s))
void hasValue
export {}
