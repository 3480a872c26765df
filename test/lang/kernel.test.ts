/** What kernels mean: scalar functions, index arithmetic, and guards, which are left out where a range proves them. */
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { erf } from '../../lang/kernel/erf.ts'
import { runKernel } from '../../lang/kernel/evaluate.ts'
import { functionOf, roundHalfEven, unitOf } from '../../lang/kernel/functions.ts'
import {
  type At,
  buffers,
  childrenOf,
  clampTo,
  divides,
  flatten,
  fn,
  guard,
  idiv,
  index,
  inside,
  kernel,
  load,
  type Meaning,
  mod,
  num,
  offset,
  plus,
  reduce,
  type Scalar,
  times,
  unflatten,
  whole,
} from '../../lang/kernel/index.ts'
import { permuteEntry, reshapeEntry } from '../../lang/primitives/reindex.ts'
import { foldEntry, padEntry, sliceEntry, unfoldEntry } from '../../lang/primitives/window.ts'
import { int, real, type Shape, sizeOf, type Type } from '../../lang/syntax/shape.ts'
import { arbitraryShape } from '../../src/testing/arbitrary/shape.ts'
import { close } from '../laws/close.ts'

const int32 = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 })
const at = (meaning: Meaning): ((i: At) => Scalar) => {
  if (meaning._tag !== 'Kernel') throw new Error('not a kernel')
  return meaning.at
}
/** The numbers of a kernel of integers over a shape. */
const run = (shape: Shape, f: (i: At) => Scalar, ...data: readonly (readonly number[])[]): readonly number[] => {
  const k = kernel(f)
  if (k._tag !== 'Kernel') throw new Error('not a kernel')
  return [
    ...runKernel(
      int(...shape),
      k,
      data.map((d) => int(d.length)),
      data.map((d) => Float64Array.from(d)),
    ),
  ]
}
const count = (f: (s: Scalar) => boolean, s: Scalar): number =>
  (f(s) ? 1 : 0) + childrenOf(s).reduce((n, c) => n + count(f, c), 0)
/** How many selects an entry's kernel has for these argument and result types. */
const guards = (meaning: Meaning, out: Type): number =>
  count((s) => s._tag === 'Call' && s.fn === 'select', at(meaning)(out.shape.map(index)))

describe('erf', () => {
  /** 2/sqrt(pi) exp(-x^2) sum of 2^n x^(2n+1) / (2n+1)!!: every term positive, so nothing cancels. */
  const series = (x: number): number => {
    let term = x
    let sum = 0
    for (let n = 0; term > sum * 1e-18; n++) {
      sum += term
      term *= (2 * x * x) / (2 * n + 3)
    }
    return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum
  }
  /** erfc by Lentz's continued fraction, x + (1/2)/(x + 1/(x + (3/2)/(x + ...))), for x above 2. */
  const complement = (x: number): number => {
    let f = x
    for (let k = 200; k > 0; k--) f = x + k / 2 / f
    return Math.exp(-x * x) / Math.sqrt(Math.PI) / f
  }
  test('agrees with its series to 1e-12, relatively', () =>
    fc.assert(
      fc.property(fc.double({ min: 1e-300, max: 3, noNaN: true }), (x) => Math.abs(erf(x) / series(x) - 1) < 1e-12),
      { numRuns: 2000 },
    ))
  test('agrees with its continued fraction where it nears 1', () =>
    fc.assert(
      fc.property(
        fc.double({ min: 2, max: 8, noNaN: true }),
        (x) => Math.abs(erf(x) - (1 - complement(x))) < 2e-16 * 4,
      ),
      { numRuns: 1000 },
    ))
  test('is odd, and exact at 0 and at the infinities', () => {
    fc.assert(fc.property(fc.double({ noNaN: true }), (x) => Object.is(erf(-x), -erf(x))))
    expect([erf(Number.POSITIVE_INFINITY), erf(Number.NEGATIVE_INFINITY), erf(30)]).toEqual([1, -1, 1])
    expect([erf(Number.NaN), erf(-0)]).toEqual([Number.NaN, -0])
  })
  test('is smooth where one approximation follows another', () => {
    for (const seam of [0.46875, 4]) expect(close(erf(seam * (1 - 1e-15)), erf(seam * (1 + 1e-15)), 1e-15)).toBe(true)
  })
})

describe('rounding and integers', () => {
  test.each([
    [0.5, 0],
    [1.5, 2],
    [2.5, 2],
    [-0.5, -0],
    [-1.5, -2],
    [-2.5, -2],
    [0.4999999999999999, 0],
    [-0.3, -0],
    [3.2, 3],
    [4503599627370497.5, 4503599627370498],
    [-0, -0],
    [Number.NaN, Number.NaN],
    [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY],
  ])('round %d = %d, halves to even', (x, y) => expect(roundHalfEven(x)).toBe(y))
  test('sums, differences and products of integers wrap to 32 bits', () =>
    fc.assert(
      fc.property(int32, int32, (a, b) => {
        const wrap = (n: bigint): number => Number(BigInt.asIntN(32, n))
        const [x, y] = [BigInt(a), BigInt(b)]
        const found = (['add', 'sub', 'mul'] as const).map((f) => functionOf(f, 'int')(a, b, 0))
        return found.every((v, k) => Object.is(v, wrap([x + y, x - y, x * y][k] as bigint)))
      }),
    ))
  test('quotients round towards 0 and remainders follow the first: a = b (a / b) + a rem b', () =>
    fc.assert(
      fc.property(int32, int32, (a, b) => {
        const quotient = functionOf('div', 'int')(a, b, 0)
        return b === 0 ? quotient === 0 : ((Math.imul(quotient, b) + functionOf('rem', 'int')(a, b, 0)) | 0) === a
      }),
    ))
  test('toInt truncates, saturates, and sends NaN to 0', () =>
    expect([1.9, -1.9, 1e10, -1e10, Number.NaN, -0.5].map((x) => functionOf('toInt', 'real')(x, 0, 0))).toEqual([
      1, -1, 2147483647, -2147483648, 0, 0,
    ]))
  test('idiv and mod round towards -infinity', () =>
    fc.assert(
      fc.property(fc.integer({ min: -1000, max: 1000 }), fc.integer({ min: 1, max: 20 }), (a, by) => {
        const [q, r] = [functionOf('idiv', 'int')(a, by, 0), functionOf('mod', 'int')(a, by, 0)]
        return q * by + r === a && 0 <= r && r < by
      }),
    ))
  test('the units of the reductions are neutral', () => {
    for (const m of ['add', 'mul', 'max', 'min'] as const)
      for (const x of [3, -2.5, Number.NaN, Number.NEGATIVE_INFINITY])
        expect(functionOf(m, 'real')(unitOf[m], x, 0)).toBe(x)
  })
})

