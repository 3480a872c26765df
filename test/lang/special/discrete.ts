/** Integers, truth values, comparisons, choices and conversions. */

import { sum } from '../../../lang/primitives/broadcast.ts'
import * as P from '../../../lang/primitives/elementwise.ts'
import { cumProd, cumSum, prod } from '../../../lang/primitives/reduction.ts'
import type { Expr } from '../../../lang/syntax/expr.ts'
import { bool, int, real } from '../../../lang/syntax/shape.ts'
import { about, type Case, inf, nan, small, tiny } from './case.ts'

const most = 2147483647
const least = -2147483648
type Build = (...xs: readonly Expr[]) => Expr
type Row = readonly number[]
const column = (rows: readonly Row[], k: number): readonly number[] => rows.map((r) => r[k] as number)

/** Rows [x, y] or [x, y, z], the last number the value. */
const values = (name: string, type: 'real' | 'int' | 'bool', f: unknown, rows: readonly Row[], rule?: string): Case => {
  const n = (rows[0]?.length ?? 1) - 1
  const t = { real, int, bool }[type](rows.length)
  const types = Array.from({ length: n }, () => t)
  const facts = { x: types.map((_, k) => column(rows, k)), y: [column(rows, n)], ...(rule !== undefined && { rule }) }
  return about(name, types, f as Build, facts)
}
/** What float32 back ends can hold apart from what they cannot. */
const apart = (
  name: string,
  f: unknown,
  rows: readonly Row[],
  beyond: readonly Row[],
  rule?: string,
): readonly Case[] => [
  values(`${name} of integers`, 'int', f, rows, rule),
  values(`${name} of large integers`, 'int', f, beyond, 'integers wrap'),
]

export const integerCases: readonly Case[] = [
  ...apart(
    'neg',
    P.neg,
    [
      [0, 0],
      [5, -5],
      [-5, 5],
    ],
    [
      [most, -most],
      [least, least],
    ],
  ),
  ...apart(
    'abs',
    P.abs,
    [
      [0, 0],
      [5, 5],
      [-5, 5],
    ],
    [
      [-most, most],
      [least, least],
    ],
  ),
  ...apart(
    'sign',
    P.sign,
    [
      [0, 0],
      [5, 1],
      [-5, -1],
    ],
    [
      [most, 1],
      [least, -1],
    ],
  ),
  ...apart(
    'add',
    P.add,
    [
      [2, 3, 5],
      [-2, 2, 0],
    ],
    [
      [most, 1, least],
      [least, -1, most],
      [least, least, 0],
    ],
  ),
  ...apart(
    'sub',
    P.sub,
    [
      [2, 3, -1],
      [-2, -2, 0],
    ],
    [
      [least, 1, most],
      [most, -1, least],
      [0, least, least],
    ],
  ),
  ...apart(
    'mul',
    P.mul,
    [
      [2, -3, -6],
      [0, -3, 0],
    ],
    [
      [65536, 65536, 0],
      [most, most, 1],
      [least, -1, least],
      [most, 2, -2],
    ],
  ),
  ...apart(
    'max',
    P.max,
    [
      [2, 3, 3],
      [-2, -3, -2],
    ],
    [
      [most, least, most],
      [least, least, least],
    ],
  ),
  ...apart(
    'min',
    P.min,
    [
      [2, 3, 2],
      [-2, -3, -3],
    ],
    [
      [most, least, least],
      [most, most, most],
    ],
  ),
  values('div of integers', 'int', P.div, [
    [7, 2, 3],
    [-7, 2, -3],
    [7, -2, -3],
    [0, 5, 0],
  ]),
  ...apart(
    'div, by 0,',
    P.div,
    [
      [7, 0, 0],
      [-7, 0, 0],
      [0, 0, 0],
    ],
    [
      [least, -1, least],
      [most, 0, 0],
      [least, 0, 0],
    ],
    'integers by 0',
  ),
  values('rem of integers', 'int', P.rem, [
    [7, 2, 1],
    [-7, 2, -1],
    [7, -2, 1],
    [0, 5, 0],
  ]),
  ...apart(
    'rem, by 0,',
    P.rem,
    [
      [7, 0, 0],
      [-7, 0, 0],
      [0, 0, 0],
    ],
    [
      [least, -1, 0],
      [most, 0, 0],
    ],
    'integers by 0',
  ),
  about('sum of large integers', [int(2)], sum() as Build, { x: [[most, 1]], y: [[least]], rule: 'integers wrap' }),
  about('prod of large integers', [int(2)], prod() as Build, {
    x: [[65536, 65537]],
    y: [[65536]],
    rule: 'integers wrap',
  }),
  about('cumSum of large integers', [int(3)], cumSum(0) as Build, {
    x: [[most, 1, 1]],
    y: [[most, least, least + 1]],
    rule: 'integers wrap',
  }),
  about('cumProd of large integers', [int(2)], cumProd(0) as Build, {
    x: [[65536, 65537]],
    y: [[65536, 65536]],
    rule: 'integers wrap',
  }),
]

