/**
 * What shapes cost the compiler, counted in instantiations: unlike seconds, they do not depend on the machine.
 * The figures are those of TypeScript 7.0.2 (5.9.3 counts some per cent less). A budget is 1.5 times its figure.
 */
import { describe, expect, test } from 'vitest'
import { compile, importTypes, same } from './compile.ts'

const operations = `
interface Expr<S extends T.Dims = any, D = any> { readonly type: { readonly shape: S; readonly dtype: D } }
declare const real: <const S extends T.Dims>(...shape: S) => Expr<S, 'real'>
declare const add: <A extends T.Dims, B extends T.Dims>(x: Expr<A>, y: Expr<B> & T.Fits<A, B>) => Expr<T.Joined<A, B>>
declare const matmul: <A extends T.Dims, B extends T.Dims>(x: Expr<A>, y: Expr<B> & T.FitsMatmul<A, B>) => Expr<T.Matmul<A, B>>
declare const conv: <const O extends T.ConvOptions = {}>(options?: O) =>
  <X extends T.Dims, W extends T.Dims>(x: Expr<X>, w: Expr<W> & T.FitsConv<X, W, O>) => Expr<T.ConvShape<X, W, O>>
declare const pool: <const O extends T.PoolOptions>(options: O) =>
  <S extends T.Dims>(x: Expr<S> & T.FitsPool<S, O>) => Expr<T.PoolShape<S, O>>
declare const flatten: <S extends T.Dims>(x: Expr<S>) => Expr<T.Flattened<S>>
`
const shapeIs = (name: string, shape: string): string => same(`(typeof ${name})['type']['shape']`, `readonly ${shape}`)
const repeat = (n: number, line: (k: number) => string): string =>
  Array.from({ length: n }, (_, k) => line(k)).join('\n')

interface Budget {
  readonly name: string
  readonly figure: number
  readonly program: string
}
const budgets: readonly Budget[] = [
  {
    name: 'fifty convolutions, each of another size',
    figure: 37_000,
    program: `const c0 = real(2, 3, 224, 224)
      ${repeat(50, (k) => `const c${k + 1} = conv()(c${k}, real(${k + 4}, ${k + 3}, 3, 3))`)}
      ${shapeIs('c50', '[2, 53, 124, 124]')}`,
  },
  {
    name: 'fifty equal convolutions',
    figure: 3_000,
    program: `const c0 = real(8, 224, 224), same = conv({ pad: 1 }), w = real(8, 8, 3, 3)
      ${repeat(50, (k) => `const c${k + 1} = same(c${k}, w)`)}
      ${shapeIs('c50', '[8, 224, 224]')}`,
  },
  {
    name: 'a network for digits',
    figure: 8_500,
    program: `const a = pool({ kernel: 3 })(conv()(real(1, 28, 28), real(32, 1, 5, 5)))
      const b = flatten(pool({ kernel: 2 })(conv()(a, real(64, 32, 5, 5))))
      const c = add(matmul(b, real(256, 256)), real(256))
      const d = add(matmul(c, real(256, 10)), real(10))
      ${shapeIs('d', '[10]')}`,
  },
  {
    name: 'a hundred different sums of seven digits',
    figure: 38_500,
    program: repeat(100, (k) => {
      const [a, b] = [1_234_567 + 7_919 * k, 7_654_321 - 6_007 * k]
      return same(`T.Add<${a}, ${b}>`, `${a + b}`)
    }),
  },
  {
    name: 'a hundred different products of four digits, and their quotients',
    figure: 435_000,
    program: repeat(100, (k) => {
      const [a, b] = [1_234 + 79 * k, 9_876 - 61 * k]
      return same(`[T.Mul<${a}, ${b}>, T.Div<${a * b}, ${b}>]`, `[${a * b}, ${a}]`)
    }),
  },
]

const cost = (program: string): number => {
  const { errors, instantiations } = compile([importTypes, operations, program].join('\n'))
  expect(errors).toEqual([])
  return instantiations
}

describe('instantiations', { timeout: 20_000 }, () => {
  const floor = 120_000
  test(`of the declarations alone: ${floor}`, () => {
    expect(cost('')).toBeLessThan(1.5 * floor)
  })
  test.each(budgets)('$name: $figure more', ({ figure, program }) => {
    const more = cost(program) - cost('')
    expect(more).toBeGreaterThan(0)
    expect(more).toBeLessThan(1.5 * figure)
  })
})
