/**
 * A whole network at compile time: its type, and where a wrong number is reported. The programs are text, compiled by
 * the project's own tsc against the public names.
 */
import { spawnSync } from 'node:child_process'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { type Compiled, compile } from './compile.ts'

const root = join(import.meta.dirname, '../..')
const from = (path: string): string => JSON.stringify(join(root, path))
/** The public names; used below in every file, so that none is reported as unread. */
const names =
  'add, broadcastTo, concat, constant, conv, einsum, eye, flatten, linear, matmul, maxPool, oneHot, permute, ' +
  'programOrThrow, real, relu, reshape, take, uniform, vmap'
const layers = 'conv2d, dense, forwardOrThrow, sequential, takes'
const head = `
  import { type Expr, type Program, type Type, ${names} } from ${from('src/index.ts')}
  import { flatten as flat, ${layers}, maxPool as pool } from ${from('src/nn/index.ts')}
  import type * as T from ${from('lang/types/index.ts')}
  export const api = { ${names}, flat, ${layers}, pool }
  export type Same<A, B> = T.Identical<A, B>
  export type Names = Expr | Program<Type, Type>
  declare const of: <const S extends readonly number[]>(...shape: S) => Expr<S, 'real'>
  declare const several: 3 | 4
  declare const one: Program<{ readonly x: Type<readonly [3], 'real'> }, Type>
  export const used = [of, several, one]
`
interface Sizes {
  readonly channels: number
  readonly features: number
  readonly hidden: number
  readonly kernel: number
}
const right: Sizes = { channels: 32, features: 256, hidden: 256, kernel: 5 }
/**
 * conv 5, pool 3, conv 5, pool 2, flatten, dense 256, dense 10 on a digit of 1 x 28 x 28: [24, 8, 4, 2], 64 * 2 * 2 =
 * 256.
 */
const functional = ({ channels, features, hidden, kernel }: Sizes): string => `
  const digits = programOrThrow({
    x: real(1, 28, 28),
    c1: real(32, 1, 5, 5),
    c2: real(64, ${channels}, ${kernel}, 5),
    w1: real(256, ${features}), b1: real(256),
    w2: real(10, ${hidden}), b2: real(10),
  }, ({ x, c1, c2, w1, b1, w2, b2 }) => {
    const a = maxPool({ kernel: 3 })(relu(conv()(x, c1)))
    const b = maxPool({ kernel: 2 })(relu(conv()(a, c2)))
    const h = relu(linear(flatten()(b), w1, b1))
    return linear(h, w2, b2)
  })`
const layered = ({ channels, features, hidden, kernel }: Sizes): string => `
  const network = sequential(
    takes(real(1, 28, 28)),
    conv2d(1, 32, 5),
    relu,
    pool(3),
    conv2d(${channels}, 64, [${kernel}, 5]),
    relu,
    pool(2),
    flat(),
    dense(${features}, 256),
    relu,
    dense(${hidden}, 10),
  )`
const result = `
  const forward = forwardOrThrow('eval')(network, real(1, 28, 28))
  true satisfies Same<(typeof digits)['out'], Type<readonly [10], 'real'>>
  true satisfies Same<(typeof forward)['out'][0], Type<readonly [10], 'real'>>
  programOrThrow(real(10), (y): Expr<readonly [10], 'real'> => y)
  void forward`

/** The errors of the generated file: the text of the line, and the sentence. */
const errorsOf = (source: string, { errors }: Compiled): readonly (readonly [string, string])[] =>
  errors.flatMap((line) => {
    const [, row, message] = /generated\.mts\((\d+),\d+\): (.*)/.exec(line) ?? []
    return row === undefined || message === undefined
      ? []
      : [[(source.split('\n')[Number(row) - 1] ?? '').trim(), message] as const]
  })

describe('a network for digits', { timeout: 60_000 }, () => {
  const complete = [head, functional(right), layered(right), result].join('\n')
  let alone: Compiled
  let whole: Compiled
  beforeAll(() => {
    alone = compile(head)
    whole = compile(complete)
  })
  test('has the type of ten real numbers, as a function and as layers', () => {
    expect(errorsOf(complete, whole)).toEqual([])
  })
  test('costs the compiler 13,500 instantiations', () => {
    const figure = 13_500
    expect(errorsOf(head, alone)).toEqual([])
    expect(whole.instantiations - alone.instantiations).toBeGreaterThan(figure / 2)
    expect(whole.instantiations - alone.instantiations).toBeLessThan(1.5 * figure)
  })
  interface Wrong {
    readonly sizes: Sizes
    readonly lines: readonly string[]
    readonly numbers: readonly string[]
  }
  const second = 'const b = maxPool({ kernel: 2 })(relu(conv()(a, c2)))'
  const wrong: { readonly [what: string]: Wrong } = {
    '257 features': {
      sizes: { ...right, features: 257 },
      lines: ['const h = relu(linear(flatten()(b), w1, b1))', 'dense(257, 256),'],
      numbers: ['256', '257'],
    },
    '257 hidden units': {
      sizes: { ...right, hidden: 257 },
      lines: ['return linear(h, w2, b2)', 'dense(257, 10),'],
      numbers: ['256', '257'],
    },
    '31 channels': {
      sizes: { ...right, channels: 31 },
      lines: [second, 'conv2d(31, 64, [5, 5]),'],
      numbers: ['31', '32'],
    },
    'a kernel of 9': {
      sizes: { ...right, kernel: 9 },
      lines: [second, 'conv2d(32, 64, [9, 5]),'],
      numbers: ['9', '8'],
    },
  }
  const blocks = Object.values(wrong).map(
    ({ sizes }) => `{ ${functional(sizes)}\n${layered(sizes)}\n void [digits, network] }`,
  )
  test('a wrong number is one error, at its layer, which says both numbers', () => {
    const source = [head, ...blocks].join('\n')
    const found = errorsOf(source, compile(source))
    const expected = Object.values(wrong).flatMap(({ lines, numbers }) => lines.map((line) => ({ line, numbers })))
    expect(found.map(([line]) => line)).toEqual(expected.map((e) => e.line))
    found.forEach(([, message], k) => {
      for (const n of expected[k]?.numbers ?? []) expect(message).toMatch(new RegExp(`\\b${n}\\b`))
    })
  })
})

