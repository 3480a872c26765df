/** The pictures of digits (or clothes) that an example learns from: generated, from a folder, or downloaded. */

import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { type Dataset, digits, fashionMnist, mnist, showDataError, take } from '../src/data/index.ts'
import { loadMnist, obtain } from '../src/disk/index.ts'
import { foldIn, randomKey } from '../src/random/index.ts'
import type { RunOptions } from '../src/report/index.ts'

export interface Pictures {
  readonly training: Dataset
  /** Never trained on. */
  readonly test: Dataset
}
/** `counts`: how many digits are generated. Published data are taken whole, or as few as that in a small run. */
export const picturesFor = (
  { data, dir, seed, small, onDownload, onUse }: RunOptions,
  counts: { readonly training: number; readonly test: number },
): TE.TaskEither<string, Pictures> => {
  onUse?.('data')
  if (data === 'generated')
    return TE.fromIO(() => ({
      training: digits(foldIn(0)(randomKey(seed)), counts.training),
      test: digits(foldIn(1)(randomKey(seed)), counts.test),
    }))
  const few = (d: Dataset, n: number): Dataset => (small ? take(d, n) : d)
  const downloaded = obtain(data === 'mnist' ? mnist : fashionMnist, onDownload && { onProgress: onDownload })
  return pipe(
    dir === undefined ? downloaded : TE.right(dir),
    TE.chain((folder) =>
      pipe(TE.Do, TE.apS('training', loadMnist(folder, 'train')), TE.apS('test', loadMnist(folder, 'test'))),
    ),
    TE.bimap(showDataError, ({ training, test }) => ({
      training: few(training, counts.training),
      test: few(test, counts.test),
    })),
  )
}
