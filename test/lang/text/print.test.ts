/** What programs look like. */
import { expect, test } from 'vitest'
import {
  add,
  and,
  cond,
  type Expr,
  exp,
  gather,
  int,
  integerPow,
  intTensor,
  iota,
  lt,
  matmul,
  mul,
  neg,
  programOrThrow,
  real,
  scan,
  select,
  sin,
  softmax,
  sub,
  sum,
  tanh,
  tensor,
  toInt,
  toReal,
} from '../../../lang/index.ts'
import { filled } from '../../../lang/primitives/constant.ts'
import { parseOrThrow } from '../../../lang/text/parse.ts'
import { print } from '../../../lang/text/print.ts'
import { gradOrThrow, valueAndGradOrThrow } from '../../../src/transform/grad.ts'
import { jvp } from '../../../src/transform/jvp.ts'
import { simplify } from '../../../src/transform/simplify/index.ts'
import { vmap } from '../../../src/transform/vmap.ts'

const wave = programOrThrow({ x: real(), y: real() }, ({ x, y }) =>
  add(mul(x, sin(mul(x, y))), exp(neg(integerPow(2)(x)))),
)
const layer = programOrThrow({ x: real(3), params: { w: real(3, 2), b: real(2) } }, ({ x, params: { w, b } }) => ({
  loss: sum()(tanh(add(matmul(x, w), b))),
  kept: [b, null],
}))

