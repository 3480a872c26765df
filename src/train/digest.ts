/** SHA-256 in hexadecimal digits, of bytes or of a text's UTF-8: the same on every platform, without waiting. */
import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex } from '@noble/hashes/utils.js'

export const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text)
export const digest = (what: Uint8Array | string): string =>
  bytesToHex(sha256(typeof what === 'string' ? bytesOf(what) : what))
