/** Small shapes and types. */
import * as fc from 'fast-check'
import type { DType, Shape, Type } from '../../../lang/syntax/shape.ts'

/** How large random shapes are. */
export interface ShapeOptions {
  /** Default: 3. */
  readonly maxRank?: number
  /** The least size of an axis. Default: 1. */
  readonly minSize?: number
  /** The largest size of an axis. Default: 4. */
  readonly maxSize?: number
}
/** A shape; it shrinks towards a scalar, and towards axes of the least size. */
export const arbitraryShape = ({ maxRank = 3, minSize = 1, maxSize = 4 }: ShapeOptions = {}): fc.Arbitrary<Shape> =>
  fc.array(fc.integer({ min: minSize, max: maxSize }), { maxLength: maxRank })
const arbitraryDType: fc.Arbitrary<DType> = fc.constantFrom<DType>('real', 'int', 'bool')
/** A real, int or bool array of such a shape. */
export const arbitraryType = (shapes: ShapeOptions = {}): fc.Arbitrary<Type> =>
  fc.record({ dtype: arbitraryDType, shape: arbitraryShape(shapes) })
