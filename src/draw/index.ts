/** Drawings that stand alone: curves, the plane, pictures, computation graphs. Data in, text or bytes out. */
export { type Curve, type CurveAxes, curves } from './curves.ts'
export { graph } from './graph.ts'
export { type Grey, png, sheet, tiles } from './pixels.ts'
export { bands, type Dot, type Field, gridPoints, type Plane, plane, probability } from './plane.ts'
