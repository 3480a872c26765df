/** What a layer claims is checked at run time, by its name: its output, its next state, its first data. */
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, test } from 'vitest'
import { reduceMax } from '../../../lang/primitives/reduction.ts'
import { showDiagnostic } from '../../../lang/syntax/error.ts'
import { typed } from '../../../lang/syntax/typed.ts'
import { add, concat, type Expr, int, normal, real, relu, sum, type Type } from '../../../src/index.ts'
import {
  checkpoint,
  combine,
  dense,
  dropout,
  forward,
  type Layer,
  layer,
  predict,
  repeat,
  residual,
  sequential,
} from '../../../src/nn/index.ts'
import type { Opaque } from '../../../src/nn/rule.ts'
import { randomKey } from '../../../src/random/key.ts'

type Parts = Parameters<ReturnType<typeof layer<Opaque>>>[0]
/** A layer as plain JavaScript writes it. */
const loose = (parts: object): Layer => layer<Opaque>()(typed<Parts>(parts)) as Layer
const chain: (...stages: readonly unknown[]) => Layer = typed(sequential)
const errorOf = (result: E.Either<readonly Parameters<typeof showDiagnostic>[0][], unknown>): string | undefined =>
  E.isLeft(result) ? result.left.map((d) => showDiagnostic(d).split('\n')[0]).join('; ') : undefined

const twice = { name: 'twice', apply: (_: null, state: null, __: unknown, a: Expr) => [concat(0)([a, a]), state] }
const double = ({ shape: [n = 0] }: Type) => real(2 * n)

describe('the output', () => {
  test('is what `gives` says', () => {
    expect(errorOf(predict(loose({ ...twice, gives: double }), real(3)))).toBe(undefined)
    expect(errorOf(predict(loose({ ...twice, gives: real(6) }), real(3)))).toBe(undefined)
  })
  test('or the error names the layer and both shapes', () => {
    const wrong = 'twice: what the layer gives is not what it says: expected real[3], found real[6]'
    expect(errorOf(predict(loose({ ...twice, gives: (t: Type) => t }), real(3)))).toBe(wrong)
    expect(errorOf(forward('train')(loose({ ...twice, gives: real(3) }), real(3)))).toBe(wrong)
    expect(errorOf(predict(loose({ ...twice, gives: { y: real(6) } }), real(3)))).toBe(
      'twice: what the layer gives is not what it says: expected y: real[6], found real[6]',
    )
  })
  test('also inside a network, once', () => {
    const network = chain(dense(4, 3), loose({ ...twice, gives: real(5) }), relu)
    expect(errorOf(predict(network, real(4)))).toBe(
      'twice: what the layer gives is not what it says: expected real[5], found real[6]',
    )
  })
  test('and an input that does not fit is a sentence of the layer', () => {
    const gives = ({ shape }: Type) => (shape.length === 1 ? real(2 * (shape[0] ?? 0)) : 'twice takes a vector')
    expect(errorOf(predict(loose({ ...twice, gives }), real(3, 3)))).toBe('twice: twice takes a vector')
  })
  test('an error inside the layer is not reported twice', () => {
    const inner = {
      name: 'inner',
      apply: (_: null, s: null, __: unknown, a: Expr) => [reduceMax(7)(a), s],
      gives: real(),
    }
    expect(errorOf(predict(loose(inner), real(3)))).toMatch(/^reduceMax: [^;]*$/)
  })
})

describe("a key in mode 'eval'", () => {
  const noisy = (name: string): Layer =>
    loose({
      name,
      keys: int(3),
      apply: (_: null, s: null, { key }: { readonly key: never }, a: Expr) => [add(a, normal([3])(key)), s],
    })
  const says = (name: string): string => `${name}: draws from its key in mode 'eval', which has none`
  test.each([
    ['by itself', noisy('noisy')],
    ['in a sequence', chain(dropout(0.5), noisy('noisy'), relu)],
    ['after another', chain(noisy('noisy'), noisy('second'))],
    ['in a block', residual(chain(noisy('noisy')))],
    ['that is repeated', repeat(2, noisy('noisy'))],
    ['in a loop', repeat(2, noisy('noisy'), { as: 'scan' })],
    ['under checkpoint', checkpoint(chain(noisy('noisy')))],
    ['among named parts', combine()('named', { part: noisy('noisy') }, (f, a) => f.part(a)) as Layer],
  ])('is not there: the error names the layer, %s', (_, network) => {
    const found = errorOf(predict(network, real(3)))?.split('; ') ?? []
    expect(found[0]?.startsWith(says('noisy'))).toBe(true)
    expect(found.filter((line) => !line.includes(": draws from its key in mode 'eval'"))).toEqual([])
  })
  test('is there where a program has it', () => {
    expect(errorOf(forward('eval')(noisy('noisy'), real(3)))).toBe(undefined)
    expect(errorOf(forward('train')(noisy('noisy'), real(3)))).toBe(undefined)
  })
  test('may be handed on: what is not drawn is no error', () => {
    expect(errorOf(predict(chain(dropout(0.5), checkpoint(dropout(0.5)), repeat(2, dropout(0.5))), real(3)))).toBe(
      undefined,
    )
  })
})

describe('apply gives a pair', () => {
  const say = 'not a pair [output, state]'
  test.each([
    ['one array', (_: null, __: null, ___: unknown, a: Expr) => a],
    ['nothing', () => undefined],
    ['three', (_: null, s: null, ___: unknown, a: Expr) => [a, s, a]],
  ])('%s is refused', (_, apply) => {
    expect(errorOf(predict(loose({ name: 'odd', apply }), real(3)))).toContain(say)
  })
})

describe('the state', () => {
  const counting = (next: (s: Expr) => unknown): Layer =>
    loose({
      name: 'counting',
      state: { n: real(2) },
      init: () => ({ state: { n: [0, 0] } }),
      apply: (_: null, { n }: { n: Expr }, __: unknown, a: Expr) => [a, next(n)],
    })
  test('keeps its types', () => {
    expect(
      errorOf(
        forward('train')(
          counting((n) => ({ n: add(n, 1) })),
          real(3),
        ),
      ),
    ).toBe(undefined)
    expect(
      errorOf(
        forward('train')(
          counting((n) => ({ n: sum()(n) })),
          real(3),
        ),
      ),
    ).toBe('counting: the next state is not like the state: expected n: real[2], found n: real[]')
    expect(
      errorOf(
        forward('train')(
          counting(() => null),
          real(3),
        ),
      ),
    ).toContain('expected n: real[2], found nothing')
  })
})

describe('init', () => {
  const starting = (start: object) => () =>
    loose({
      name: 'start',
      params: { w: real(2, 3) },
      init: () => start,
      apply: (_: null, s: null, __: unknown, a: Expr) => [a, s],
    }).init(randomKey(1))
  test('gives data of the types', () => {
    expect(starting({ params: { w: new Float32Array(6) } })).not.toThrow()
    expect(starting({ params: { w: [1, 2, 3] } })).toThrow(
      'start: its init gives 3 numbers for params.w, which is real[2, 3]',
    )
    expect(starting({ params: {} })).toThrow('start: its init gives nothing for params.w, which is real[2, 3]')
    expect(starting({})).toThrow('nothing for params.w')
  })
  test('also inside a network', () => {
    const bad = loose({
      name: 'bad',
      state: real(2),
      init: () => ({ state: [1] }),
      apply: (_: null, s: Expr, __: unknown, a: Expr) => [a, s],
    })
    expect(() => sequential(dense(2, 2), bad).init(randomKey(1))).toThrow(
      'bad: its init gives 1 number for state, which is real[2]',
    )
  })
})
