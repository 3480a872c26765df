/** The workloads' numbers, the same for every peer: where parameters start, and the data. What is computed: workloads.ts. */
import type { Shape } from '../../lang/syntax/shape.ts'
import { fill, images, onehot, type Parameter } from './data.ts'

export interface Definition {
  /** The k-th is fill(shape, scale, k, offset). */
  readonly parameters: readonly Parameter[]
  readonly data: readonly Datum[]
}
export type Datum = readonly [shape: Shape, values: (shape: Shape) => Float32Array]
const wave =
  (c: number) =>
  (shape: Shape): Float32Array =>
    fill(shape, 1, c)
const pictures = (batch: number, ...shape: Shape): readonly Datum[] => [
  [[batch, ...shape], images],
  [[batch, 10], onehot],
]

const mlp = (batch: number): Definition => ({
  parameters: [
    [[784, 128], 0.5],
    [[128], 0.1],
    [[128, 10], 1],
    [[10], 1],
  ],
  data: pictures(batch, 784),
})
const deep = (batch: number, sizes: readonly number[], scale: number): Definition => ({
  parameters: sizes.slice(1).flatMap((n, k): readonly Parameter[] => [
    [[sizes[k] as number, n], scale],
    [[n], 0.1],
  ]),
  data: [
    [[batch, sizes[0] as number], wave(100)],
    [[batch, 1], wave(101)],
  ],
})
const cnn: Definition = {
  parameters: [
    [[32, 1, 5, 5], 0.3],
    [[32], 0.1],
    [[64, 32, 5, 5], 0.1],
    [[64], 0.1],
    [[256, 200], 0.2],
    [[200], 0.1],
    [[200, 10], 0.2],
    [[10], 1],
  ],
  data: pictures(64, 1, 28, 28),
}
const smallCnn: Definition = {
  parameters: [
    [[2, 1, 2, 2], 0.5],
    [[2], 0.1],
    [[4, 2, 2, 2], 0.5],
    [[4], 0.1],
    [[8, 4, 2, 2], 0.5],
    [[8], 0.1],
    [[128, 32], 0.3],
    [[32], 0.1],
    [[32, 10], 0.3],
    [[10], 1],
  ],
  data: pictures(64, 1, 28, 28),
}
const transformer: Definition = {
  parameters: [
    [[128], 0.1, 1],
    [[128], 0.1],
    [[128, 384], 0.1],
    [[384], 0.1],
    [[128, 128], 0.1],
    [[128], 0.1],
    [[128], 0.1, 1],
    [[128], 0.1],
    [[128, 512], 0.1],
    [[512], 0.1],
    [[512, 128], 0.1],
    [[128], 0.1],
  ],
  data: [[[512, 128], wave(100)]],
}
const product = (n: number): Definition => ({
  parameters: [
    [[n, n], 1],
    [[n, n], 1],
  ],
  data: [],
})
const sized = (prefix: string, sizes: readonly number[], of: (n: number) => Definition) =>
  Object.fromEntries(sizes.map((n) => [`${prefix}-${n}`, of(n)]))

export const definitions: { readonly [name: string]: Definition } = {
  W1: deep(64, [2, 8, 8, 1], 0.5),
  W2: mlp(64),
  W2b512: mlp(512),
  W3: cnn,
  W4: smallCnn,
  W5: transformer,
  W6: { parameters: [[[1000000], 2]], data: [] },
  ...sized('W7', [256, 512, 1024], product),
  W8: deep(128, [20, 50, 50, 1], 0.3),
  // its one parameter starts at c = 0.5
  W9: { parameters: [[[100], 1]], data: [] },
  ...sized('W10', [16, 64, 256, 1024, 4096], mlp),
  W11: mlp(64),
  W12: mlp(64),
}
export const definitionOf = (name: string): Definition => definitions[name] as Definition
export const valuesOf = (d: Definition): readonly Float32Array[] => d.data.map(([shape, values]) => values(shape))
/** W7 means all sizes of W7, W10 all of its batches. Unknown names are left out. */
export const namesFor = (asked: readonly string[]): readonly string[] => {
  const names = Object.keys(definitions)
  return asked.length === 0 ? names : asked.flatMap((a) => names.filter((n) => n === a || n.startsWith(`${a}-`)))
}
