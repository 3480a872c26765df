/** Computed indices and masks against PyTorch 2.15 and JAX 0.10: indexing.py wrote the figures. */
import * as O from '../../../lang/operations/index.ts'
import { sub } from '../../../lang/primitives/elementwise.ts'
import type { Expr } from '../../../lang/syntax/expr.ts'
import { againstFigures, type Figures, type Operations } from './figures.ts'
import figures from './indexing.json' with { type: 'json' }

type Any = Expr<readonly number[] & { readonly length: number }, 'real'>
type Ints = Expr<readonly number[] & { readonly length: number }, 'int'>
type Mask = Expr<readonly number[] & { readonly length: number }, 'bool'>
const fixed = { fixed: true } as const
const each = <T>(names: readonly T[], f: (name: T) => Operations): Operations =>
  Object.fromEntries(names.flatMap((name) => Object.entries(f(name))))

againstFigures(figures as Figures, {
  'at get': (x: Any, i: Ints) => O.at(i)(x).get(),
  'at get of two': (x: Any, i: Ints, j: Ints) => O.at([i, j])(x).get(),
  'at get of an axis': (x: Any, i: Ints) => O.at(sub(i, 1) as never, { axis: 1, mode: 'wrap' })(x).get(),
  'at get fill': (x: Any, i: Ints) => O.at(i, { mode: 'fill', fill: 7.5 })(x).get(),
  'at get wrap': (x: Any, i: Ints) => O.at(i, { mode: 'wrap' })(x).get(),
  'at get clip': (x: Any, i: Ints) => O.at(i)(x).get(),
  'at set': (x: Any, i: Ints, v: Any) => O.at(i)(x).set(v),
  'at set of two': (x: Any, i: Ints, j: Ints, v: Any) => O.at([i, j])(x).set(v),
  'at set fill': (x: Any, i: Ints, v: Any) => O.at(i, { mode: 'fill' })(x).set(v),
  'at set of a number': (x: Any, v: Any) => O.at(-1, { axis: 1 })(x).set(v),
  'at add': (x: Any, i: Ints, v: Any) => O.at(i)(x).add(v),
  'at multiply': (x: Any, i: Ints, j: Ints, v: Any) => O.at([i, j])(x).multiply(v),
  'at max': (x: Any, i: Ints, v: Any) => O.at(i)(x).max(v),
  'at min': (x: Any, i: Ints, v: Any) => O.at(i)(x).min(v),
  ...each(['add', 'multiply', 'max', 'min', 'mean'] as const, (by) => ({
    ...each([true, false], (includeSelf) => {
      const own = includeSelf ? 'True' : 'False'
      return {
        [`scatterReduce ${by} ${own}`]: (x: Any, i: Ints, s: Any) => O.scatterReduce(by, 0, { includeSelf })(x, i, s),
        ...(by !== 'add' && {
          [`indexReduce ${by} ${own}`]: (x: Any, i: Ints, s: Any) =>
            O.indexReduce(by, 1, { includeSelf })(x, i as never, s),
        }),
      }
    }),
    [`scatterReduce ${by} ties`]: (x: Any, i: Ints, s: Any) => O.scatterReduce(by, 0)(x, i, s),
  })),
  'scatterReduce multiply zeros': (x: Any, i: Ints, s: Any) => O.scatterReduce('multiply', 0)(x, i, s),
  putAlongAxis: (x: Any, i: Ints, s: Any) => O.putAlongAxis(0)(x, i, s),
  'putAlongAxis of a number': (x: Any, i: Ints) => O.putAlongAxis(1)(x, i, 2.5),
  takeAlongAxis: (x: Any, i: Ints) => O.takeAlongAxis(0)(x, i),
  indexCopy: (x: Any, i: Ints, s: Any) => O.indexCopy(1)(x, i as never, s),
  indexFill: (x: Any, i: Ints) => O.indexFill(0, -3)(x, i as never),
  indexAdd: (x: Any, i: Ints, s: Any) => O.indexAdd(1)(x, i, s),
  indexSelect: (x: Any, i: Ints) => O.indexSelect(1)(x, i),
  sliceScatter: (x: Any, y: Any) => O.sliceScatter(0, 1, 4, 2)(x, y),
  selectScatter: (x: Any, y: Any) => O.selectScatter(1, -2)(x, y),
  ...each([-2, 0, 1], (k) => ({ [`diagonalScatter ${k}`]: (x: Any, y: Any) => O.diagonalScatter(k)(x, y) })),
  maskedFill: (x: Any, m: Mask) => O.maskedFill(2.5)(x, m),
  maskedScatter: (x: Any, m: Mask, s: Any) => O.maskedScatter(x, m, s),
  maskedSum: (x: Any, m: Mask) => O.maskedSum(1)(x, m),
  maskedProd: (x: Any, m: Mask) => O.maskedProd(1)(x, m),
  maskedMean: [(x: Any, m: Mask) => O.maskedMean(1)(x, m), fixed],
  maskedMax: [(x: Any, m: Mask) => O.maskedMax(1)(x, m), fixed],
  maskedMin: [(x: Any, m: Mask) => O.maskedMin(1)(x, m), fixed],
  maskedLogsumexp: [(x: Any, m: Mask) => O.maskedLogsumexp(1)(x, m), fixed],
  maskedVariance: [(x: Any, m: Mask) => O.maskedVariance(0, { keep: true })(x, m), fixed],
  maskedStd: [(x: Any, m: Mask) => O.maskedStd(0)(x, m), fixed],
  maskedSoftmax: [(x: Any, m: Mask) => O.maskedSoftmax(1)(x, m), fixed],
  maskedCumSum: (x: Any, m: Mask) => O.maskedCumSum(0)(x, m),
  maskedCumProd: (x: Any, m: Mask) => O.maskedCumProd(1)(x, m),
  maskedArgmax: [(x: Any, m: Mask) => O.maskedArgmax(1)(x, m), fixed],
  maskedArgmin: [(x: Any, m: Mask) => O.maskedArgmin(0)(x, m), fixed],
})
