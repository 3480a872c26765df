/** Numbers that an option cannot be are diagnostics, by the name of the operation, and never a silent NaN. */
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, test } from 'vitest'
import { typed } from '../../../lang/syntax/typed.ts'
import * as a from '../../../src/index.ts'
import * as outside from '../../../src/random/index.ts'

type Loose = (...args: readonly unknown[]) => (x: a.Expr, ...more: readonly a.Expr[]) => a.Expr
/** The operations as plain JavaScript sees them. */
const O: { readonly [name: string]: Loose } = typed(a)
const of = (name: string, ...args: readonly unknown[]): Loose => typed((O[name] as Loose)(...args))

const first = (result: E.Either<a.Diagnostics, unknown>): string | undefined =>
  E.isLeft(result) && result.left[0] !== undefined ? a.showDiagnostic(result.left[0]).split('\n')[0] : undefined
const onVector = (name: string, ...args: readonly unknown[]) =>
  first(a.program(a.real(4), (x) => typed<(x: a.Expr) => a.Expr>(of(name, ...args))(x)))
const onKey = (name: string, ...args: readonly unknown[]) =>
  first(a.program([], () => typed<(x: a.Expr) => a.Expr>(of(name, ...args))(a.randomKey(1))))
const notNumbers = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]

describe('activations', () => {
  test.each(notNumbers)('%f is no option', (x) => {
    expect(onVector('leakyRelu', x)).toBe('leakyRelu: slope must be a finite number')
    expect(onVector('elu', x)).toBe('elu: alpha must be a finite number')
    expect(onVector('softplus', x)).toBe('softplus: beta must be finite and positive')
  })
  test('the beta of softplus is positive', () => {
    for (const beta of [0, -0, -1])
      expect(onVector('softplus', beta)).toBe('softplus: beta must be finite and positive')
    expect(onVector('softplus', 1e-3)).toBe(undefined)
  })
  test('a slope and an alpha may be negative or 0', () => {
    for (const x of [0, -1, 2]) {
      expect(onVector('leakyRelu', x)).toBe(undefined)
      expect(onVector('elu', x)).toBe(undefined)
    }
  })
  test('a bound may be infinite, but not NaN', () => {
    expect(onVector('clamp', Number.NaN, 1)).toBe('clamp: lowest is NaN')
    expect(onVector('clamp', 0, Number.NaN)).toBe('clamp: highest is NaN')
    expect(onVector('clamp', Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY)).toBe(undefined)
  })
})
describe('statistics', () => {
  test.each(['variance', 'std'])('the correction of %s is finite and not negative', (name) => {
    for (const correction of [-1, -1e-9, ...notNumbers])
      expect(onVector(name, 0, { correction })).toBe(`${name}: correction must be finite and not negative`)
    for (const correction of [0, 1, 0.5, 7]) expect(onVector(name, 0, { correction })).toBe(undefined)
  })
  test.each(['mean', 'variance', 'std', 'norm', 'logsumexp'])('keep of %s is true or false', (name) => {
    expect(onVector(name, 0, { keep: 'no' })).toBe(`${name}: keep is no; expected one of true, false`)
    expect(onVector(name, 0, { keep: true })).toBe(undefined)
  })
})
describe('random numbers', () => {
  test('a probability is from 0 to 1', () => {
    for (const p of [-0.1, 1.5, ...notNumbers])
      expect(onKey('bernoulli', p, [2])).toBe('bernoulli: p must be from 0 to 1')
    for (const p of [0, 0.3, 1]) expect(onKey('bernoulli', p, [2])).toBe(undefined)
  })
  test('a seed is a number, in a program and outside', () => {
    for (const seed of ['a', '1', null, {}, true]) {
      const key = typed<(seed: unknown) => a.Key>(a.randomKey)
      expect(first(a.program([], () => a.uniform([2])(key(seed))))).toBe('randomKey: seed must be a number')
      expect(() => typed<(seed: unknown) => unknown>(outside.randomKey)(seed)).toThrow(
        'randomKey: seed must be a number',
      )
    }
  })
  test('outside a program a count is a whole number, and so is the number of a child', () => {
    const key = outside.randomKey(1)
    for (const n of [-1, 1.5, ...notNumbers]) {
      expect(() => outside.uniform(n)(key)).toThrow(`uniform: n is ${n}`)
      expect(() => outside.permutation(n)(key)).toThrow(`permutation: n is ${n}`)
      expect(() => outside.normal(n)(key)).toThrow(`normal: n is ${n}`)
      expect(() => typed<Loose>(outside.splitKey)(n)(typed(key))).toThrow(`splitKey: n is ${n}`)
      expect(() => outside.foldIn(n)(key)).toThrow(`foldIn: i is ${n}`)
    }
    expect(() => outside.foldIn(2 ** 32)(key)).toThrow('foldIn')
  })
})
test('attention refuses a scale that is not finite, and heads that are no count', () => {
  const scaled = (scale: number) => first(a.program(a.real(2, 3), (x) => a.attention({ scale })(x, x, x)))
  for (const scale of notNumbers) expect(scaled(scale)).toBe('attention: scale must be a finite number')
  expect(scaled(0.5)).toBe(undefined)
  const types = { x: a.real(2, 4), wQkv: a.real(12, 4), bQkv: a.real(12), wOut: a.real(4, 4), bOut: a.real(4) }
  const attend = (n: number): ((x: a.Expr, p: unknown) => a.Expr) => typed(a.multiHeadAttention({ heads: n }))
  const heads = (n: number) => first(a.program(types, (v) => attend(n)(v.x, v)))
  for (const n of [-2, 0, 0.5, ...notNumbers])
    expect(heads(n)).toBe('multiHeadAttention: heads must be a positive integer')
  expect(heads(2)).toBe(undefined)
})

