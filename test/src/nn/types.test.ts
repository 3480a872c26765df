import { expect, expectTypeOf, test } from 'vitest'
import { relu } from '../../../lang/operations/activation.ts'
import { add, mul, tanh } from '../../../lang/primitives/elementwise.ts'
import type { Expr } from '../../../lang/syntax/expr.ts'
import { programOrThrow } from '../../../lang/syntax/program.ts'
import { int, real, type Type } from '../../../lang/syntax/shape.ts'
import {
  dense,
  flatten,
  forwardOrThrow,
  type Layer,
  parallel,
  residual,
  sequential,
  takes,
} from '../../../src/nn/index.ts'
import type { Out } from '../../../src/nn/rule.ts'

type RuleIn<L> = L extends Layer<infer _P, infer _S, infer _K, infer F> ? F : never
const mlp = sequential(dense(784, 128), relu, dense(128, 10))

test('the type of a network has its parameters and its output', () => {
  expectTypeOf(mlp.params[0].w).toEqualTypeOf<Type<readonly [128, 784], 'real'>>()
  expectTypeOf(mlp.params[1]).toEqualTypeOf<null>()
  expectTypeOf(mlp.params[2].b).toEqualTypeOf<Type<readonly [10], 'real'>>()
  expectTypeOf<Out<RuleIn<typeof mlp>, Type<readonly [784], 'real'>>>().toEqualTypeOf<Type<readonly [10], 'real'>>()
  const p = forwardOrThrow('eval')(mlp, real(784))
  expectTypeOf(p.out[0]).toEqualTypeOf<Type<readonly [10], 'real'>>()
  expect(p.out[0]).toEqual(real(10))
})

test('a wrong inner dimension is an error at the wrong layer, with both numbers', () => {
  sequential(
    dense(784, 128),
    relu,
    // @ts-expect-error dense(127, 10) takes [..., 127], not [128]
    dense(127, 10),
  )
  sequential(
    takes(real(1, 28, 28)),
    flatten(),
    // @ts-expect-error dense(783, 128) takes [..., 783], not [784]
    dense(783, 128),
    relu,
  )
  sequential(
    mlp,
    tanh,
    // @ts-expect-error dense(11, 3) takes [..., 11], not [10]
    dense(11, 3),
  )
  type Wrong = Out<RuleIn<ReturnType<typeof dense<127, 10>>>, Type<readonly [128], 'real'>>
  expectTypeOf<Wrong>().toEqualTypeOf<'dense(127, 10) takes [..., 127], not [128]'>()
})

test('a whole network refuses an input that does not fit', () => {
  // @ts-expect-error dense(784, 128) takes [..., 784], not [100]
  expect(() => forwardOrThrow('eval')(mlp, real(100))).toThrow('axis in is 100 in [100] but 784 in [128, 784]')
  // @ts-expect-error dense(784, 128) takes one array of real numbers
  expect(() => forwardOrThrow('eval')(mlp, int(784))).toThrow('int')
  // @ts-expect-error not the type that `takes` states
  expect(() => forwardOrThrow('eval')(sequential(takes(real(3)), dense(3, 1)), real(4))).toThrow(
    'the input of a network',
  )
})

test('sequences, products and residual blocks have their types', () => {
  type Rows = Out<RuleIn<typeof mlp>, Type<readonly [7, 784], 'real'>>
  expectTypeOf<Rows>().toEqualTypeOf<Type<readonly [7, 10], 'real'>>()
  const both = parallel(dense(2, 3), tanh)
  const p = forwardOrThrow('eval')(both, [real(2), real(5)] as const)
  expectTypeOf(p.out[0]).toEqualTypeOf<readonly [Type<readonly [3], 'real'>, Type<readonly [5], 'real'>]>()
  expect(p.out[0]).toEqual([real(3), real(5)])
  const block = residual(sequential(dense(4, 9), relu, dense(9, 4)))
  expectTypeOf<Out<RuleIn<typeof block>, Type<readonly [4], 'real'>>>().toEqualTypeOf<Type<readonly [4], 'real'>>()
  // @ts-expect-error a residual block adds two arrays of one shape: give it a shortcut
  sequential(takes(real(4)), residual(dense(4, 3)))
  sequential(takes(real(4)), residual(dense(4, 3), dense(4, 3)), dense(3, 1))
  // @ts-expect-error dense(5, 3) takes [..., 5], not [4]
  expect(() => forwardOrThrow('eval')(both, [real(9), real(5)] as const)).toThrow('axis in')
})

test('apply is typed, and a plain function is a layer', () => {
  const half = <S extends readonly number[]>(x: Expr<S, 'real'>): Expr<S, 'real'> => mul(0.5, x) as never
  const net = sequential(dense(2, 3), half, tanh)
  const p = programOrThrow({ params: net.params, x: real(2) }, ({ params, x }) => {
    const [y] = net.apply(params, net.state, { mode: 'eval', key: net.keys }, x)
    expectTypeOf(y).toEqualTypeOf<Expr<readonly [3], 'real'>>()
    // @ts-expect-error a vector of three
    net.apply(params, net.state, { mode: 'eval', key: net.keys }, y)
    return add(y, 1)
  })
  expect(p.out).toEqual(real(3))
})
