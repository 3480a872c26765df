import type { Idx } from '../../../src/data/idx.ts'

/** The file of an array: the inverse of `readIdx`, written apart from it, byte after byte. */
export const writeIdx = ({ type, shape, data }: Idx): Uint8Array => {
  const { code, width } = layout[type]
  const bytes = new Uint8Array(4 + 4 * shape.length + width * data.length)
  const view = new DataView(bytes.buffer)
  bytes.set([0, 0, code, shape.length])
  shape.forEach((n, axis) => {
    view.setUint32(4 + 4 * axis, n)
  })
  data.forEach((value, i) => {
    const at = 4 + 4 * shape.length + width * i
    switch (type) {
      case 'u8':
        return view.setUint8(at, value)
      case 'i8':
        return view.setInt8(at, value)
      case 'i16':
        return view.setInt16(at, value)
      case 'i32':
        return view.setInt32(at, value)
      case 'f32':
        return view.setFloat32(at, value)
      case 'f64':
        return view.setFloat64(at, value)
    }
  })
  return bytes
}

const layout = {
  u8: { code: 0x08, width: 1 },
  i8: { code: 0x09, width: 1 },
  i16: { code: 0x0b, width: 2 },
  i32: { code: 0x0c, width: 4 },
  f32: { code: 0x0d, width: 4 },
  f64: { code: 0x0e, width: 8 },
}