describe('errors are sentences', { timeout: 60_000 }, () => {
  const mistakes: readonly (readonly [string, string])[] = [
    ['matmul(of(2, 256), of(257, 3))', 'cannot multiply [2, 256] by [257, 3]: 256 is not 257'],
    ['linear(of(256), of(10, 257))', '256 is not 257'],
    ['add(of(5, 3), of(4))', 'cannot broadcast [5, 3] with [4]: 3 is not 4'],
    ['concat(0)([of(2, 3), of(2, 4)])', 'cannot concat [2, 3] with [2, 4] along axis 0: 3 is not 4'],
    ['reshape([5, 5])(of(4, 6))', 'cannot reshape [4, 6] to [5, 5]: 24 elements are not 25'],
    ['reshape([5, -1])(of(4, 6))', '24 is not a multiple of 5'],
    ['permute([0, 0])(of(4, 6))', '[4, 6]'],
    ["einsum('ij,jk->ik')(of(2, 3), of(4, 5))", 'j is 3 and 4'],
    ['conv()(of(3, 8, 8), of(4, 2, 3, 3))', '2 channels are not 3'],
    ['conv()(of(3, 8, 8), of(4, 3, 9, 3))', 'a span of 9 is more than 8'],
    ['maxPool({ kernel: 9 })(of(3, 8, 8))', 'a span of 9 is more than 8'],
    ['maxPool({ kernel: 3, pad: 2 })(of(3, 8, 8))', 'a pad of 2 is more than half of 3'],
    ['real(several, 5)', 'a dimension is one number, not one of several'],
    ['real(2, -3)', '-3 is not a dimension'],
    ['constant([several], 0)', 'a dimension is one number, not one of several'],
    ['real(2147483648)', '2147483648 is not a dimension'],
    ['eye(-1)', 'a dimension is a whole number, not'],
    ['dense(2.5, 2)', 'a dimension is a whole number, not'],
    ['vmap(1.5)', 'a dimension is a whole number, not'],
    ['oneHot(-1)', 'a dimension is a whole number, not'],
    ['uniform([2.5])', '2.5 is not a dimension'],
    ['broadcastTo([-1])', '-1 is not a dimension'],
    ['take(0, 5)(of(3))', 'index 5 is outside axis 0 of [3]'],
    ['take(1, -4)(of(2, 3))', 'index -4 is outside axis 1 of [2, 3]'],
    ['vmap(2, { over: { y: true } })(one)', 'over names y, and there is no such input'],
    ['vmap(2, { over: { x: { w: true } } })(one)', 'over names w, and there is no such input'],
    ['dense(several, 2)', 'a dimension is one number, not one of'],
    ['conv2d(3, several, 5)', 'a dimension is one number, not one of'],
  ]
  test('one each, where it belongs, and never `never`', () => {
    const source = [head, ...mistakes.map(([code]) => `  ${code}`)].join('\n')
    const found = errorsOf(source, compile(source))
    expect(found.map(([line]) => line)).toEqual(mistakes.map(([code]) => code))
    found.forEach(([, message], k) => {
      expect(message).toContain(mistakes[k]?.[1])
      expect(message).not.toMatch(/\bnever\b/)
    })
  })
})

/** All files together. What tsc reports is another test's business. */
test('tsc on the whole project: less than three million instantiations', { timeout: 120_000 }, () => {
  const tsc = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin/tsc')
  const { stdout } = spawnSync(process.execPath, [tsc, '-p', root, '--noEmit', '--extendedDiagnostics'], {
    encoding: 'utf8',
  })
  const figure = (name: string): number => Number(new RegExp(`^${name}:\\s*([\\d.]+)`, 'm').exec(stdout)?.[1])
  expect(figure('Files')).toBeGreaterThan(200)
  expect(figure('Instantiations')).toBeLessThan(3_000_000)
})
