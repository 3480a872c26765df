/** The windows of an image as the columns of a matrix (im2col), and their sum at the places that they came from. */

import { moveAxis, permute, reshape } from '../primitives/reindex.ts'
import { fold, unfold, type Windows } from '../primitives/window.ts'
import type { Problem } from '../syntax/error.ts'
import { type Expr, rankOf, shapeOf } from '../syntax/expr.ts'
import { nth } from '../syntax/list.ts'
import { operation } from '../syntax/operation.ts'
import { axesOf, type Shape, sizeOf } from '../syntax/shape.ts'
import type { Gradual, WindowOptions } from '../types/index.ts'
import { derived, notReal, sizeAt, unless } from './derived.ts'
import { each, optionsProblem, padsProblem, places, sides, tooWide } from './spatial.ts'

export interface ColumnOptions extends WindowOptions {
  /** The size of a window along each spatial axis. */
  readonly kernel: Shape
}
/** The windows of each spatial axis; or what is wrong with the options. */
export const slidingOf = ({ kernel, ...options }: ColumnOptions, image: Shape) => {
  const n = kernel.length
  const [stride, dilation] = [each(options.stride, n, 1), each(options.dilation, n, 1)]
  const along = (d: number) => ({
    length: nth(image, d),
    ...{ size: nth(kernel, d), stride: nth(stride, d), dilation: nth(dilation, d) },
  })
  const pads = sides(options.pad, n, along)
  const slots = kernel.map((_, d) => ({ ...along(d), sides: nth(pads, d) }))
  const counts = slots.map((a) => places(a.length, a.size, a.stride, a.dilation, a.sides))
  const problem: Problem | undefined =
    optionsProblem(n, {
      kernel: { least: 1, values: kernel },
      stride: { least: 1, values: stride },
      dilation: { least: 1, values: dilation },
    }) ??
    padsProblem(n, pads) ??
    tooWide(slots, counts)
  const windows = slots.map(({ sides: [low], ...a }, d): Windows => ({ ...a, low, count: nth(counts, d) }))
  return { windows, counts, problem }
}
/** x [...front, ...H] -> [...front, ...P, ...K]: of P windows, K elements each. */
export const listed = (windows: readonly Windows[], x: Expr): Expr => {
  const front = rankOf(x) - windows.length
  return windows.reduce((y, w, d) => moveAxis(-2, front + d)(unfold(w)(moveAxis(front + d, rankOf(y) - 1)(y))), x)
}
/**
 * The windows of an image as columns (im2col, torch.nn.functional.unfold): row (c, ...k) and column (...p) have element k of
 * window p in channel c, both in row-major order. Padding is 0.
 *
 * Shape:   [..., C, ...H] -> [..., C K, P], for K elements in a window and P windows; kernel has a size per spatial axis
 * Options: kernel; stride (1), dilation (1), pad (0): as in conv
 * Law:     conv(o)(x, w) = reshape(...)(matmul(reshape([O, C K])(w), im2col(o)(x)))
 * Errors:  RankMismatch, InvalidAttribute
 *
 * @example
 * const f = programOrThrow(real(1, 2, 3), (x) => im2col({ kernel: [2, 2] })(x))
 * evaluate(f.closed, [Float64Array.of(1, 2, 3, 4, 5, 6)]) // => [[1, 2, 2, 3, 4, 5, 5, 6]]
 */
export const im2col = operation(
  'im2col(options{kernel stride pad dilation})(x)',
  (options: ColumnOptions) =>
    (x: Expr<Gradual, 'real'>): Expr<Gradual, 'real'> => {
      const e: Expr = x
      const n = options.kernel.length
      const front = rankOf(e) - n
      const { windows, counts, problem } = slidingOf(options, shapeOf(e).slice(Math.max(0, front)))
      const rank: Problem | undefined =
        front < 1 ? { _tag: 'RankMismatch', expected: n + 1, shape: shapeOf(e) } : undefined
      return derived('im2col', [e], rank ?? notReal(e) ?? problem, () => {
        const order = [...axesOf(front), ...axesOf(n).map((d) => front + n + d), ...axesOf(n).map((d) => front + d)]
        const rows = sizeAt(e, front - 1) * sizeOf(options.kernel)
        return reshape([...shapeOf(e).slice(0, front - 1), rows, sizeOf(counts)])(permute(order)(listed(windows, e)))
      })
    },
)
/**
 * Adds columns at the pixels that they came from (col2im, torch.nn.functional.fold): the transpose of im2col with the same
 * options, for images of this size.
 *
 * Shape:   [..., C K, P] -> [..., C, ...size]
 * Law:     <im2col(o)(x), y> = <x, col2im(size, o)(y)>
 * Errors:  RankMismatch, InvalidAttribute
 */
export const col2im = operation(
  'col2im(size, options{kernel stride pad dilation})(columns)',
  (size: Shape, options: ColumnOptions) =>
    (columns: Expr<Gradual, 'real'>): Expr<Gradual, 'real'> => {
      const e: Expr = columns
      const { kernel } = options
      const n = kernel.length
      const front = rankOf(e) - 1
      const { windows, counts, problem } = slidingOf(options, size)
      const [rows, places] = [sizeAt(e, -2), sizeAt(e, -1)]
      const rank: Problem | undefined = front < 1 ? { _tag: 'RankMismatch', expected: 2, shape: shapeOf(e) } : undefined
      const found =
        rank ??
        notReal(e) ??
        optionsProblem(n, { size: { least: 1, values: size } }) ??
        problem ??
        unless(
          rows % sizeOf(kernel) === 0 && places === sizeOf(counts),
          'size',
          `gives ${sizeOf(counts)} windows of ${sizeOf(kernel)} elements, not the columns [${rows}, ${places}]`,
        )
      return derived('col2im', [e], found, () => {
        const channels = rows / sizeOf(kernel)
        const windowed = reshape([...shapeOf(e).slice(0, -2), channels, ...kernel, ...counts])(e)
        const paired = permute([...axesOf(front), ...axesOf(n).flatMap((d) => [front + n + d, front + d])])(windowed)
        return windows.reduce((y, w, d) => {
          const last = moveAxis(front + d, rankOf(y) - 1)(moveAxis(front + d, rankOf(y) - 1)(y))
          return moveAxis(-1, front + d)(fold(w)(last))
        }, paired)
      })
    },
)
