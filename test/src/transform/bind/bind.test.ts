/** A program with some inputs bound: the two parts together are the program. */
import * as fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, expectTypeOf, test } from 'vitest'
import { checkpoint } from '../../../../lang/control/call.ts'
import { evaluate } from '../../../../lang/evaluate.ts'
import { matmul } from '../../../../lang/operations/product.ts'
import { sum } from '../../../../lang/primitives/broadcast.ts'
import { iota } from '../../../../lang/primitives/constant.ts'
import { add, div, exp, lt, mul, select, sin, sqrt, sub } from '../../../../lang/primitives/elementwise.ts'
import { permute, reshape } from '../../../../lang/primitives/reindex.ts'
import { closeOver, inTypes, numbered, outTypes } from '../../../../lang/syntax/closed.ts'
import type { Expr } from '../../../../lang/syntax/expr.ts'
import { nth } from '../../../../lang/syntax/list.ts'
import { keyOf } from '../../../../lang/syntax/plain.ts'
import { programOrThrow } from '../../../../lang/syntax/program.ts'
import { int, isReal, real } from '../../../../lang/syntax/shape.ts'
import { print } from '../../../../lang/text/print.ts'
import {
  batchNorm,
  conv1d,
  conv2d,
  convTranspose2d,
  dense,
  depthwiseConv2d,
  predictOrThrow,
  sequential,
} from '../../../../src/nn/index.ts'
import { arbitraryProgram, inputRange } from '../../../../src/testing/arbitrary/program.ts'
import { seeds, spreadFrom, valuesFrom } from '../../../../src/testing/arbitrary/values.ts'
import { apply } from '../../../../src/transform/apply.ts'
import { bind, bindOrThrow } from '../../../../src/transform/bind/bind.ts'
import { gradOrThrow } from '../../../../src/transform/grad.ts'
import { reassociations } from '../../../../src/transform/simplify/reassociate.ts'
import { vjp } from '../../../../src/transform/vjp.ts'
import { vmap } from '../../../../src/transform/vmap.ts'
import { bindSplits, bound, parted, regroupedSplits } from '../../../laws/binding.ts'
import { closeAll } from '../../../laws/close.ts'
import { type AnyProgram, realsOf } from '../../../laws/derivative.ts'
import { opsOf, valuesOf } from '../../programs.ts'

/** Which inputs are known, by the bits of a number. */
const marksFrom = (p: AnyProgram, bits: number): readonly boolean[] =>
  inTypes(p.closed).map((_, i) => (bits >> i) % 2 === 1)
const draw = fc.tuple(arbitraryProgram(), seeds, fc.nat(63))
const runs = { numRuns: 100, seed: 5 }

