/**
 * A compiled module as bytes: a checksum of the rest, the length of a head, the head as JSON, the module. What was not
 * written by this version for this key, or is damaged, is no entry.
 */
import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex } from '@noble/hashes/utils.js'
import * as E from 'fp-ts/lib/Either.js'
import { parseJSON, toJSON } from '../../../lang/syntax/plain.ts'
import type { Compiled } from '../steps/compile.ts'

/** The library's version. Entries of other versions have other keys. */
export const version = '0.1.0'

type Bytes = Uint8Array<ArrayBuffer>
type Head = Omit<Compiled, 'bytes'> & { readonly key: string }
const [digestBytes, lengthBytes] = [32, 4]

/** The key of what is compiled under these conditions. */
export const keyFor = (conditions: string): string =>
  bytesToHex(sha256(new TextEncoder().encode(`${version} ${conditions}`)))

export const encodeEntry = (key: string, { bytes, ...compiled }: Compiled): Bytes => {
  const head: Head = { ...compiled, key }
  const text = new TextEncoder().encode(toJSON(head))
  const start = digestBytes + lengthBytes
  const entry = new Uint8Array(start + text.length + bytes.length)
  new DataView(entry.buffer).setUint32(digestBytes, text.length, true)
  entry.set(text, start)
  entry.set(bytes, start + text.length)
  entry.set(sha256(entry.subarray(digestBytes)))
  return entry
}

/** Law: decodeEntry(key, encodeEntry(key, c)) = c. Left: why the bytes are no entry for this key. */
export const decodeEntry = (key: string, entry: Uint8Array): E.Either<string, Compiled> => {
  const start = digestBytes + lengthBytes
  if (entry.length < start) return E.left('is too short')
  const rest = entry.subarray(digestBytes)
  if (bytesToHex(sha256(rest)) !== bytesToHex(entry.subarray(0, digestBytes))) return E.left('is damaged')
  const length = new DataView(entry.buffer, entry.byteOffset).getUint32(digestBytes, true)
  if (start + length > entry.length) return E.left('is foreign')
  const found = E.tryCatch(
    () => parseJSON(new TextDecoder().decode(entry.subarray(start, start + length))),
    () => 'is foreign',
  )
  if (E.isLeft(found)) return found
  // the checksum and the key are right, so `encodeEntry` has written it
  const { key: written, ...compiled } = (found.right ?? {}) as Head
  if (written !== key) return E.left('is of another program')
  return E.right({ ...compiled, bytes: entry.slice(start + length) })
}
