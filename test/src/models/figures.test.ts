/**
 * Narrowed copies of the published networks against PyTorch in float64 (figures.py): outputs, gradients, and running
 * statistics, with the same parameters.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { expect, test } from 'vitest'
import { evaluator } from '../../../backends/index.ts'
import type { Expr } from '../../../lang/syntax/expr.ts'
import { sizeOf } from '../../../lang/syntax/shape.ts'
import { leavesWithPath, refill, typeLeaves } from '../../../lang/syntax/tree.ts'
import { checkGradients } from '../../../src/check/index.ts'
import {
  apply,
  evaluate,
  gradOrThrow,
  int,
  mul,
  type Program,
  programOrThrow,
  real,
  sum,
  type Type,
  tensor,
  vmap,
} from '../../../src/index.ts'
import * as models from '../../../src/models/index.ts'
import { forwardOrThrow, type Layer, type Mode, predictOrThrow } from '../../../src/nn/index.ts'
import { hashed, labels, parametersOf } from '../../bench/models/numbers.ts'

interface Figures {
  readonly output: readonly number[]
  /** Of each parameter: the product of its gradient with hashed numbers. */
  readonly gradient: readonly number[]
  /** The running statistics that follow. */
  readonly statistics?: readonly number[]
}
interface Network extends Figures {
  readonly options: object
  readonly shape: readonly number[]
  /** In mode train, on two examples; absent where the network has no statistics. */
  readonly trained?: Figures
}
const path = join(import.meta.dirname, 'figures.json')
const { networks } = JSON.parse(readFileSync(path, 'utf8')) as {
  readonly networks: { readonly [name: string]: Network }
}
const named = models as unknown as { readonly [name: string]: (options: object) => Layer }

const figuresOf = (name: string): Network => networks[name] as Network
const takes = (name: string): Type => (name === 'gpt2' ? int : real)(...figuresOf(name).shape)
const examples = (name: string, size: number): Float32Array | Int32Array =>
  name === 'gpt2' ? labels(size, 1001, 11) : hashed(size, 1001, 1)
const build = (name: string): Layer => (named[name] as (o: object) => Layer)({ dropout: 0, ...networks[name]?.options })

/** Statistics as in figures.py: means about 0, variances about 1. */
const statistics = (types: unknown): unknown =>
  refill(
    types,
    typeLeaves(types).map(({ shape }, k) => hashed(sizeOf(shape), 4000 + k, 0.2, k % 2)),
  )
type Inputs = { readonly params: unknown; readonly state: unknown; readonly key: unknown; readonly x: unknown }
type Whole = Program<Inputs, readonly [Type<readonly number[], 'real'>, unknown]>
type UntypedProgram = Program<unknown, unknown>

const on = evaluator()
const numbers = (p: UntypedProgram, inputs: object): readonly (readonly number[])[] => {
  const arrays = leavesWithPath(inputs, ArrayBuffer.isView).map(([, a]) => Float64Array.from(a as Float32Array))
  return (on.evaluate(p.closed, arrays) ?? evaluate(p.closed, arrays)).map((a) => Array.from(a))
}
/** To 1e-10 of the largest number. */
const close = (found: readonly number[], expected: readonly number[]): void => {
  expect(found.length).toBe(expected.length)
  const largest = Math.max(...expected.map(Math.abs))
  for (const [k, e] of expected.entries()) expect(Math.abs((found[k] as number) - e)).toBeLessThan(1e-10 * largest)
}
/** The network on n examples in a mode, and the gradient of its output's product with hashed numbers. */
const programs = (name: string, mode: Mode, n: number): readonly [UntypedProgram, Whole] => {
  const one = forwardOrThrow(mode)(build(name) as never, takes(name) as never)
  const over = { params: false, state: false, key: true, x: true } as never
  const many = vmap(n, { over, axis: 'batch' })(one) as unknown as Whole
  const { shape } = many.out[0]
  const weights = Array.from(hashed(sizeOf(shape), 2000, 1))
  const output = apply(many as never) as unknown as (v: unknown) => readonly [Expr]
  const loss = programOrThrow(many.in as never, (v) => sum()(mul(output(v)[0], tensor(shape, weights) as Expr)))
  return [many as unknown as UntypedProgram, loss as unknown as Whole]
}
const found = (name: string, mode: Mode, n: number) => {
  const network = build(name)
  const [many, loss] = programs(name, mode, n)
  const inputs = {
    ...{ params: parametersOf(network.params, 1), state: statistics(network.state) },
    x: examples(name, n * sizeOf(figuresOf(name).shape)),
  }
  // every example has a copy of the next statistics
  const [output = [], ...after] = numbers(many, inputs)
  const gradients = numbers(gradOrThrow(loss as never, { wrt: { params: true } } as never), inputs)
  const product = (g: readonly number[], k: number): number =>
    hashed(g.length, 3000 + k, 1).reduce((s, h, i) => s + h * (g[i] as number), 0)
  return { output, gradient: gradients.map(product), statistics: after.flatMap((s) => s.slice(0, s.length / n)) }
}
const modes = Object.entries(networks).flatMap(([name, { trained }]): readonly (readonly [string, Mode, Figures])[] => [
  [name, 'eval', figuresOf(name)],
  ...(trained === undefined ? [] : [[name, 'train', trained] as const]),
])
test.each(modes)('%s in mode %s has the figures of PyTorch', (name, mode, expected) => {
  const { output, gradient, statistics: after } = found(name, mode, mode === 'train' ? 2 : 1)
  close(output, expected.output)
  close(gradient, expected.gradient)
  if (mode === 'train') close(after, expected.statistics ?? [])
})
test.each(Object.keys(networks))('%s has the gradient that finite differences show', (name) => {
  const network = build(name)
  const { shape } = figuresOf(name)
  const at = {
    ...{ params: parametersOf(network.params, 1), state: statistics(network.state) },
    x: examples(name, sizeOf(shape)),
  }
  const p = predictOrThrow(network as never, takes(name) as never) as unknown as UntypedProgram
  const report = checkGradients(p, { on, at, second: false, coordinates: 1 } as never)
  expect(E.isRight(report) ? report.right.verdict : report.left).toBe('correct')
})