describe('one and many', () => {
  test('one axis is not an axis, several are not distinct axes', () => {
    expect(first(a.program(typed<a.Type>(a.real(2)), (x) => a.sum(5)(x)))).toBe(
      'sum: 5 is not an axis of an array of rank 1',
    )
    expect(first(a.program(typed<a.Type>(a.real(2, 2)), (x) => a.sum([0, 0])(x)))).toBe(
      'sum: [0, 0] are not distinct axes of an array of rank 2',
    )
  })
  test('1 element, 2 elements', () => {
    expect(first(a.program(typed<a.Type>(a.real()), (x) => a.reshape([2])(x)))).toBe(
      'reshape: [] has 1 element, [2] has 2',
    )
    const f = a.programOrThrow(a.real(), (x) => a.sin(x))
    expect(() => a.evaluate(f.closed, [[1, 2]] as never)).toThrow('the input x has 1 element, but 2 are given')
  })
})
describe('whileLoop is named as it is called', () => {
  const named = (result: E.Either<a.Diagnostics, unknown>) => (E.isLeft(result) ? result.left.map((d) => d.op) : [])
  type Real = a.Expr<readonly [], 'real'>
  const below = (c: Real) => a.lt(c, 1)
  const loop = (test: unknown, body: unknown, init: (x: Real) => unknown = (x) => x) =>
    a.program(a.real(), (x) => typed<Loose>(a.whileLoop)(test, body)(typed(init(x))))
  test('where its body or its test is wrong', () => {
    expect(named(loop(below, (c: Real) => [c, c]))).toEqual(['whileLoop'])
    expect(named(loop(below, () => undefined))).toEqual(['whileLoop'])
    expect(
      named(
        loop(
          (c: Real) => c,
          (c: Real) => c,
        ),
      ),
    ).toEqual(['whileLoop'])
    expect(named(loop(below, (c: Real) => a.toInt(c)))).toEqual(['whileLoop'])
  })
  test('where it is differentiated in reverse', () => {
    const p = a.programOrThrow(a.real(), (x) => a.whileLoop(below, (c: Real) => a.add(a.mul(c, 2), 1))(x))
    expect(named(a.grad(p))).toEqual(['whileLoop'])
  })
})
