/** Linear algebra: what the factors are, derivatives of every kind, singular matrices, and numbers from elsewhere. */
import * as fc from 'fast-check'
import { describe, expect, expectTypeOf, test } from 'vitest'
import { evaluate } from '../../../lang/evaluate.ts'
import {
  add,
  constant,
  diagEmbed,
  eigh,
  intTensor,
  kron,
  lstsq,
  diagonal as mainDiagonal,
  mul,
  multiDot,
  permute,
  pinv,
  qr,
  sin,
  stack,
  sub,
  sum,
  svd,
  tensor,
} from '../../../lang/index.ts'
import {
  cholesky,
  choleskySolve,
  det,
  inverse,
  logabsdet,
  lu,
  solve,
  triangularSolve,
} from '../../../lang/operations/linalg.ts'
import { gatherRows } from '../../../lang/primitives/indexing.ts'
import { diagonal, identityLike, product, strictlyLower, swap, upper } from '../../../lang/primitives/linalg.ts'
import type { Expr } from '../../../lang/syntax/expr.ts'
import { program, programOrThrow } from '../../../lang/syntax/program.ts'
import { real } from '../../../lang/syntax/shape.ts'
import { gradOrThrow, hessianOrThrow } from '../../../src/index.ts'
import { seeds, valuesFrom } from '../../../src/testing/arbitrary/values.ts'
import { vmapIsMap, vmapOfVjp } from '../../laws/batching.ts'
import { closeAll } from '../../laws/close.ts'
import { type AnyProgram, adjointness, finiteDifference, hessianSymmetry, mixedModes } from '../../laws/derivative.ts'

type M = Expr<readonly [3, 3], 'real'>
const closedOf = (f: (a: Expr) => unknown, ...shape: readonly number[]): AnyProgram =>
  programOrThrow(real(...shape), f as (a: Expr) => Expr) as never
const value = (f: (a: Expr) => Expr, data: readonly number[], ...shape: readonly number[]): readonly number[] => [
  ...(evaluate(closedOf(f, ...shape).closed, [Float64Array.from(data)])[0] as Float64Array),
]
/** Programs that are zero, for random matrices. */
const vanishes = (f: (a: Expr) => Expr, ...shape: readonly number[]) => {
  const p = closedOf((a) => f(sub(a, mul(identityLike(a), -2))), ...shape)
  fc.assert(
    fc.property(
      seeds,
      (seed) => evaluate(p.closed, valuesFrom(seed, [real(...shape)]))[0]?.every((e) => Math.abs(e) < 1e-11) === true,
    ),
    { numRuns: 8 },
  )
}
const rotated = intTensor([3], [1, 2, 0])
const gram = (a: Expr): Expr => add(product(a, swap(a)), identityLike(a))

describe('definitions, also with leading axes', () => {
  const sizes: readonly (readonly number[])[] = [
    [1, 1],
    [4, 4],
    [2, 3, 3],
    [2, 2, 2, 2],
  ]
  test.each(sizes.map((shape) => ({ shape })))('$shape: L L^T = S', ({ shape }) => {
    vanishes(
      (a) => {
        const l = cholesky(gram(a))
        return add(sub(product(l, swap(l)), gram(a)), upper(sub(l, diagonal(l))))
      },
      ...shape,
    )
  })
  test.each(sizes.map((shape) => ({ shape })))('$shape: L U = A[perm], |L| at most 1', ({ shape }) => {
    vanishes(
      (a) => {
        const { l, u, perm } = lu(a)
        return add(
          sub(product(l, u), gatherRows(shape.length - 2)(a, perm)),
          add(strictlyLower(u), upper(sub(l, identityLike(a)))),
        )
      },
      ...shape,
    )
    const p = closedOf((a) => lu(a).l, ...shape)
    fc.assert(
      fc.property(
        seeds,
        (seed) => evaluate(p.closed, valuesFrom(seed, [real(...shape)]))[0]?.every((e) => Math.abs(e) <= 1) === true,
      ),
      { numRuns: 10 },
    )
  })
  test.each(sizes.map((shape) => ({ shape })))(
    '$shape: A A^-1 = 1, A solve(A, B) = B, S choleskySolve(L, B) = B',
    ({ shape }) => {
      vanishes((a) => sub(product(a, inverse(a)), identityLike(a)), ...shape)
      vanishes((a) => sub(product(a, solve(a, sin(a))), sin(a)), ...shape)
      vanishes((a) => sub(product(gram(a), choleskySolve(cholesky(gram(a)), a)), a), ...shape)
    },
  )
  test.each(sizes.map((shape) => ({ shape })))('$shape: det(A B) = det(A) det(B), ln|det|', ({ shape }) => {
    vanishes((a) => sub(det(product(a, sin(a))), mul(det(a), det(sin(a)))), ...shape)
    vanishes((a) => sub(logabsdet(product(a, a)), mul(logabsdet(a), 2)), ...shape)
  })
  test('determinants of known matrices, with their signs', () => {
    expect(value(det, [0, 1, 1, 0], 2, 2)).toEqual([-1])
    expect(value(det, [0, 0, 1, 1, 0, 0, 0, 1, 0], 3, 3)).toEqual([1])
    expect(value(det, [2, 0, 0, 0, 0, 3, 0, 5, 0], 3, 3)).toEqual([-30])
    expect(value(det, [1, 2, 2, 4], 2, 2)).toEqual([0])
  })
  test.each(
    [false, true].flatMap((up) =>
      [false, true].flatMap((unit) => [false, true].map((transpose) => ({ upper: up, unit, transpose }))),
    ),
  )('triangularSolve %o reads one triangle', (o) => {
    const triangle = (a: Expr): Expr => {
      const strict = o.upper ? sub(upper(a), diagonal(a)) : strictlyLower(a),
        t = add(strict, o.unit ? identityLike(a) : diagonal(a))
      return o.transpose ? swap(t) : t
    }
    vanishes((a) => sub(product(triangle(a), triangularSolve(o)(a, sin(a))), sin(a)), 4, 4)
  })
})

