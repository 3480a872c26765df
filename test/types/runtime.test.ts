/**
 * The rules on types are the rules at run time. Each claim is one piece of text: run, it gives an expression or a
 * diagnostic; compiled, it has that expression's shape, or is an error. Shapes and options are drawn with a fixed seed.
 */
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Expr, input, isExpr } from '../../lang/syntax/expr.ts'
import type { DType, Shape } from '../../lang/syntax/shape.ts'
import * as api from '../../src/index.ts'
import { compile } from './compile.ts'

// -- the two ways of reading a claim ---------------------------------------------------------------

/** In the text, real(2, 3) and int(2) are expressions. */
const argument =
  (dtype: DType) =>
  (...shape: Shape): Expr =>
    input('x', { dtype, shape })
const words = { ...api, real: argument('real'), int: argument('int') }
/** The shape that the program finds when it runs; undefined where it reports a diagnostic. */
const shapeAtRunTime = (code: string): Shape | undefined => {
  const found: unknown = new Function(...Object.keys(words), `return ${code}`)(...Object.values(words))
  if (typeof found !== 'object' || found === null || !isExpr(found)) throw new Error(`${code} is not an expression`)
  return found.node._tag === 'Poison' ? undefined : found.type.shape
}
const head = (codes: readonly string[]): string => {
  const used = Object.keys(api).filter(
    (name) => !['real', 'int'].includes(name) && codes.some((c) => new RegExp(`\\b${name}\\(`).test(c)),
  )
  return `
import { type Expr, ${used.join(', ')} } from ${JSON.stringify(join(import.meta.dirname, '../../src/index.ts'))}
import type * as T from ${JSON.stringify(join(import.meta.dirname, '../../lang/types/index.ts'))}
type ShapeIs<E extends Expr, S> = T.Identical<E['type']['shape'], S>
declare const real: <const S extends readonly number[]>(...shape: S) => Expr<S, 'real'>
declare const int: <const S extends readonly number[]>(...shape: S) => Expr<S, 'int'>
void [real, int]
`
}
const claim = (code: string, k: number): string => {
  const shape = shapeAtRunTime(code)
  return shape === undefined
    ? `// @ts-expect-error refused when it runs\n${code}`
    : `const e${k} = ${code}\ntrue satisfies ShapeIs<typeof e${k}, readonly [${shape.join(', ')}]>`
}
/** What tsc says of the claims, each with its text. */
const disagreements = (codes: readonly string[]): readonly string[] => {
  const source = [head(codes), ...codes.map(claim)].join('\n')
  const lines = source.split('\n')
  return compile(source).errors.flatMap((error) => {
    const [, row, message] = /generated\.mts\((\d+),\d+\): (.*)/.exec(error) ?? []
    return row === undefined ? [] : [`${lines.slice(Number(row) - 2, Number(row) + 1).join(' ; ')}: ${message}`]
  })
}

// -- drawing ---------------------------------------------------------------------------------------

const size = fc.integer({ min: 1, max: 4 })
const shape = fc.array(size, { maxLength: 4 })
const nonEmpty = fc.array(size, { minLength: 1, maxLength: 4 })
const axis = fc.integer({ min: -4, max: 3 })
const real = (s: Shape): string => `real(${s.join(', ')})`
const int = (s: Shape): string => `int(${s.join(', ')})`
const list = (s: Shape): string => `[${s.join(', ')}]`
/** Two shapes that often meet. */
const pair = shape.chain((s) =>
  fc.tuple(
    fc.constant(s),
    fc.oneof(fc.constant(s), fc.subarray(s), fc.constant(s.map((n, d) => (d % 2 ? n : 1))), shape),
  ),
)
const image = fc.record({
  batch: fc.subarray([2]),
  channels: fc.constantFrom(2, 2, 2, 4),
  rank: fc.integer({ min: 1, max: 2 }),
  side: fc.tuple(fc.integer({ min: 3, max: 12 }), fc.integer({ min: 3, max: 12 })),
  kernel: fc.tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 5 })),
  stride: size,
  pad: fc.nat(2),
  dilation: fc.integer({ min: 1, max: 3 }),
  groups: fc.constantFrom(1, 1, 2),
})
const imageOf = ({
  batch,
  channels,
  rank,
  side,
}: {
  batch: Shape
  channels: number
  rank: number
  side: Shape
}): string => real([...batch, channels, ...side.slice(0, rank)])

