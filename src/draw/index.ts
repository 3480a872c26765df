/** Drawings and pages, from data to SVG, HTML or PNG: curves, the plane, pictures, computation graphs, and pages. */
export { type ChartAxes, chart, type Series } from './chart.ts'
export { type Curve, type CurveAxes, curves } from './curves.ts'
export { type Figure, figures } from './figures.ts'
export { graph } from './graph.ts'
export { type Cell, code, columns, escaped, page, type Section, table } from './html.ts'
export { bands, type Dot, type Field, gridPoints, type Plane, type PlanePath, plane, probability } from './plane.ts'
export { type Colour, dataUrl, type Grey, greyPng, pictures, png, sheet } from './png.ts'
export type { Extent } from './svg.ts'