describe('derivatives: adjoint, difference, symmetric, mixed, mapped', () => {
  const cases: readonly (readonly [string, (a: Expr) => Expr])[] = [
    ['cholesky', (a) => cholesky(gram(a))],
    [
      'lu',
      (a) => {
        const { l, u } = lu(add(a, mul(identityLike(a), 3)))
        return add(l, u)
      },
    ],
    [
      'lu with exchanges',
      (a) => {
        const { l, u } = lu(add(a, swap(mul(gatherRows(0)(identityLike(a), rotated), 3))))
        return add(l, mul(u, u))
      },
    ],
    ['inverse', (a) => inverse(add(a, mul(identityLike(a), 3)))],
    ['solve', (a) => solve(add(a, mul(identityLike(a), 3)), sin(a))],
    [
      'solve of a vector, and of sides of two matrices',
      (a) =>
        add(solve(add(a, mul(identityLike(a), 3)), sum(0)(sin(a))), sum(0)(solve(a, stack(0)([sin(a), a])) as Expr)),
    ],
    ['triangularSolve on the right', (a) => triangularSolve({ left: false })(add(a, mul(identityLike(a), 3)), sin(a))],
    ['logabsdet', (a) => logabsdet(add(a, mul(identityLike(a), 3)))],
    ['det', (a) => det(a)],
    [
      'triangularSolve',
      (a) => triangularSolve({ upper: true, transpose: true })(add(a, mul(identityLike(a), 3)), sin(a)),
    ],
  ]
  test.each(cases)('%s', (_, f) => {
    const p = closedOf(f, 3, 3)
    const types = [real(3, 3)]
    const laws = {
      adjoint: adjointness(p),
      difference: finiteDifference(p),
      mixed: mixedModes(p),
      symmetry: hessianSymmetry(p),
      map: vmapIsMap(p, 2),
      mapBack: vmapOfVjp(p, 2),
    }
    const outs = p.closed.outputs.length
    expect(outs).toBe(1)
    fc.assert(
      fc.property(seeds, (seed) => {
        const [x, y, v, u] = [0, 1, 2, 3].map((k) => valuesFrom(seed + k, types)) as never as readonly [
          readonly Float64Array[],
          readonly Float64Array[],
          readonly Float64Array[],
          readonly Float64Array[],
        ]
        const w = valuesFrom(seed + 4, [p.out as ReturnType<typeof real>])
        const z = valuesFrom(seed + 5, [p.out as ReturnType<typeof real>])
        return (
          laws.adjoint(x, v, w) &&
          laws.difference(x, v) &&
          laws.mixed(x, v, w) &&
          laws.symmetry(x, v, u, w) &&
          laws.map([x, y]) &&
          laws.mapBack([
            [...x, ...w],
            [...y, ...z],
          ])
        )
      }),
      { numRuns: 3 },
    )
  })
  test('a gradient reads only the triangle that was used; that of cholesky is symmetric', () => {
    const g = (f: (a: M) => Expr, a: readonly number[]) => [
      ...(evaluate(
        gradOrThrow(programOrThrow(real(3, 3), (x) => sum()(sin(f(x as M))) as Expr<readonly [], 'real'>)).closed,
        [Float64Array.from(a)],
      )[0] as Float64Array),
    ]
    const a = [4, 1, 0.5, 1, 5, 2, 0.5, 2, 6]
    const [, b, c, , , f] = g((x) => triangularSolve()(x, mul(x, 0) as M), a)
    expect([b, c, f]).toEqual([0, 0, 0])
    const s = g((x) => cholesky(x), a)
    expect(
      closeAll(
        [Float64Array.of(s[1] as number, s[2] as number, s[5] as number)],
        [Float64Array.of(s[3] as number, s[6] as number, s[7] as number)],
      ),
    ).toBe(true)
  })
})

