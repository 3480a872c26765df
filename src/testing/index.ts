/** For tests, with fast-check and vitest: random programs, gradients as a property, matchers. */

export type { Interval } from '../check/domain.ts'
export { arbitraryProgram, inputRange, type ProgramOptions } from './arbitrary/program.ts'
export { arbitraryShape, arbitraryType, type ShapeOptions } from './arbitrary/shape.ts'
export { arbitraryTensor } from './arbitrary/values.ts'
export { type GradientPropertyOptions, gradientProperty } from './gradientProperty.ts'
export { matchers, matchersOn } from './matchers.ts'