describe('laws, on random programs and random choices of inputs', () => {
  test('rest(once(known), x) = p(known, x), bit for bit; up to rounding where sums and products are regrouped', () =>
    fc.assert(
      fc.property(draw, ([p, seed, bits]) => {
        const marks = marksFrom(p, bits)
        const x = spreadFrom(seed, inTypes(p.closed), inputRange)
        return bindSplits(p, marks)(x) && regroupedSplits(p, marks, 1e-6)(x)
      }),
      runs,
    ))
  test('once reads no other input, and rest no known one', () =>
    fc.assert(
      fc.property(draw, ([p, , bits]) => {
        const marks = marksFrom(p, bits)
        const { once, rest } = bound(p, marks)
        const [known, others] = [true, false].map((it) => inTypes(p.closed).filter((_, i) => marks[i] === it))
        expect(inTypes(once.closed)).toEqual(known)
        expect(inTypes(rest.closed).slice(once.closed.outputs.length)).toEqual(others)
      }),
      { numRuns: 100, seed: 6 },
    ))
  test('vmap over the rest maps the program', () =>
    fc.assert(
      fc.property(draw, ([p, seed, bits]) => {
        const marks = marksFrom(p, bits)
        const { once, rest } = bound(p, marks)
        const [x, y] = [
          spreadFrom(seed, inTypes(p.closed), inputRange),
          spreadFrom(seed + 1, inTypes(p.closed), inputRange),
        ]
        const [known, first] = parted(x, marks)
        const [, second] = parted(y, marks)
        const many = vmap(2, { over: [false, true] as never })(rest as never) as unknown as AnyProgram
        const both = first.map((a, i) => Float64Array.of(...a, ...nth(second, i)))
        const [atX, atY] = [
          valuesOf(p, x),
          valuesOf(
            p,
            x.map((a, i) => (marks[i] ? a : nth(y, i))),
          ),
        ]
        const stacked = atX.map((a, i) => Float64Array.of(...a, ...nth(atY, i)))
        return closeAll(valuesOf(many, [...valuesOf(once, known), ...both]), stacked)
      }),
      runs,
    ))
  test('reverse mode of the rest pulls what reverse mode of the program pulls', () =>
    fc.assert(
      fc.property(draw, ([p, seed, bits]) => {
        const marks = marksFrom(p, bits)
        const { once, rest } = bound(p, marks)
        const [back, backOfRest] = [vjp(p), vjp(rest)]
        if (E.isLeft(back) || E.isLeft(backOfRest)) return E.isLeft(back)
        const x = spreadFrom(seed, inTypes(p.closed), inputRange)
        const w = valuesFrom(seed, realsOf(outTypes(p.closed)))
        const [known, others] = parted(x, marks)
        const kept = valuesOf(once, known)
        const outs = p.closed.outputs.length
        const ofAll = valuesOf(back.right as AnyProgram, [...x, ...w]).slice(outs)
        const ofRest = valuesOf(backOfRest.right as AnyProgram, [...kept, ...others, ...w]).slice(outs)
        const unknown = inTypes(p.closed).flatMap((t, i) => (isReal(t) ? [!marks[i]] : []))
        const first = realsOf(inTypes(rest.closed).slice(0, kept.length)).length
        return closeAll(
          ofRest.slice(first),
          ofAll.filter((_, i) => unknown[i]),
        )
      }),
      runs,
    ))
})

