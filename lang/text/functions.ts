/** Functions that texts may call beside the primitives: other names, and derived operations on whole arguments. */

import { gelu, relu, silu, softplus } from '../operations/activation.ts'
import { matmul } from '../operations/product.ts'
import { mean, softmax } from '../operations/statistics.ts'
import { sum } from '../primitives/broadcast.ts'
import type { Expr } from '../syntax/expr.ts'

export const aliases: ReadonlyMap<string, string> = new Map([
  ['ln', 'log'],
  ['sigmoid', 'logistic'],
  ['arcsin', 'asin'],
  ['arccos', 'acos'],
  ['arctan', 'atan'],
])
export const numbers: ReadonlyMap<string, number> = new Map([
  ['pi', Math.PI],
  ['e', Math.E],
])

type Build = (...args: readonly Expr[]) => Expr
const one = (f: (x: Expr) => Expr): readonly [number, Build] => [1, (x) => f(x as Expr)]
/** How many arguments, and what it makes of them; called without attributes. */
export const derived: ReadonlyMap<string, readonly [number, Build]> = new Map([
  ['relu', one(relu)],
  ['gelu', one(gelu)],
  ['silu', one(silu)],
  ['softplus', one(softplus())],
  ['sum', one(sum())],
  ['mean', one(mean())],
  ['softmax', one(softmax(-1))],
  ['matmul', [2, (x, y) => matmul(x as Expr, y as Expr)]],
])
