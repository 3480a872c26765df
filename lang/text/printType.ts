/** Numbers and types as they are written in texts. */
import type { Type } from '../syntax/shape.ts'

/** The shortest text that reads back as the same number. */
export const printNumber = (x: number): string => (Object.is(x, -0) ? '-0' : String(x))
/** A type as it is written: real[3, 2], or real for one number. */
export const printType = ({ dtype, shape }: Type): string =>
  shape.length === 0 ? dtype : `${dtype}[${shape.join(', ')}]`