describe('what is computed when', () => {
  const p = programOrThrow({ w: real(2, 3), x: real(3) }, ({ w, x }) => add(mul(exp(w), sin(x)), 1))
  test('both parts are programs that one can read', () => {
    const { once, rest } = bindOrThrow(p, { known: { w: true } })
    expect(print(once)).toBe(['fn {w: real[2, 3]} ->', '  let a: real[2, 3] = exp(w)', '  in [a]'].join('\n'))
    expect(print(rest)).toMatchInlineSnapshot(`
      "fn [[r0: real[2, 3]], {x: real[3]}] ->
        let a: real[3] = sin(x)
            b: real[2, 3] = broadcast{shape: [2, 3], dims: [1]}(a)
            c: real[2, 3] = r0 * b
            d: real[2, 3] = c + 1
        in d"
    `)
  })
  test('an array that repeats a smaller one is not stored, nor is a mask of indices', () => {
    const q = programOrThrow({ k: real(3), x: real(40, 3) }, ({ k, x }) =>
      add(mul(x, exp(k)), select(lt(iota([40, 3], 0), iota([40, 3], 1)), 1, x)),
    )
    const { once, rest } = bindOrThrow(q, { known: { k: true } })
    expect(outTypes(once.closed)).toEqual([real(3)])
    expect(opsOf(rest)).toContain('broadcast')
  })
  test('nothing known: all is in the rest; all known: nothing is', () => {
    const none = bindOrThrow(p, { known: false })
    expect(opsOf(none.once)).toEqual([])
    expect(opsOf(none.rest).toSorted()).toEqual(opsOf(p).toSorted())
    expect(none.rest.in).toEqual([[], p.in])
    const all = bindOrThrow(p, { known: true })
    expect(opsOf(all.rest)).toEqual([])
    expect(all.rest.in).toEqual([[real(2, 3)], null])
  })
  test('part of a tree: records lose what is known, tuples keep null there', () => {
    const q = programOrThrow({ a: { b: real(), c: real() }, d: [real(), real()] }, ({ a, d }) =>
      add(mul(a.b, a.c), mul(d[0], d[1])),
    )
    const { once, rest } = bindOrThrow(q, { known: { a: { b: true }, d: [true, false] } })
    type Number = ReturnType<typeof real<readonly []>>
    expectTypeOf(once.in).toEqualTypeOf<{ readonly a: { readonly b: Number }; readonly d: readonly [Number, null] }>()
    expectTypeOf(rest.in[1]).toEqualTypeOf<{
      readonly a: { readonly c: Number }
      readonly d: readonly [null, Number]
    }>()
    expect(once.in).toEqual({ a: { b: real() }, d: [real(), null] })
    expect(rest.in[1]).toEqual({ a: { c: real() }, d: [null, real()] })
  })
  test('an input that does not exist is refused', () => {
    expect(bind(p, { known: { v: true } as never })).toMatchObject(
      E.left([{ problem: { _tag: 'Malformed', what: 'known names v, and there is no such input' }, op: 'bind' }]),
    )
  })
  test.each([
    ['w', 'known has the string w where true or false belongs'],
    [[true], 'known is a list, but the inputs have names: write known: { x: true }'],
    [{ w: 1 }, 'known has the number 1 where true or false belongs'],
  ])('a selection that is none is refused: %j', (known, what) => {
    expect(bind(p, { known: known as never })).toMatchObject(E.left([{ problem: { _tag: 'Malformed', what } }]))
  })
  test('the gradient in x of the rest is that of the program', () => {
    const loss = programOrThrow({ w: real(3), x: real(3) }, ({ w, x }) => sum()(mul(exp(w), sin(x))))
    const { once, rest } = bindOrThrow(loss, { known: { w: true } })
    const [w, x] = [Float64Array.of(1, 2, 3), Float64Array.of(0.1, 0.2, 0.3)]
    const g = gradOrThrow(loss, { wrt: { x: true } })
    const h = gradOrThrow(rest, { wrt: [false, { x: true }] })
    expect(valuesOf(h, [...valuesOf(once, [w]), x])).toEqual(valuesOf(g, [w, x]))
  })
  test('a checkpoint stays one, and computes only what is not known', () => {
    const inner = sequential(conv2d(3, 4, 3), batchNorm(4))
    const one = predictOrThrow(inner, real(3, 6, 6))
    const p = programOrThrow(one.in, ({ params, state, x }) =>
      checkpoint((a: typeof x) => apply(one)({ params, state, x: a }))(x),
    )
    for (const regroup of [false, true]) {
      const { once, rest } = bindOrThrow(p, { known: { params: true, state: true }, regroup })
      expect(opsOf(rest)).toEqual(['checkpoint'])
      expect(opsOf({ closed: rest.closed.equations[0]?.attrs.body as never })).toEqual(
        opsOf(bindOrThrow(one, { known: { params: true, state: true }, regroup }).rest),
      )
      const x = spreadFrom(3, inTypes(p.closed), [0.5, 1.5])
      const [known, others] = [x.slice(0, -1), x.slice(-1)]
      expect(closeAll(valuesOf(rest, [...valuesOf(once, known), ...others]), valuesOf(p, x))).toBe(true)
    }
  })
  test('a chain of 15,000 operations', () => {
    const long = programOrThrow({ w: real(), x: real() }, ({ w, x }) => {
      let [k, y]: readonly Expr[] = [w, x] as const
      for (let i = 0; i < 5_000; i++) [k, y] = [sin(k as Expr), add(sin(y as Expr), k as Expr)]
      return y as Expr
    })
    const { once, rest } = bindOrThrow(long, { known: { w: true }, regroup: true })
    expect(opsOf(once).length + opsOf(rest).length).toBe(14_999)
  })
})