describe('index arithmetic', () => {
  test('flatten(s, unflatten(s, k)) = k', () =>
    fc.assert(
      fc.property(arbitraryShape(), (s) => {
        const n = sizeOf(s)
        return run([n], ([k]) => flatten(s, unflatten(s, k as Scalar))).every((v, k) => v === k)
      }),
    ))
  test('unflatten(s, flatten(s, i)) = i, axis by axis', () =>
    fc.assert(
      fc.property(
        arbitraryShape({ maxRank: 3 }).filter((s) => s.length > 0),
        (s) =>
          s.every((_, d) => {
            const back = run(s, (i) => unflatten(s, flatten(s, i))[d] as Scalar)
            return back.join() === run(s, (i) => i[d] as Scalar).join()
          }),
      ),
    ))
  test('simplifying by ranges does not change a value', () =>
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 6 }),
        fc.integer({ min: -3, max: 3 }),
        fc.integer({ min: -4, max: 4 }),
        fc.integer({ min: 1, max: 4 }),
        (n, a, b, m) => {
          const expected = Array.from({ length: n }, (_, k) => a * k + b)
          const folded = (i: Scalar): Scalar => offset(times(i, a), b)
          const found = run([n], ([i]) => plus(times(idiv(folded(i as Scalar), m), m), mod(folded(i as Scalar), m)))
          return found.join() === expected.join()
        },
      ),
    ))
  test('an index from data outside its axis means the nearest end', () =>
    expect(run([5], ([i]) => clampTo(3, load(0, [i as Scalar], 'int')), [-7, 0, 2, 3, 99])).toEqual([0, 0, 2, 2, 2]))
  test('a load outside its axis is NaN, even where its address is inside the buffer', () => {
    const k = kernel(([i, j]) => load(0, [i as Scalar, offset(j as Scalar, 1)], 'real'))
    if (k._tag !== 'Kernel') throw new Error('not a kernel')
    const found = runKernel(real(2, 2), k, [real(2, 2)], [Float64Array.of(1, 2, 3, 4)])
    expect([...found]).toEqual([2, Number.NaN, 4, Number.NaN])
  })
  test('the first loop is the outermost, and a loop that does not depend on it gives the same values', () => {
    const sums = run([2], ([i]) =>
      reduce('add', [3], ([j]) =>
        fn(
          'mul',
          j as Scalar,
          reduce('add', [2], ([k]) => plus(times(k as Scalar, 10), i as Scalar)),
        ),
      ),
    )
    expect(sums).toEqual([30, 36])
  })
})

describe('guards', () => {
  const i = index(4)
  test('are left out where the range proves them', () => {
    expect([
      inside(i, 4).length,
      inside(offset(i, 1), 5).length,
      inside(offset(i, -1), 3).length,
      inside(offset(i, 1), 4).length,
    ]).toEqual([0, 0, 1, 1])
    expect([divides(1, i).length, divides(2, i).length]).toEqual([0, 1])
    expect(guard([], i)).toBe(i)
    expect([mod(i, 4), mod(i, 3)._tag, idiv(i, 1)]).toEqual([i, 'Call', i])
    expect(plus(whole(0), i)).toBe(i)
    expect([times(i, 1), times(i, 0)]).toEqual([i, num(0, 'int')])
  })
  const source = (t: Type) => buffers([t])[0] as ReturnType<typeof buffers>[0]
  test('a reshape, a transposition and a slice have none', () => {
    expect(guards(reshapeEntry.meaning({ shape: [4, 3] }, [source(real(2, 6))], [real(4, 3)]), real(4, 3))).toBe(0)
    expect(guards(permuteEntry.meaning({ perm: [1, 0] }, [source(real(2, 6))], [real(6, 2)]), real(6, 2))).toBe(0)
    expect(
      guards(sliceEntry.meaning({ start: [1], shape: [2], stride: [3] }, [source(real(6))], [real(2)]), real(2)),
    ).toBe(0)
  })
  test('a window has one only where it leaves the array', () => {
    const windows = { size: 3, stride: 1, dilation: 1, low: 0, count: 3, length: 5 }
    const out = real(3, 3)
    expect(guards(unfoldEntry.meaning(windows, [source(real(5))], [out]), out)).toBe(0)
    expect(guards(unfoldEntry.meaning({ ...windows, low: 1 }, [source(real(5))], [out]), out)).toBe(1)
    expect(guards(foldEntry.meaning(windows, [source(out)], [real(5)]), real(5))).toBe(1)
    expect(
      guards(padEntry.meaning({ start: [1], shape: [4], stride: [1] }, [source(real(2))], [real(4)]), real(4)),
    ).toBe(1)
  })
})