const operations: { readonly [name: string]: fc.Arbitrary<string> } = {
  add: pair.map(([a, b]) => `add(${real(a)}, ${real(b)})`),
  where: fc.tuple(pair, shape).map(([[a, b], c]) => `where(lt(${real(a)}, 0), ${real(b)}, ${real(c)})`),
  sum: fc
    .tuple(shape, fc.oneof(axis.map(String), fc.array(axis, { maxLength: 2 }).map(list)))
    .map(([s, a]) => `mean(${a})(${real(s)})`),
  keep: fc.tuple(shape, axis).map(([s, a]) => `variance(${a}, { keep: true })(${real(s)})`),
  softmax: fc.tuple(shape, axis).map(([s, a]) => `softmax(${a})(${real(s)})`),
  broadcastTo: pair.map(([a, b]) => `broadcastTo(${list(a)})(${real(b)})`),
  reshape: fc
    .tuple(pair, fc.boolean())
    .map(([[a, b], hole]) => `reshape(${list(hole ? [...b.slice(1), -1] : b)})(${real(a)})`),
  flatten: fc.tuple(shape, fc.nat(3)).map(([s, a]) => `flatten(${a})(${real(s)})`),
  permute: shape
    .chain((s) =>
      fc.tuple(
        fc.constant(s),
        fc.oneof(fc.shuffledSubarray([...s.keys()], { minLength: s.length }), fc.array(axis, { maxLength: 4 })),
      ),
    )
    .map(([s, p]) => `permute(${list(p)})(${real(s)})`),
  swapAxes: fc.tuple(shape, axis, axis).map(([s, a, b]) => `swapAxes(${a}, ${b})(${real(s)})`),
  concat: fc
    .tuple(nonEmpty, size, axis, fc.nat(3))
    .map(([s, n, a, at]) => `concat(${a})([${real(s)}, ${real(s.map((m, d) => (d === at ? n : m)))}])`),
  stack: fc
    .tuple(shape, axis, fc.boolean())
    .map(([s, a, same]) => `stack(${a})([${real(s)}, ${real(same ? s : [...s, 2])}])`),
  squeeze: fc.tuple(shape, axis).map(([s, a]) => `squeeze(${a})(${real(s.map((n) => (n > 2 ? 1 : n)))})`),
  unsqueeze: fc.tuple(shape, axis).map(([s, a]) => `unsqueeze(${a})(${real(s)})`),
  take: fc.tuple(shape, axis).map(([s, a]) => `take(${a}, 0)(${real(s)})`),
  sliceAlong: fc
    .tuple(shape, axis, fc.nat(2), fc.nat(4))
    .map(([s, a, from, to]) => `sliceAlong(${a}, ${from}, ${to})(${real(s)})`),
  tile: fc.tuple(shape, fc.array(size, { maxLength: 4 })).map(([s, r]) => `tile(${list(r)})(${real(s)})`),
  repeatInterleave: fc.tuple(shape, size, axis).map(([s, n, a]) => `repeatInterleave(${n}, ${a})(${real(s)})`),
  topK: fc
    .tuple(nonEmpty, axis, fc.integer({ min: 1, max: 1 }))
    .map(([s, a, k]) => `topK(${a}, ${k})(${real(s)}).values`),
  matmul: fc
    .tuple(pair, size, size, fc.boolean())
    .map(([[s, t], m, n, fit]) =>
      fit ? `matmul(${real([...s, m, n])}, ${real([...t, n, m])})` : `matmul(${real(s)}, ${real(t)})`,
    ),
  linear: fc
    .tuple(nonEmpty, size, fc.boolean())
    .map(([s, m, fit]) => `linear(${real(s)}, ${real([m, fit ? (s.at(-1) as number) : 5])})`),
  outer: fc.tuple(size, size).map(([m, n]) => `outer(${real([m])}, ${real([n])})`),
  einsum: fc
    .record({
      sizes: fc.tuple(size, size, size),
      wrong: fc.constantFrom(0, 0, 1),
      out: fc.constantFrom('ik', 'ki', 'ijk', '', 'j'),
    })
    .map(({ sizes: [i, j, k], wrong, out }) => `einsum('ij,jk->${out}')(${real([i, j])}, ${real([j + wrong, k])})`),
  conv: fc.tuple(image, fc.nat(1)).map(([o, wrong]) => {
    const w = [2 * o.groups, o.channels / o.groups + wrong * (o.pad === 0 ? 1 : 0), ...o.kernel.slice(0, o.rank)]
    return `conv({ stride: ${o.stride}, pad: ${o.pad}, dilation: ${o.dilation}, groups: ${o.groups} })(${imageOf(o)}, ${real(w)})`
  }),
  convTranspose: image.map(
    (o) =>
      `convTranspose({ stride: ${o.stride}, dilation: ${o.dilation} })(${imageOf(o)}, ${real([2, 3, ...o.kernel.slice(0, o.rank)])})`,
  ),
  maxPool: image.map(
    (o) =>
      `maxPool({ kernel: ${list(o.kernel.slice(0, o.rank))}, stride: ${o.stride}, pad: ${Math.min(o.pad, 1)} })(${imageOf(o)})`,
  ),
  avgPool: image.map((o) => `avgPool({ kernel: ${o.kernel[0]} })(${imageOf({ ...o, batch: [] })})`),
  upsample: fc.tuple(image, size).map(([o, n]) => `upsampleNearest(${n})(${imageOf({ ...o, batch: [] })})`),
  gatherAlong: fc
    .tuple(nonEmpty, axis, size)
    .map(
      ([s, a, n]) =>
        `gatherAlong(${a})(${real(s)}, ${int(s.map((m, d) => (d === (a + s.length) % s.length ? n : m)))})`,
    ),
  indexSelect: fc.tuple(nonEmpty, axis, size).map(([s, a, n]) => `indexSelect(${a})(${real(s)}, ${int([n])})`),
  embedding: fc.tuple(size, size, shape).map(([v, d, s]) => `embedding(${real([v, d])}, ${int(s)})`),
  oneHot: fc.tuple(shape, size).map(([s, n]) => `oneHot(${n})(${int(s)})`),
  diagonal: fc.tuple(shape, size, fc.boolean()).map(([s, n, square]) => `diagonal(${real(square ? [...s, n, n] : s)})`),
  diagEmbed: nonEmpty.map((s) => `diagEmbed(${real(s)})`),
  pad: fc
    .tuple(size, size, fc.integer({ min: 0, max: 2 }))
    .map(([m, n, p]) => `padWith([[0, ${p}], [${p}, 1]])(${real([m, n])})`),
  crossEntropy: fc
    .tuple(size, size, fc.boolean())
    .map(([n, c, fit]) => `crossEntropy()(${real([n, c])}, ${int([fit ? n : n + 1])})`),
}
const drawn = Object.entries(operations).map(
  ([name, code]) => [name, [...new Set(fc.sample(code, { seed: 20_260_301, numRuns: 16 }))]] as const,
)
const all = drawn.flatMap(([, codes]) => codes)

describe('the types and the running program agree', () => {
  test(`${drawn.length} operations`, { timeout: 60_000 }, () => {
    expect(disagreements(all)).toEqual([])
  })
  test.each(drawn)('%s is drawn both right and, where it can be, wrong', (_, codes) => {
    expect(codes.some((c) => shapeAtRunTime(c) !== undefined)).toBe(true)
  })
  test('many are refused', () => {
    expect(all.length).toBeGreaterThan(350)
    expect(all.filter((c) => shapeAtRunTime(c) === undefined).length).toBeGreaterThan(80)
  })
})
