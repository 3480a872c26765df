/** Small shapes and types. */
import * as fc from 'fast-check'
import type { DType, Shape, Type } from '../../../lang/syntax/shape.ts'

export interface ShapeOptions {
  readonly maxRank?: number
  readonly minSize?: number
  readonly maxSize?: number
}
/** Shrinks towards a scalar, and towards axes of the least size. */
export const arbitraryShape = ({ maxRank = 3, minSize = 1, maxSize = 4 }: ShapeOptions = {}): fc.Arbitrary<Shape> =>
  fc.array(fc.integer({ min: minSize, max: maxSize }), { maxLength: maxRank })
const arbitraryDType: fc.Arbitrary<DType> = fc.constantFrom<DType>('real', 'int', 'bool')
export const arbitraryType = (shapes: ShapeOptions = {}): fc.Arbitrary<Type> =>
  fc.record({ dtype: arbitraryDType, shape: arbitraryShape(shapes) })