test('a formula', () => {
  expect(print(wave)).toMatchInlineSnapshot(`
    "fn {x: real, y: real} ->
      let a: real = x * y
          b: real = sin(a)
          c: real = x * b
          d: real = x^2
          f: real = -d
          g: real = exp(f)
          h: real = c + g
      in h"
  `)
})
test('in the style of formulas', () => {
  expect(print(wave, { style: 'formulas' })).toMatchInlineSnapshot(
    `"fn {x: real, y: real} -> x * sin(x * y) + exp(-x^2)"`,
  )
})
test('its gradient, simplified', () => {
  expect(print(simplify(gradOrThrow(wave)))).toMatchInlineSnapshot(`
    "fn {x: real, y: real} ->
      let a: real = x^2
          b: real = -a
          c: real = exp(b)
          d: real = x * 2
          f: real = c * d
          g: real = -f
          h: real = x * y
          i: real = sin(h)
          j: real = g + i
          k: real = cos(h)
          l: real = x * k
          m: real = l * y
          n: real = j + m
          o: real = l * x
      in {x: n, y: o}"
  `)
})
test('its gradient as formulas', () => {
  expect(print(simplify(gradOrThrow(wave)), { style: 'formulas' })).toMatchInlineSnapshot(`
    "fn {x: real, y: real} ->
      let a: real = x * y
          b: real = x * cos(a)
      in {x: -(exp(-x^2) * (x * 2)) + sin(a) + b * y, y: b * x}"
  `)
})
test('its derivative along a direction', () => {
  expect(print(jvp(programOrThrow({ x: real(2) }, ({ x }) => sin(x))))).toMatchInlineSnapshot(`
    "fn [{x: real[2]}, {x = dx: real[2]}] ->
      let a: real[2] = sin(x)
          b: real[2] = cos(x)
          c: real[2] = dx * b
      in [a, c]"
  `)
})
test('a layer, with trees as inputs and outputs', () => {
  expect(print(layer)).toMatchInlineSnapshot(`
    "fn {x: real[3], params: {w: real[3, 2], b: real[2]}} ->
      let a: real[2] = contract{x: "k", y: "kj", out: "j", ties: []}(x, params.w)
          b: real[2] = a + params.b
          c: real[2] = tanh(b)
          d: real = sum{axes: [0]}(c)
      in {loss: d, kept: [params.b, _]}"
  `)
})
test('a layer under vmap', () => {
  expect(print(vmap(32, { over: { x: true, params: false } })(layer))).toMatchInlineSnapshot(`
    "fn {x: real[32, 3], params: {w: real[3, 2], b: real[2]}} ->
      let a: real[32, 2] = contract{x: "Ak", y: "kj", out: "Aj", ties: []}(x, params.w)
          b: real[32, 2] = broadcast{shape: [32, 2], dims: [1]}(params.b)
          c: real[32, 2] = a + b
          d: real[32, 2] = tanh(c)
          f: real[32] = sum{axes: [1]}(d)
      in {loss: f, kept: [b, _]}"
  `)
})
test('a long header', () => {
  const deep = {
    x: real(784),
    params: {
      first: { weights: real(784, 128), biases: real(128) },
      second: { weights: real(128, 10), biases: real(10) },
    },
    key: int(2),
  }
  expect(print(programOrThrow(deep, ({ params }) => params.second.biases))).toMatchInlineSnapshot(`
    "fn {
      x: real[784],
      params: {
        first: {weights: real[784, 128], biases: real[128]},
        second: {weights: real[128, 10], biases: real[10]}
      },
      key: int[2]
    } -> params.second.biases"
  `)
})
test('a loop', () => {
  const step = (c: Expr<readonly []>, x: Expr<readonly []>) => [add(mul(c, 0.9), x), c] as const
  expect(print(programOrThrow({ xs: real(5) }, ({ xs }) => scan(step)(tensor([], [0]), xs)))).toMatchInlineSnapshot(`
    "fn {xs: real[5]} ->
      let a: real = [0]
          [b: real, c: real[5], _: real[5]] = scan{
            length: 5, reverse: false, carries: 1, rows: 1,
            body: fn [carry: real, row: real] ->
              let a: real = carry * 0.9
                  b: real = a + row
              in [b, carry]
          }(a, xs)
      in [b, c]"
  `)
})
test('a choice', () => {
  const p = programOrThrow(real(2), (x) =>
    cond(
      lt(0, sum()(x)),
      (a: Expr) => sin(a),
      (a: Expr) => mul(a, a),
    )(x),
  )
  expect(print(p)).toMatchInlineSnapshot(`
    "fn x: real[2] ->
      let a: real = sum{axes: [0]}(x)
          b: bool = 0 < a
          c: real[2] = cond{
            yes: fn [x: real[2]] ->
              let a: real[2] = sin(x)
              in [a],
            no: fn [x: real[2]] ->
              let a: real[2] = x * x
              in [a]
          }(b, x)
      in c"
  `)
})
test('constants have no type where parsing finds it, and their type elsewhere', () => {
  const p = programOrThrow({ x: real(2, 3), i: int(3) }, ({ x, i }) => ({
    real: mul(x, 2),
    int: add(i, 1),
    both: select(lt(x, 0), 1, -0),
    rows: gather(x, intTensor([2], [0, 1])),
    table: matmul(x, tensor([3, 2], [1, 2, 3, 4, 5, 6.5])),
    alone: filled('int', [2], 7),
    truth: [filled('bool', [], 1), and(lt(x, 1), filled('bool', [2, 3], 0))],
    special: [filled('real', [], Number.NaN), filled('real', [], -0), sub(x, Number.NEGATIVE_INFINITY)],
    index: toReal(iota([3])),
    whole: toInt(x),
  }))
  expect(print(p)).toMatchInlineSnapshot(`
    "fn {x: real[2, 3], i: int[3]} ->
      let a: real[2, 3] = x * 2
          b: int[3] = i + 1
          c: bool[2, 3] = x < 0
          d: real[2, 3] = select(c, 1, -0)
          f: int[2] = [0, 1]
          g: real[2, 3] = gather{batch: 0}(x, f)
          h: real[3, 2] = [[1, 2], [3, 4], [5, 6.5]]
          j: real[2, 2] = contract{x: "ik", y: "kj", out: "ij", ties: []}(x, h)
          k: bool[2, 3] = x < 1
          l: bool[2, 3] = k && false
          m: real[2, 3] = x - -Infinity
          n: int[3] = iota{shape: [3], axis: 0}()
          o: real[3] = real(n)
          p: int[2, 3] = int(x)
      in {
        real: a,
        int: b,
        both: d,
        rows: g,
        table: j,
        alone: int[2](7),
        truth: [true, l],
        special: [NaN, -0, m],
        index: o,
        whole: p
      }"
  `)
})
test('softmax', () => {
  expect(print(programOrThrow({ logits: real(10) }, ({ logits }) => softmax(0)(logits)))).toMatchInlineSnapshot(`
    "fn {logits: real[10]} ->
      let a: real = reduceMax{axes: [0]}(logits)
          b: real[1] = reshape{shape: [1]}(a)
          c: real[1] = stopGradient(b)
          d: real[1] = abs(c)
          f: bool[1] = d < Infinity
          g: real[1] = select(f, c, 0)
          h: real = reshape{shape: []}(g)
          i: real[10] = broadcast{shape: [10], dims: []}(h)
          j: real[10] = logits - i
          k: real[10] = exp(j)
          l: real = sum{axes: [0]}(k)
          m: real[1] = reshape{shape: [1]}(l)
          n: bool[1] = m == 0
          o: real[1] = select(n, 1, m)
          p: real = reshape{shape: []}(o)
          q: real[10] = broadcast{shape: [10], dims: []}(p)
          r: real[10] = k / q
      in r"
  `)
})
test('text that a user writes, and the text that print gives for it', () => {
  const text = `
    # a mean squared error
    fn {x: real[8, 3], y: real[8], w: real[3]} ->
      let r = matmul(x, w) - y
      in mean(r^2)`
  expect(print(simplify(valueAndGradOrThrow(parseOrThrow(text) as never)))).toMatchInlineSnapshot(`
    "fn {x: real[8, 3], y: real[8], w: real[3]} ->
      let a: real[8] = contract{x: "ik", y: "k", out: "i", ties: []}(x, w)
          b: real[8] = a - y
          c: real[8] = b^2
          d: real = sum{axes: [0]}(c)
          f: real = d / 8
          g: real[8] = b * 2
          h: real[8] = g * 0.125
          i: real[8, 3] = contract{x: "i", y: "k", out: "ik", ties: []}(h, w)
          j: real[8] = -h
          k: real[3] = contract{x: "ik", y: "i", out: "k", ties: []}(x, h)
      in [f, {x: i, y: j, w: k}]"
  `)
})
