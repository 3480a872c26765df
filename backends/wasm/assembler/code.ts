/** Code as a rope of bytes, and the binary format of numbers, names and types. */
export type Numeric = 'i32' | 'i64' | 'f32' | 'f64' | 'v128'
export type Rope = readonly (number | Uint8Array | Rope)[]
/** Instructions that leave a T on the stack, or nothing. */
export interface Code<T extends Numeric | 'none' = 'none'> {
  readonly type: T
  readonly bytes: Rope
}

/** Unsigned LEB128: seven bits a byte, the low ones first, the top bit set on all but the last. */
export const unsigned = (n: number): readonly number[] => {
  const bytes: number[] = []
  let rest = n
  do {
    const low = rest % 128
    rest = Math.floor(rest / 128)
    bytes.push(rest > 0 ? low | 128 : low)
  } while (rest > 0)
  return bytes
}
/** Signed LEB128, of an integer of 32 bits. */
export const signed = (n: number): readonly number[] => {
  const bytes: number[] = []
  for (let rest = n | 0; ; ) {
    const low = rest & 127
    rest >>= 7
    const last = (rest === 0 && (low & 64) === 0) || (rest === -1 && (low & 64) !== 0)
    bytes.push(last ? low : low | 128)
    if (last) return bytes
  }
}
/** Scratch memory that converts numbers to bytes. */
export const view = new DataView(new ArrayBuffer(16))
export const bytesOf = (count: number): readonly number[] => Array.from({ length: count }, (_, i) => view.getUint8(i))
export const float = (x: number): readonly number[] => {
  view.setFloat32(0, x, true)
  return bytesOf(4)
}
export const double = (x: number): readonly number[] => {
  view.setFloat64(0, x, true)
  return bytesOf(8)
}
export const name = (text: string): Rope => {
  const utf8 = [...new TextEncoder().encode(text)]
  return [unsigned(utf8.length), utf8]
}
/** Bytes that grow as they are written. */
interface Writing {
  bytes: Uint8Array<ArrayBuffer>
  length: number
}
const makeRoom = (w: Writing, more: number): void => {
  if (w.length + more <= w.bytes.length) return
  const larger = new Uint8Array(2 * (w.length + more))
  larger.set(w.bytes.subarray(0, w.length))
  w.bytes = larger
}
const writeRope = (w: Writing, rope: Rope): void => {
  makeRoom(w, rope.length)
  for (const r of rope) {
    if (typeof r === 'number') {
      makeRoom(w, 1)
      w.bytes[w.length++] = r
    } else if (r instanceof Uint8Array) {
      makeRoom(w, r.length)
      w.bytes.set(r, w.length)
      w.length += r.length
    } else writeRope(w, r)
  }
}
export const flat = (rope: Rope): Uint8Array<ArrayBuffer> => {
  const w: Writing = { bytes: new Uint8Array(1024), length: 0 }
  writeRope(w, rope)
  return w.bytes.slice(0, w.length)
}

export const code = <T extends Numeric | 'none'>(type: T, ...bytes: Rope): Code<T> => ({ type, bytes })
export const typeByte: { readonly [T in Numeric]: number } = { i32: 0x7f, i64: 0x7e, f32: 0x7d, f64: 0x7c, v128: 0x7b }
