/** Element types. Reals have the precision of the back end; complex numbers are two reals. */
import {
  add,
  bfloat16,
  broadcastTo,
  cos,
  type Expr,
  float16,
  mul,
  sin,
  sliceAlong,
  squeeze,
  toBool,
  toInt,
} from '../../../src/index.ts'
import type { Complex, Saying } from '../call.ts'
import { type Sayings, shape } from './common.ts'

const same: Saying = (c) => c.x
const whole: Saying = (c) => toInt(c.x)
const withoutImaginary: Saying = (c) => ({ re: c.x, im: mul(0, c.x) as Expr })
const wide = (x: Expr, y: Expr): Complex => {
  const sizes = shape(add(x, y) as Expr)
  return { re: broadcastTo(sizes)(x), im: broadcastTo(sizes)(y) }
}
const part = (k: number, x: Expr): Expr => squeeze(-1)(sliceAlong(-1, k, k + 1)(x) as Expr)

export const casts: Sayings = {
  'bfloat16|': (c) => bfloat16(c.x),
  'cfloat|': withoutImaginary,
  'chalf|': (c) => ({ re: float16(c.x) as Expr, im: mul(0, c.x) as Expr }),
  'half|': (c) => float16(c.x),
  'bool|': (c) => toBool(c.x),
  'byte|': whole,
  'cdouble|': withoutImaginary,
  'char|': whole,
  'complex|': (c) => wide(c.x, c.tensor(1)),
  'double|': same,
  'float|': same,
  'imag|': (c) => c.complex(0).im,
  'int|': whole,
  'item|': (c) => (shape(c.x).length === 0 ? c.x : squeeze(0)(c.x)),
  'long|': whole,
  'polar|': (c) => wide(mul(c.x, cos(c.tensor(1))), mul(c.x, sin(c.tensor(1)))),
  'short|': whole,
  'to|': same,
  'view_as_complex|': (c) => ({ re: part(0, c.x), im: part(1, c.x) }),
  'view_as_real|': (c) => c.complex(0),
}
