/**
 * Why data are unusable, as data; `showDataError` renders it for people.
 *
 * `where` names the bytes: a path, or the name that the caller of a reader gave.
 */

import { fault } from '../../lang/syntax/error.ts'
import type { PublishedFile } from './published.ts'

/** Why data are unusable. */
export type DataError =
  /** `tried`: the names that were looked for in the folder `path`, or the path of the file itself. */
  | { readonly _tag: 'FileMissing'; readonly path: string; readonly tried: readonly string[] }
  | { readonly _tag: 'Unreadable'; readonly path: string; readonly reason: string }
  | { readonly _tag: 'CorruptGzip'; readonly where: string; readonly reason: string }
  /** More bytes than `limit`, before or after decompression. */
  | { readonly _tag: 'TooLarge'; readonly where: string; readonly limit: number }
  /** `magic`: the first four bytes, or fewer if the file is shorter. */
  | { readonly _tag: 'NotIdx'; readonly where: string; readonly magic: readonly number[] }
  | { readonly _tag: 'RankOutOfRange'; readonly where: string; readonly rank: number }
  /** `expected` and `found`: sizes of the whole file, bytes. */
  | { readonly _tag: 'Truncated'; readonly where: string; readonly expected: number; readonly found: number }
  | {
      readonly _tag: 'TrailingBytes'
      readonly where: string
      readonly expected: number
      readonly found: number
    }
  /** An array of another element type or shape than `wanted`. */
  | { readonly _tag: 'WrongKind'; readonly where: string; readonly wanted: string; readonly found: string }
  /** Weights of another network: the first array that is missing or has another shape than `wanted`. */
  | { readonly _tag: 'OtherWeights'; readonly where: string; readonly wanted: string; readonly found: string }
  | {
      readonly _tag: 'CountMismatch'
      readonly where: string
      readonly images: number
      readonly labels: number
    }
  | {
      readonly _tag: 'LabelOutOfRange'
      readonly where: string
      readonly index: number
      readonly label: number
    }
  /** `line` counts from 1. */
  | { readonly _tag: 'MalformedCsv'; readonly where: string; readonly line: number; readonly reason: string }
  | { readonly _tag: 'NotNpy'; readonly where: string; readonly reason: string }
  | { readonly _tag: 'NotSafetensors'; readonly where: string; readonly reason: string }
  /** A published dataset that no mirror provided. `missing`: the files that belong in the folder. */
  | {
      readonly _tag: 'NotObtained'
      readonly name: string
      readonly folder: string
      readonly missing: readonly PublishedFile[]
      readonly tried: readonly { readonly url: string; readonly reason: string }[]
    }
  | { readonly _tag: 'Unwritable'; readonly path: string; readonly reason: string }

/** Three lines: what is wrong, where, what to try. */
export const showDataError = (error: DataError): string => {
  switch (error._tag) {
    case 'FileMissing':
      return fault(
        'a file is missing',
        error.path,
        error.tried.every((name) => name === error.path)
          ? 'check the path, and that the file was written'
          : `put one of ${error.tried.join(', ')} there`,
      )
    case 'Unreadable':
      return fault(
        `the file cannot be read (${error.reason})`,
        error.path,
        'check that it is a file and that you may read it',
      )
    case 'CorruptGzip':
      return fault(`the gzip data are damaged (${error.reason})`, error.where, again)
    case 'TooLarge':
      return fault(
        `more than ${error.limit} bytes`,
        error.where,
        'check that it is the file you mean, or split it: a dataset is held in memory whole',
      )
    case 'NotIdx':
      return fault(
        `not an IDX file: it begins with [${error.magic.map(hex).join(' ')}]`,
        error.where,
        error.magic[0] === 0x1f && error.magic[1] === 0x8b
          ? 'it is gzipped: decompress it first'
          : 'an IDX file begins with 00 00, a type of 08, 09 or 0b to 0e, and a rank; check the download',
      )
    case 'RankOutOfRange':
      return fault(`an IDX array of rank ${error.rank}`, error.where, 'ranks 1 to 4 are read')
    case 'Truncated':
      return fault(`${error.found} bytes where ${error.expected} were announced`, error.where, again)
    case 'TrailingBytes':
      return fault(`${error.found} bytes where ${error.expected} were announced`, error.where, again)
    case 'OtherWeights':
      return fault(
        `weights of another network: ${error.found} where ${error.wanted} is wanted`,
        error.where,
        'the file of this network, or the network of the file',
      )
    case 'WrongKind':
      return fault(
        `an array ${error.found} where ${error.wanted} is wanted`,
        error.where,
        'check that images and labels are not exchanged',
      )
    case 'CountMismatch':
      return fault(
        `${error.images} images but ${error.labels} labels`,
        error.where,
        'check that both files belong to the same set (train or test)',
      )
    case 'LabelOutOfRange':
      return fault(`label ${error.label} of example ${error.index} is not in 0 .. 9`, error.where, again)
    case 'MalformedCsv':
      return fault(error.reason, `${error.where}, line ${error.line}`, 'check the separator, the quotes and that line')
    case 'NotNpy':
      return fault(
        `not an NPY file that can be read: ${error.reason}`,
        error.where,
        'write it with numpy.save(path, array)',
      )
    case 'NotSafetensors':
      return fault(`not a sound safetensors file: ${error.reason}`, error.where, again)
    case 'NotObtained':
      return fault(
        [`${error.name} could not be fetched`, ...error.tried.map((t) => `  from ${t.url}: ${t.reason}`)].join('\n'),
        error.folder,
        [
          'again with a connection (what was received is kept); or put these files there yourself, or name their folder (--dir):',
          ...error.missing.map((f) => `       ${f.name}  ${f.bytes} bytes  SHA-256 ${f.sha256}`),
        ].join('\n'),
      )
    case 'Unwritable':
      return fault(
        `nothing can be written (${error.reason})`,
        error.path,
        'check that there is room and that you may write there',
      )
  }
}

const again = 'fetch the file again and compare its size with the published one'

const hex = (byte: number): string => byte.toString(16).padStart(2, '0')
