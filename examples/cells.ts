/**
 * A picture divided into cells, as YOLO does it: the cell in which the centre of a shape lies says that there is one, where
 * its box is, and what kind it is.
 *
 *   output of a cell:  objectness, x, y, log w, log h, one number for each kind
 *
 * Source: Redmon, Divvala, Girshick, Farhadi, "You only look once" (2016); sizes as logarithms, as in YOLOv2
 */
import {
  add,
  bceWithLogits,
  concat,
  type Expr,
  exp,
  iota,
  logSoftmax,
  mul,
  sigmoid,
  softmax,
  split,
  square,
  sub,
  sum,
  toReal,
} from '../src/index.ts'
import type { Found } from './boxes.ts'
import { kinds, type Scenes, type Shape } from './shapes.ts'

/** Pixels along a picture. */
export const side = 32
/** Pixels along a cell, and along a box whose logarithms of width and height are 0. */
const [cell, anchor] = [4, 8] as const
const grid = side / cell
const parts = [1, 4, kinds.length] as const
/** Numbers for each cell. */
export const channels = 5 + kinds.length
type Cells = Expr<readonly [number, number, number]>

/** Every cell learns whether it has a shape; box and kind are learned where there is one. */
export const loss = (output: Cells, target: Cells): Expr<readonly []> => {
  const [[object, box, kind], [has, place, is]] = [split(0, parts)(output), split(0, parts)(target)]
  const [xy, size] = split(0, [2, 2])(box)
  const away = sum(0)(square(sub(concat(0)([sigmoid(xy), size]), place)))
  const unlike = sum(0)(mul(is, logSoftmax(0)(kind)))
  const onShapes = sum()(mul(has, sub(mul(5, away), unlike)))
  return add(bceWithLogits({ reduction: 'sum' })(object, has), onShapes)
}
/** The box of every cell as left, top, right, bottom, in pixels; then the probability of each kind. */
export const decoded = (output: Cells): Cells => {
  const [object, box, kind] = split(0, parts)(output)
  const [xy, size] = split(0, [2, 2])(box)
  const corner = toReal(concat(0)([iota([1, grid, grid], 2), iota([1, grid, grid], 1)]))
  const [centre, half] = [mul(cell, add(corner, sigmoid(xy))), mul(anchor / 2, exp(size))]
  return concat(0)([sub(centre, half), add(centre, half), mul(sigmoid(object), softmax(0)(kind))])
}
/** What the cells should say. Shape: [channels, grid, grid] for each picture */
export const targetsOf = ({ shapes }: Scenes): Float32Array => {
  const all = new Float32Array(shapes.length * channels * grid * grid)
  const write = (n: number, s: Shape): void => {
    const [column, row] = [Math.floor(s.x / cell), Math.floor(s.y / cell)]
    const size = Math.log((2 * s.r) / anchor)
    const ofKind = kinds.map((_, k) => (k === s.kind ? 1 : 0))
    const values = [1, s.x / cell - column, s.y / cell - row, size, size, ...ofKind]
    for (const [c, v] of values.entries()) all[((n * channels + c) * grid + row) * grid + column] = v
  }
  for (const [n, there] of shapes.entries()) for (const s of there) write(n, s)
  return all
}
/** The boxes of the n-th picture that have at least this probability, from what `decoded` gives. */
export const foundIn = (output: ArrayLike<number>, n: number, least: number): readonly Found[] => {
  const size = grid * grid
  const at = (channel: number, i: number): number => output[(n * (channels - 1) + channel) * size + i] ?? 0
  const all = Array.from({ length: size }, (_, i) =>
    kinds.map((_, kind) => ({ box: [at(0, i), at(1, i), at(2, i), at(3, i)] as const, kind, score: at(4 + kind, i) })),
  )
  return all.flat().filter(({ score }) => score >= least)
}
