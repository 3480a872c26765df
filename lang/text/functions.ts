/** Functions that texts may call beside the primitives: aliases, and derived operations without attributes. */

import { gelu, relu, silu, softplus } from '../operations/activation.ts'
import { matmul } from '../operations/product.ts'
import { mean, softmax } from '../operations/statistics.ts'
import { sum } from '../primitives/broadcast.ts'
import type { Expr } from '../syntax/expr.ts'
import { nth } from '../syntax/list.ts'

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
const one = (f: (x: Expr) => Expr): readonly [number, Build] => [1, (...xs) => f(nth(xs, 0))]
/** The number of arguments, and the function of them. */
export const derived: ReadonlyMap<string, readonly [number, Build]> = new Map([
  ['relu', one(relu)],
  ['gelu', one(gelu)],
  ['silu', one(silu)],
  ['softplus', one(softplus())],
  ['sum', one(sum())],
  ['mean', one(mean())],
  ['softmax', one(softmax(-1))],
  ['matmul', [2, (...xs) => matmul(nth(xs, 0), nth(xs, 1))]],
])