describe('singular matrices', () => {
  const gradient = (f: (a: Expr) => Expr, a: readonly number[]) => [
    ...(evaluate(gradOrThrow(closedOf(f, 3, 3) as never).closed, [Float64Array.from(a)])[0] as Float64Array),
  ]
  /** The matrix of cofactors, written out. */
  const cofactors = (a: readonly number[]): readonly number[] =>
    [0, 1, 2].flatMap((i) =>
      [0, 1, 2].map((j) => {
        const at = (r: number, c: number): number => a[3 * ((i + r) % 3) + ((j + c) % 3)] as number
        return at(1, 1) * at(2, 2) - at(1, 2) * at(2, 1)
      }),
    )
  test.each([
    ['rank 3', [2, 1, 0, 1, 3, 1, 0, 1, 4]],
    ['rank 2', [1, 2, 3, 4, 5, 6, 7, 8, 9]],
    ['rank 2, a column of zeros first', [0, 1, 2, 0, 3, 1, 0, 2, 2]],
    ['rank 2, a row of zeros', [1, 2, 3, 0, 0, 0, 2, 1, 1]],
    ['rank 1', [1, 2, 3, 2, 4, 6, 3, 6, 9]],
    ['rank 0', [0, 0, 0, 0, 0, 0, 0, 0, 0]],
  ] as const)('the gradient of det is the matrix of cofactors: %s', (_, a) => {
    expect(closeAll([Float64Array.from(gradient(det, a))], [Float64Array.from(cofactors(a))], 1e-12)).toBe(true)
  })
  test('lu is differentiable where only the last pivot is 0', () => {
    const p = closedOf((a) => add(lu(a).l, mul(lu(a).u, 2)), 3, 3)
    // the last row is half of the first: rank 2, and no exchange is near
    const a = [Float64Array.of(4, 1, 2, 1, 3, 1, 2, 0.5, 1)]
    const [v, w] = [1, 2].map((seed) => valuesFrom(seed, [real(3, 3)])) as [Float64Array[], Float64Array[]]
    expect([finiteDifference(p)(a, v), adjointness(p)(a, v, w)]).toEqual([true, true])
  })
  test('NaN in one matrix stays in that matrix', () => {
    const l = value(cholesky, [4, 0, 0, 0, -1, 0, 0, 0, 4], 3, 3)
    expect(l.slice(0, 4)).toEqual([2, 0, 0, 0])
    expect(l[4]).toBeNaN()
  })
})

describe('independent witnesses', () => {
  test('the Hilbert matrix of order 4: det 1/6048000, inverse of whole numbers', () => {
    const hilbert = [0, 1, 2, 3].flatMap((i) => [0, 1, 2, 3].map((j) => 1 / (i + j + 1)))
    expect((value(det, hilbert, 4, 4)[0] as number) * 6048000).toBeCloseTo(1, 10)
    expect(value(inverse, hilbert, 4, 4).map(Math.round)).toEqual([
      16, -120, 240, -140, -120, 1200, -2700, 1680, 240, -2700, 6480, -4200, -140, 1680, -4200, 2800,
    ])
  })
  test('cholesky of [[25, 15, -5], [15, 18, 0], [-5, 0, 11]]', () => {
    expect(value(cholesky, [25, 15, -5, 15, 18, 0, -5, 0, 11], 3, 3)).toEqual([5, 0, 0, 3, 3, 0, -1, 1, 3])
  })
  test('the Hessian of -ln det at S is S^-1 (x) S^-1', () => {
    const h = hessianOrThrow(programOrThrow(real(2, 2), (a) => mul(logabsdet(a), -1) as Expr<readonly [], 'real'>))
    const [a, b, c, d] = [3, 1, 0.5, 2] as const
    const inv = [d, -b, -c, a].map((x) => x / (a * d - b * c))
    const found = [...(evaluate(h.closed, [Float64Array.of(a, b, c, d)])[0] as Float64Array)]
    // d^2 (-ln det) = tr(S^-1 dS S^-1 dS): at [i, j, k, l] the number inv[j, k] inv[l, i]
    const expected = [0, 1].flatMap((i) =>
      [0, 1].flatMap((j) =>
        [0, 1].flatMap((k) => [0, 1].map((l) => (inv[2 * j + k] as number) * (inv[2 * l + i] as number))),
      ),
    )
    expect(closeAll([Float64Array.from(found)], [Float64Array.from(expected)])).toBe(true)
  })
})

