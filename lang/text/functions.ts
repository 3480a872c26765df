/** Functions that texts may call beside the primitives: aliases, and derived operations without attributes. */

import { gelu, relu, silu, softplus } from '../operations/activation.ts'
import { exp2, log2, log10, pow } from '../operations/comparison.ts'
import { matmul } from '../operations/product.ts'
import { median } from '../operations/quantile.ts'
import { softmax } from '../operations/softmax.ts'
import { mean } from '../operations/statistics.ts'
import { sum } from '../primitives/broadcast.ts'
import { abs, div, log, mul, sign } from '../primitives/elementwise.ts'
import type { Expr } from '../syntax/expr.ts'
import { nth } from '../syntax/list.ts'

export const aliases: ReadonlyMap<string, string> = new Map([
  ['ln', 'log'],
  ['sigmoid', 'logistic'],
  ['arcsin', 'asin'],
  ['arccos', 'acos'],
  ['arctan', 'atan'],
  ['sh', 'sinh'],
  ['ch', 'cosh'],
  ['th', 'tanh'],
  ['tg', 'tan'],
  ['sgn', 'sign'],
])
export const numbers: ReadonlyMap<string, number> = new Map([
  ['pi', Math.PI],
  ['π', Math.PI],
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
  ['log2', one(log2)],
  ['log10', one(log10)],
  ['lg', one(log10)],
  ['lb', one(log2)],
  ['exp2', one(exp2)],
  ['cbrt', one((x) => mul(sign(x), pow(abs(x), 1 / 3)))],
  ['sum', one(sum())],
  ['mean', one(mean())],
  ['median', one(median())],
  ['softmax', one(softmax(-1))],
  ['matmul', [2, (...xs) => matmul(nth(xs, 0), nth(xs, 1))]],
])
/** Primitives that take one more argument in a text: the logarithm to a base. */
export const extended: ReadonlyMap<string, readonly [number, Build]> = new Map([
  ['log', [2, (...xs) => div(log(nth(xs, 0)), log(nth(xs, 1)))]],
])
