/** Code as a rope of bytes, and the binary format of numbers, names and types. */
export type Numeric = 'i32' | 'i64' | 'f32' | 'f64' | 'v128'
export type Rope = readonly (number | Rope)[]
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
const flattenInto = (bytes: number[], rope: Rope): void => {
  for (const r of rope) {
    if (typeof r === 'number') bytes.push(r)
    else flattenInto(bytes, r)
  }
}
export const flat = (rope: Rope): readonly number[] => {
  const bytes: number[] = []
  flattenInto(bytes, rope)
  return bytes
}

export const code = <T extends Numeric | 'none'>(type: T, ...bytes: Rope): Code<T> => ({ type, bytes })
export const typeByte: { readonly [T in Numeric]: number } = { i32: 0x7f, i64: 0x7e, f32: 0x7d, f64: 0x7c, v128: 0x7b }
