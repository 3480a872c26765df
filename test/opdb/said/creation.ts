/** Arrays made of numbers, of a range, or of the shape of another. */
import { add, broadcastTo, constant, type Expr, intTensor, mul, pow, type Shape, tensor } from '../../../src/index.ts'
import type { Call, Saying } from '../call.ts'
import { range, real, type Sayings, shape } from './common.ts'

type DType = 'real' | 'int' | 'bool'
/** PyTorch's dtype as ours. Integers and truth values are asked for by name. */
const typeOf = (c: Call, otherwise: DType = 'real'): DType => {
  const t = String(c.any(99, 'dtype') ?? '')
  return t === '' ? otherwise : /bool/.test(t) ? 'bool' : /int/.test(t) ? 'int' : 'real'
}
const filled = (sizes: Shape, value: number | boolean): Expr => constant(sizes, Number(value))
const sizesOf = (c: Call, k = 0): Shape => (Array.isArray(c.any(k)) ? (c.any(k) as Shape) : c.numbers(k, 'size', []))
const likeFirst =
  (value: number): Saying =>
  (c) =>
    filled(shape(c.x), value)
const spaced = (from: number | Expr, to: number | Expr, n: number): Expr =>
  n === 1
    ? add(constant([1], 0), from)
    : add(
        from,
        mul(
          tensor(
            [n],
            range(n).map((k) => k / (n - 1)),
          ),
          add(to, mul(-1, from)),
        ),
      )
const ends = (c: Call): readonly [number | Expr, number | Expr] => [
  real(c.operand(0, 'start')),
  real(c.operand(1, 'end')),
]
const triangle =
  (kept: (i: number, j: number, k: number) => boolean): Saying =>
  (c) => {
    const [m, n, k] = [c.number(0, 'row'), c.number(1, 'col'), c.number(2, 'offset', 0)]
    const at = range(m).flatMap((i) => range(n).flatMap((j) => (kept(i, j, k) ? [[i, j]] : [])))
    return intTensor([2, at.length], [...at.map(([i]) => i as number), ...at.map(([, j]) => j as number)])
  }

export const creation: Sayings = {
  'broadcast_shapes|': (c) => {
    const given = range(c.count).map((k) => (typeof c.any(k) === 'number' ? [c.any(k) as number] : (c.any(k) as Shape)))
    return shape(given.map((sizes) => constant(sizes, 0) as Expr).reduce((x, y) => add(x, y) as Expr)).map(
      (n: number) => intTensor([], [n]),
    )
  },
  'resize_|': (c) => filled(c.any(1) as Shape, 0),
  'resize_as_|': (c) => filled(shape(c.tensor(1)), 0),
  'arange|': (c) => {
    const [start, end] =
      c.count === 1 && c.any(1, 'end') === undefined
        ? [0, c.number(0, 'end')]
        : [c.number(0, 'start'), c.number(1, 'end')]
    const step = c.number(2, 'step', 1)
    const n = Math.ceil((end - start) / step)
    const whole = [start, end, step].every(Number.isInteger) && typeOf(c, 'int') === 'int'
    const values = range(n).map((k) => start + k * step)
    return whole ? intTensor([n], values) : tensor([n], values)
  },
  'empty|': (c) => filled(sizesOf(c), 0),
  'empty_like|': likeFirst(0),
  'empty_permuted|': (c) => filled(sizesOf(c), 0),
  'empty_strided|': (c) => filled(sizesOf(c), 0),
  'eye|': (c) => {
    const [n, m] = [c.number(0, 'n'), c.number(1, 'm', c.number(0, 'n'))]
    return tensor(
      [n, m],
      range(n * m).map((k) => Number(Math.floor(k / m) === k % m)),
    )
  },
  'fill|': (c) => broadcastTo(shape(c.x))(add(constant([], 0), c.operand(1, 'value'))),
  'full|': (c) => filled(sizesOf(c), c.number(1, 'fill_value')),
  'full_like|': (c) => filled(shape(c.x), c.number(1, 'fill_value')),
  'linspace|': (c) => spaced(...ends(c), c.number(2, 'steps')),
  'linspace|tensor_overload': (c) => spaced(...ends(c), c.number(2, 'steps')),
  'logspace|': (c) => pow(c.number(3, 'base', 10), spaced(...ends(c), c.number(2, 'steps'))),
  'logspace|tensor_overload': (c) => pow(c.number(3, 'base', 10), spaced(...ends(c), c.number(2, 'steps'))),
  'new_empty|': (c) => filled(sizesOf(c, 1), 0),
  'new_empty_strided|': (c) => filled(sizesOf(c, 1), 0),
  'new_full|': (c) => filled(sizesOf(c, 1), c.number(2, 'fill_value')),
  'new_ones|': (c) => filled(sizesOf(c, 1), 1),
  'new_zeros|': (c) => filled(sizesOf(c, 1), 0),
  'ones|': (c) => filled(sizesOf(c), 1),
  'ones_like|': likeFirst(1),
  'scalar_tensor|': (c) => filled([], c.number(0, 'value')),
  'tril_indices|': triangle((i, j, k) => j - i <= k),
  'triu_indices|': triangle((i, j, k) => j - i >= k),
  'zero_|': likeFirst(0),
  'zeros|': (c) => filled(sizesOf(c), 0),
  'zeros_like|': likeFirst(0),
}