test('shapes are known to TypeScript, and checked again when built', () => {
  programOrThrow({ a: real(3, 3), b: real(3, 2), s: real(5, 2, 2) }, ({ a, b, s }) => {
    expectTypeOf(solve(a, b)).toEqualTypeOf<Expr<readonly [3, 2], 'real'>>()
    expectTypeOf(det(s)).toEqualTypeOf<Expr<readonly [5], 'real'>>()
    expectTypeOf(logabsdet(a)).toEqualTypeOf<Expr<readonly [], 'real'>>()
    const t = tensor(
      [3, 5],
      Array.from({ length: 15 }, (_, k) => k),
    )
    const v = sum(0)(a)
    expectTypeOf(solve(s, constant([2], 1))).toEqualTypeOf<Expr<readonly [5, 2], 'real'>>()
    expectTypeOf(solve(a, v)).toEqualTypeOf<Expr<readonly [3], 'real'>>()
    expectTypeOf(triangularSolve({ left: false })(a, constant([2, 3], 1))).toEqualTypeOf<
      Expr<readonly [2, 3], 'real'>
    >()
    expectTypeOf(svd(t).u).toEqualTypeOf<Expr<readonly [3, 3], 'real'>>()
    expectTypeOf(svd(t).vh).toEqualTypeOf<Expr<readonly [3, 5], 'real'>>()
    expectTypeOf(eigh(s).values).toEqualTypeOf<Expr<readonly [5, 2], 'real'>>()
    expectTypeOf(qr()(b).r).toEqualTypeOf<Expr<readonly [2, 2], 'real'>>()
    expectTypeOf(qr({ mode: 'complete' })(b).q).toEqualTypeOf<Expr<readonly [3, 3], 'real'>>()
    expectTypeOf(pinv()(t)).toEqualTypeOf<Expr<readonly [5, 3], 'real'>>()
    expectTypeOf(lstsq()(t, v)).toEqualTypeOf<Expr<readonly [5], 'real'>>()
    expectTypeOf(lu(t).l).toEqualTypeOf<Expr<readonly [3, 3], 'real'>>()
    expectTypeOf(kron(a, b)).toEqualTypeOf<Expr<readonly [9, 6], 'real'>>()
    expectTypeOf(mainDiagonal(t, 3)).toEqualTypeOf<Expr<readonly [2], 'real'>>()
    expectTypeOf(mainDiagonal(t, -1)).toEqualTypeOf<Expr<readonly [2], 'real'>>()
    expectTypeOf(diagEmbed(v, -2)).toEqualTypeOf<Expr<readonly [5, 5], 'real'>>()
    expectTypeOf(multiDot([v, t, permute([1, 0])(t)])).toEqualTypeOf<Expr<readonly [3], 'real'>>()
    return solve(a, b)
  })
  const wrong = program({ a: real(1, 3), b: real(4, 1), s: real(3, 3) }, ({ a, b, s }) => [
    // @ts-expect-error [1, 3] is not square
    det(a),
    // @ts-expect-error [1, 3] is not square
    logabsdet(a),
    // @ts-expect-error [1, 3] is not square
    inverse(a),
    // @ts-expect-error [1, 3] is not square
    cholesky(a),
    // @ts-expect-error a system of [3, 3] has no side [4, 1]: 3 rows are not 4
    solve(s, b),
    // @ts-expect-error [1, 3] is not square
    solve(a, b),
    // @ts-expect-error a system of [3, 3] has no side [4, 1]: 3 rows are not 4
    triangularSolve()(s, b),
    det(sum(0)(a) as Expr),
    // @ts-expect-error [1, 3] is not square
    det(inverse(a)),
  ])
  const found = wrong._tag === 'Left' ? wrong.left.map((d) => `${d.op} ${d.problem._tag}`) : []
  const square = ['det', 'logabsdet', 'inverse', 'cholesky'].map((op) => `${op} NotSquare`)
  expect(found).toEqual([
    ...square,
    'solve NotASide',
    'solve NotSquare',
    'triangularSolve NotASide',
    'det RankMismatch',
    'inverse NotSquare',
  ])
})
