/** The pictures of digits (or clothes) that a system learns from: generated, from a folder, or fetched into the cache. */
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { type Dataset, digits, fashionMnist, mnist, showDataError, take } from '../data/index.ts'
import { loadMnist, obtain } from '../disk/index.ts'
import { foldIn, randomKey } from '../random/index.ts'
import type { RunOptions } from './system.ts'

export interface Pictures {
  readonly training: Dataset
  /** Never trained on. */
  readonly test: Dataset
}
/** `counts`: how many digits are generated; a folder's data are taken whole, or as few in a small run. */
export const picturesFor = (
  { data, dir, seed, small, onDownload, onUse }: RunOptions,
  counts: { readonly training: number; readonly test: number },
): TE.TaskEither<string, Pictures> => {
  onUse?.('data')
  const few = (d: Dataset, n: number): Dataset => (small ? take(d, n) : d)
  if (data === 'generated')
    return TE.fromIO(() => ({
      training: digits(foldIn(0)(randomKey(seed)), counts.training),
      test: digits(foldIn(1)(randomKey(seed)), counts.test),
    }))
  const fetched = obtain(data === 'mnist' ? mnist : fashionMnist, onDownload && { onProgress: onDownload })
  return pipe(
    dir === undefined ? fetched : TE.right(dir),
    TE.chain((folder) =>
      pipe(TE.Do, TE.apS('training', loadMnist(folder, 'train')), TE.apS('test', loadMnist(folder, 'test'))),
    ),
    TE.bimap(showDataError, ({ training, test }) => ({
      training: few(training, counts.training),
      test: few(test, counts.test),
    })),
  )
}
