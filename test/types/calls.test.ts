/** Calls in the wrong form, and programs that cannot run, at compile time: one line says what to write. What runs compiles. */
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { compile } from './compile.ts'

const root = join(import.meta.dirname, '../..')
const from = (path: string): string => JSON.stringify(join(root, path))
const head = `
import { pipe } from ${JSON.stringify(join(root, 'node_modules/fp-ts/lib/function.js'))}
import * as A from ${from('src/index.ts')}
import * as nn from ${from('src/nn/index.ts')}
import { fit, accuracy } from ${from('src/train/index.ts')}
import { adam } from ${from('src/optim/index.ts')}
import { reference } from ${from('backends/reference/index.ts')}
import { randomKey } from ${from('src/random/index.ts')}
const { programOrThrow: P, real, int } = A
export const used = [pipe, nn, fit, accuracy, adam, reference, randomKey, int]
declare const list: readonly A.Expr<readonly [3], 'real'>[]
declare const layers: readonly nn.Layer[]
declare const anything: any[]
const block = <const N extends number>(n: N) => nn.sequential(nn.dense(n, n), A.relu)
const options = {
  backend: reference, network: nn.sequential(nn.dense(2, 8), A.relu, nn.dense(8, 2)), loss: A.crossEntropy(),
  optimizer: adam({ rate: 0.01 }), key: randomKey(1), epochs: 5, shapes: { x: real(2), y: int(), batch: 4 },
} as const
const [xs, ys] = [Float32Array.of(0, 0, 0, 1), Int32Array.of(0, 1)]
`
const right: readonly string[] = [
  'P(real(3), (x) => A.sum()(x))',
  'P(real(3, 2), (x) => pipe(x, A.sum(0), A.relu, A.mean()))',
  'P(real(3), () => A.stack(0)(list))',
  'P(real(3), () => A.concat(0)(list))',
  'P(real(3), (x) => A.take(0, 2)(x))',
  'P(real(3), (x) => A.take(0, -3)(x))',
  'P({ x: real(3), n: int(3) }, ({ x, n }) => A.add(x, A.toReal(n)))',
  'P(real(3), (x) => ({ x, none: null, more: [x, x] as const }))',
  'P(real(), (x) => A.whileLoop((c) => A.lt(c, 100), (c) => A.mul(c, 2))(x))',
  'P(real(), (x) => A.boundedWhile(9, (c) => A.lt(c, 100), (c) => A.mul(c, 2))(x))',
  'nn.sequential(...layers)',
  'nn.sequential(...anything)',
  'nn.sequential(nn.dense(27, 64), nn.multiHeadAttention(64, 8), nn.dense(64, 3))',
  'nn.sequential(nn.dense(27, 64), nn.gru(64, 32), nn.last)',
  'nn.sequential(nn.dense(3, 4), block(4), nn.dense(4, 2))',
  'fit({ ...options, examples: { x: xs, y: ys, count: 2 } })',
]
const wrong: readonly (readonly [string, string])[] = [
  ['P(real(3), (x) => A.sum(x))', 'write sum()(x): the axes come first, then the array'],
  ['P(real(3), (x) => A.mul(2, A.mean(x)))', 'write mean()(x): the axes come first, then the array'],
  ['P(real(3), (x) => A.mul(2, A.softplus(x)))', 'write softplus()(x): the number comes first, then the array'],
  ['P(real(3), (x) => A.elu(x))', 'write elu()(x): the number comes first, then the array'],
  ['P(real(3), (x) => A.leakyRelu(x))', 'write leakyRelu()(x): the number comes first, then the array'],
  ['A.softmax(list[0]!)', 'write softmax()(x)'],
  ['A.reduceMax(list[0]!)', 'write reduceMax()(x)'],
  ['A.norm(list[0]!)', 'write norm()(x)'],
  ['A.standardize(list[0]!)', 'write standardize()(x)'],
  ['P(real(3), (x) => A.take(0, 5)(x))', 'index 5 is outside axis 0 of [3]'],
  ['P(real(3), (x) => A.take(0, -4)(x))', 'index -4 is outside axis 0 of [3]'],
  ['P({ x: real(3), n: int(3) }, ({ x, n }) => A.add(x, n))', 'element types real and int differ'],
  ['P({ x: real(3), n: int(3) }, ({ x, n }) => A.lt(n, x))', 'element types int and real differ'],
  ['P(real(3), () => 5)', 'an output is an expression: wrap numbers with constant or tensor'],
  ['P(real(3), (x) => ({ y: x, z: 5 }))', 'wrap numbers with constant or tensor'],
  ['P(real(3), (x) => { A.sin(x) })', 'the function returns nothing: return an expression'],
  ['P(real(3), (x) => A.sum())', 'an output is an expression, not a function'],
  ['P([real(2, 2), real(3)], ([a, b]) => A.solve(a, b))', 'a system of [2, 2] has no side [3]: 2 rows are not 3'],
  ['nn.sequential(nn.dense(27, 64), nn.gru(32, 32))', 'gru(32, 32) takes [L, 32], not [64]'],
  ['nn.sequential(nn.dense(3, 4), block(5))', '5'],
  ['fit({ ...options, examples: { x: [xs], y: ys, count: 2 } })', 'Float32Array'],
  ['fit({ ...options, examples: { x: { pixels: xs }, y: ys, count: 2 } })', 'pixels'],
]
const line = (code: string, k: number): string => `export const line${k} = ${code}`

test('what runs compiles, and what does not says what to write', { timeout: 240_000 }, () => {
  const { errors } = compile(
    [head, ...right.map(line), '// wrong', ...wrong.map(([code], k) => line(code, 100 + k))].join('\n'),
  )
  const start = `${head}\n`.split('\n').length
  const at = (k: number): readonly string[] => errors.filter((e) => e.includes(`generated.mts(${start + k},`))
  expect(right.flatMap((code, k) => at(k).map((e) => `${code}: ${e}`))).toEqual([])
  const missing = wrong.flatMap(([code, says], k) =>
    at(right.length + 1 + k).some((e) => e.includes(says))
      ? []
      : [`${code}: ${at(right.length + 1 + k).join('\n') || 'compiles'}`],
  )
  expect(missing).toEqual([])
})
