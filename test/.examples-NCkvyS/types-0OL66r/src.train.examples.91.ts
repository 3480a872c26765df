import { augmentPictures } from "/tmp/wt/int/src/train/index.ts"
import { affine } from "/tmp/wt/int/src/data/index.ts"
import { hasValue } from "/tmp/wt/int/test/docstrings.ts"
const augment = augmentPictures(affine({ rotate: 0.2, shift: 2 }), { rows: 28, columns: 28 })   // an option of fit
void hasValue
export {}
