import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { obtain, loadMnist } from "/tmp/wt/int/src/disk/index.ts"
import { mnist } from "/tmp/wt/int/src/data/index.ts"
import { hasValue } from "/tmp/wt/int/test/docstrings.ts"
pipe(obtain(mnist), TE.chain((folder) => loadMnist(folder, 'train')))
void hasValue
export {}
