import * as E from 'fp-ts/lib/Either.js'
import { readMnist } from "/tmp/wt/int/src/data/index.ts"
import { hasValue } from "/tmp/wt/int/test/docstrings.ts"
const images = Uint8Array.of(0, 0, 8, 3, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 2, 0, 255)   // one picture of 1 x 2 pixels
const labels = Uint8Array.of(0, 0, 8, 1, 0, 0, 0, 1, 7)
const read = readMnist({ where: 'images', data: images }, { where: 'labels', data: labels })
hasValue(E.isRight(read) && read.right.x, [0, 1])
void hasValue
export {}