describe('regrouping', () => {
  const never = { known: () => true, shared: () => false }
  const matrix = real(2, 3)
  const far = fc.array(fc.double({ min: 0.5, max: 2, noNaN: true }), { minLength: 6, maxLength: 6 })
  test.each(reassociations(never).map((r) => [r.law, r] as const))('%s', (_, rule) => {
    const side = (which: 0 | 1) =>
      closeOver(numbered([matrix, matrix]), ([x, y]) => [rule.sides(x as Expr, y as Expr)[which]])
    const [left, right] = [side(0), side(1)]
    expect(outTypes(right)).toEqual(outTypes(left))
    expect(keyOf(right)).not.toBe(keyOf(left))
    fc.assert(
      fc.property(far, far, (x, y) => {
        const at = [Float64Array.from(x), Float64Array.from(y)]
        return closeAll(evaluate(left, at), evaluate(right, at), 1e-12)
      }),
      { numRuns: 30 },
    )
  })

  /** What is left of a layer with its normalisation: the operations of the rest. */
  const left = (p: AnyProgram, known: unknown): readonly string[] =>
    opsOf(bindOrThrow(p as never, { known: known as never, regroup: true }).rest as never)
  const trained = { params: true, state: true }
  test('a normalisation after a convolution leaves the convolution and a bias', () => {
    const net = sequential(conv2d(3, 4, 3, { pad: 1 }), batchNorm(4))
    expect(left(predictOrThrow(net, real(3, 6, 6)), trained)).toEqual([
      ...['reshape', 'contract', 'reshape', 'broadcast', 'add'],
    ])
  })
  test('with groups, without a bias, transposed, one-dimensional, on a batch', () => {
    const ops = ['reshape', 'contract', 'reshape', 'broadcast', 'add']
    const grouped = sequential(conv2d(4, 6, 3, { groups: 2, bias: false, stride: 2 }), batchNorm(6))
    expect(left(predictOrThrow(grouped, real(4, 7, 7)), trained)).toEqual(ops)
    const depthwise = sequential(depthwiseConv2d(4, 3, { bias: false }), batchNorm(4))
    expect(left(predictOrThrow(depthwise, real(4, 7, 7)), trained)).toEqual(ops)
    const up = sequential(convTranspose2d(4, 6, 2, { stride: 2 }), batchNorm(6))
    expect(left(predictOrThrow(up, real(4, 7, 7)), trained)).toEqual(ops)
    const line = sequential(conv1d(4, 6, 3), batchNorm(6))
    expect(left(predictOrThrow(line, real(4, 9)), trained)).toEqual(ops)
    const batch = vmap(5, { over: { params: false, state: false, x: true } })(predictOrThrow(line, real(4, 9)))
    expect(left(batch as AnyProgram, trained)).toEqual(ops)
    const rows = sequential(dense(4, 6), batchNorm(6))
    expect(left(predictOrThrow(rows, real(4)), trained)).toEqual(['contract', 'add'])
  })
  test('written by hand: ((x w + b) - m) / sqrt(v) * g + o, with the weights at either side', () => {
    const v4 = real(4)
    const types = { x: real(5, 3), w: real(3, 4), b: v4, m: v4, v: v4, g: v4, o: v4 }
    const known = { w: true, b: true, m: true, v: true, g: true, o: true }
    const p = programOrThrow(types, ({ x, w, b, m, v, g, o }) =>
      add(mul(div(sub(add(matmul(x, w), b), m), sqrt(v)), g), o),
    )
    const q = programOrThrow(types, ({ x, w, b, m, v, g, o }) => {
      const column = reshape([4, 1])
      const y = matmul(permute([1, 0])(w), permute([1, 0])(x))
      return add(column(o), mul(column(g), div(sub(add(column(b), y), column(m)), column(sqrt(v)))))
    })
    expect(left(q, known)).toEqual(['permute', 'contract', 'broadcast', 'add'])
    expect(left(p, known)).toEqual(['contract', 'broadcast', 'add'])
  })
  test('a contraction that is used twice is computed once', () => {
    const p = programOrThrow({ w: real(3, 3), k: real(3), x: real(3) }, ({ w, k, x }) => {
      const y = matmul(w, x)
      return [mul(y, k), sin(y)]
    })
    expect(left(p, { w: true, k: true })).toEqual(['contract', 'mul', 'sin'])
  })
  test('integers are left alone: (1 + 1) / 2 is not 1 / 2 + 1 / 2', () => {
    const p = programOrThrow({ k: int(), x: int() }, ({ k, x }) => div(add(x, k), 2))
    const { once, rest } = bindOrThrow(p, { known: { k: true }, regroup: true })
    const kept = valuesOf(once, [Float64Array.of(1)])
    expect(valuesOf(rest, [...kept, Float64Array.of(1)])).toEqual([Float64Array.of(1)])
  })
  test('what is not known is not regrouped', () => {
    const p = programOrThrow({ w: real(3, 3), k: real(3), x: real(3) }, ({ w, k, x }) => mul(matmul(w, x), k))
    expect(left(p, { w: true })).toEqual(['contract', 'mul'])
    expect(left(p, { k: true })).toEqual(['contract', 'mul'])
  })
  test('a factor that varies along an axis of x stays', () => {
    const p = programOrThrow({ w: real(4, 3), k: real(5, 1), x: real(5, 3) }, ({ w, k, x }) =>
      mul(matmul(x, permute([1, 0])(w)), k),
    )
    expect(left(p, { w: true, k: true })).toEqual(['contract', 'broadcast', 'mul'])
  })
})
