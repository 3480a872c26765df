import type { Idx } from '../../../src/data/idx.ts'

/** The file of an array: the inverse of `readIdx`, written apart from it, byte after byte. */
export const writeIdx = ({ type, shape, data }: Idx): Uint8Array => {
  const { code, width, put } = layout[type]
  const bytes = new Uint8Array(4 + 4 * shape.length + width * data.length)
  const view = new DataView(bytes.buffer)
  bytes.set([0, 0, code, shape.length])
  shape.forEach((n, axis) => {
    view.setUint32(4 + 4 * axis, n)
  })
  data.forEach((value, i) => {
    put(view, 4 + 4 * shape.length + width * i, value)
  })
  return bytes
}

type Put = (view: DataView, at: number, value: number) => void

const layout: {
  readonly [Type in Idx['type']]: { readonly code: number; readonly width: number; readonly put: Put }
} = {
  u8: { code: 0x08, width: 1, put: (view, at, value) => view.setUint8(at, value) },
  i8: { code: 0x09, width: 1, put: (view, at, value) => view.setInt8(at, value) },
  i16: { code: 0x0b, width: 2, put: (view, at, value) => view.setInt16(at, value) },
  i32: { code: 0x0c, width: 4, put: (view, at, value) => view.setInt32(at, value) },
  f32: { code: 0x0d, width: 4, put: (view, at, value) => view.setFloat32(at, value) },
  f64: { code: 0x0e, width: 8, put: (view, at, value) => view.setFloat64(at, value) },
}