/** x, y, x < y, x <= y, x = y, x != y */
const orders: readonly Row[] = [
  [0, -0, 0, 1, 1, 0],
  [-0, 0, 0, 1, 1, 0],
  [1, 2, 1, 1, 0, 1],
  [2, 1, 0, 0, 0, 1],
  [inf, inf, 0, 1, 1, 0],
  [-inf, inf, 1, 1, 0, 1],
  [inf, 1, 0, 0, 0, 1],
  [nan, nan, 0, 0, 0, 1],
  [nan, 1, 0, 0, 0, 1],
  [1, nan, 0, 0, 0, 1],
  [inf, nan, 0, 0, 0, 1],
  [small, 0, 0, 0, 0, 1],
  [-small, 0, 1, 1, 0, 1],
]
const tiniest: readonly Row[] = [
  [tiny, 0, 0, 0, 0, 1],
  [0, tiny, 1, 1, 0, 1],
]
const relations: readonly (readonly [string, unknown, number])[] = [
  ['lt', P.lt, 2],
  ['le', P.le, 3],
  ['eq', P.eq, 4],
  ['ne', P.ne, 5],
]
const pick = (rows: readonly Row[], k: number): readonly Row[] =>
  rows.map((r) => [r[0] as number, r[1] as number, r[k] as number])
export const comparisonCases: readonly Case[] = [
  ...relations.flatMap(([name, f, k]) => [
    values(`${name} of reals`, 'real', f, pick(orders, k)),
    values(`${name} of the smallest`, 'real', f, pick(tiniest, k)),
  ]),
  values('lt of integers', 'int', P.lt, [
    [2, 3, 1],
    [3, 3, 0],
    [least, most, 1],
  ]),
  values('le of integers', 'int', P.le, [
    [2, 3, 1],
    [3, 3, 1],
    [most, least, 0],
  ]),
  values('eq of integers', 'int', P.eq, [
    [2, 3, 0],
    [3, 3, 1],
    [least, least, 1],
  ]),
  values('ne of integers', 'int', P.ne, [
    [2, 3, 1],
    [3, 3, 0],
    [most, -1, 1],
  ]),
  values('eq of truth', 'bool', P.eq, [
    [0, 0, 1],
    [0, 1, 0],
    [1, 0, 0],
    [1, 1, 1],
  ]),
  values('ne of truth', 'bool', P.ne, [
    [0, 0, 0],
    [0, 1, 1],
    [1, 0, 1],
    [1, 1, 0],
  ]),
  values('and', 'bool', P.and, [
    [0, 0, 0],
    [0, 1, 0],
    [1, 0, 0],
    [1, 1, 1],
  ]),
  values('or', 'bool', P.or, [
    [0, 0, 0],
    [0, 1, 1],
    [1, 0, 1],
    [1, 1, 1],
  ]),
  values('not', 'bool', P.not, [
    [0, 1],
    [1, 0],
  ]),
]

const chosen: { readonly c: Row; readonly x: Row; readonly y: Row; readonly z: Row } = {
  c: [1, 0, 1, 0, 1, 0, 1, 0],
  x: [nan, nan, inf, inf, -0, -0, -inf, nan],
  y: [1, 1, nan, nan, 0, 0, nan, -inf],
  z: [nan, 1, inf, nan, -0, 0, -inf, -inf],
}
const select = P.select as Build
export const choiceCases: readonly Case[] = [
  about('select', [bool(8), real(8), real(8)], select, {
    x: [chosen.c, chosen.x, chosen.y],
    y: [chosen.z],
    v: [null, [1, 2, 3, 4, 5, 6, 7, 8], [10, 20, 30, 40, 50, 60, 70, 80]],
    dy: [[1, 20, 3, 40, 5, 60, 7, 80]],
    dx: [null, [1, 0, 1, 0, 1, 0, 1, 0], [0, 1, 0, 1, 0, 1, 0, 1]],
  }),
  about(
    'select: what is not finite in the tangent of the branch not taken stays out',
    [bool(2), real(2), real(2)],
    select,
    {
      x: [
        [1, 0],
        [1, 2],
        [3, 4],
      ],
      y: [[1, 4]],
      v: [null, [5, nan], [inf, 6]],
      dy: [[5, 6]],
      w: [[nan, inf]],
      dx: [null, [nan, 0], [0, inf]],
    },
  ),
]

const toInt = P.toInt as Build
const toReal = P.toReal as Build
const toBool = P.toBool as Build
export const conversionCases: readonly Case[] = [
  values('convert to integers', 'real', toInt, [
    [0, 0],
    [-0, 0],
    [0.9, 0],
    [-0.9, 0],
    [1.5, 1],
    [-1.5, -1],
    [small, 0],
    [-small, 0],
  ]),
  values('convert to integers, the smallest', 'real', toInt, [
    [tiny, 0],
    [-tiny, 0],
  ]),
  values('convert to integers, NaN', 'real', toInt, [[nan, 0]], 'conversion'),
  values(
    'convert to integers, beyond the greatest',
    'real',
    toInt,
    [
      [inf, most],
      [2147483648, most],
      [4294967296, most],
    ],
    'conversion',
  ),
  values(
    'convert to integers, beyond the least',
    'real',
    toInt,
    [
      [-inf, least],
      [-2147483648, least],
      [-4294967296, least],
    ],
    'conversion',
  ),
  values(
    'convert to truth',
    'real',
    toBool,
    [
      [0, 0],
      [-0, 0],
      [1, 1],
      [nan, 1],
      [inf, 1],
      [-inf, 1],
      [small, 1],
    ],
    'truth',
  ),
  values('convert to truth, the smallest', 'real', toBool, [[tiny, 1]], 'truth'),
  values('convert integers to truth', 'int', toBool, [
    [0, 0],
    [1, 1],
    [-7, 1],
  ]),
  values('convert integers to reals', 'int', toReal, [
    [0, 0],
    [-7, -7],
    [16777216, 16777216],
  ]),
  values('convert large integers to reals', 'int', toReal, [
    [most, most],
    [least, least],
  ]),
  values('convert truth to reals', 'bool', toReal, [
    [0, 0],
    [1, 1],
  ]),
  values('convert truth to integers', 'bool', toInt, [
    [0, 0],
    [1, 1],
  ]),
]
