/** Numbers and types as they stand in texts. */
import type { Type } from '../syntax/shape.ts'

/** The shortest text that reads back as the same number. */
export const printNumber = (x: number): string => (Object.is(x, -0) ? '-0' : String(x))
/** real[3, 2], and real for one number. */
export const printType = ({ dtype, shape }: Type): string =>
  shape.length === 0 ? dtype : `${dtype}[${shape.join(', ')}]`
