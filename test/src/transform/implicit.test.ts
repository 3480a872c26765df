/** Linear systems, roots and fixed points: their values, and derivatives of every order by the equation alone. */
import { describe, expect, test } from 'vitest'
import {
  add,
  bicgstab,
  bisect,
  cg,
  customJvp,
  customLinearSolve,
  customRoot,
  denseSolve,
  div,
  type Expr,
  eye,
  fixedPoint,
  fori,
  gradOrThrow,
  hessianOrThrow,
  jacfwd,
  jacrevOrThrow,
  matmul,
  mul,
  newton,
  parseOrThrow,
  permute,
  print,
  program,
  programOrThrow,
  real,
  reshape,
  showDiagnostics,
  sin,
  solve,
  sub,
  sum,
  tanh,
  vmap,
} from '../../../src/index.ts'
import { spreadFrom } from '../../../src/testing/arbitrary/values.ts'
import { closeAll } from '../../laws/close.ts'
import { agree, first, valuesOf } from '../programs.ts'

type Real = Expr<readonly [], 'real'>
type V3 = Expr<readonly [3], 'real'>
type M3 = Expr<readonly [3, 3], 'real'>
const tight = { tolerance: 1e-14, limit: 200 }

describe('a linear system', () => {
  const ins = { m: real(3, 3), b: real(3) } as const
  /** M M^T + 2 is symmetric and positive definite; M + 3 is not symmetric. */
  const symmetric = (m: M3): M3 => add(matmul(m, permute([1, 0])(m)), mul(2, eye(3)))
  const regular = (m: M3): M3 => add(m, mul(3, eye(3)))
  const byLU = (of: (m: M3) => M3, m: M3, b: V3): V3 => reshape([3])(solve(of(m), reshape([3, 1])(b)))
  const times =
    (a: M3) =>
    (x: V3): V3 =>
      matmul(a, x)
  const all = (f: (m: M3, b: V3) => V3) => ({
    y: programOrThrow(ins, ({ m, b }) => f(m, b)),
    loss: programOrThrow(ins, ({ m, b }) => sum()(sin(f(m, b)))),
  })
  const point = spreadFrom(3, [real(3, 3), real(3)], [-1, 1])
  test.each([
    ['cg', symmetric, (m: M3, b: V3) => cg(times(symmetric(m)), tight)(b)],
    [
      'cg with a preconditioner',
      symmetric,
      (m: M3, b: V3) => cg(times(symmetric(m)), { ...tight, preconditioner: (r: V3) => mul(0.4, r) })(b),
    ],
    ['bicgstab', regular, (m: M3, b: V3) => bicgstab(times(regular(m)), tight)(b)],
    ['denseSolve', regular, (m: M3, b: V3) => customLinearSolve(times(regular(m)), denseSolve)(b)],
  ] as const)('%s: value, both modes, second order, vmap, text', (_, of, f) => {
    const [found, exact] = [all(f), all((m, b) => byLU(of, m, b))]
    expect(agree(found.y, exact.y)(point)).toBe(true)
    expect(agree(jacfwd(found.y), jacfwd(exact.y))(point)).toBe(true)
    expect(agree(jacrevOrThrow(found.y), jacfwd(exact.y))(point)).toBe(true)
    expect(agree(hessianOrThrow(found.loss), hessianOrThrow(exact.loss))(point)).toBe(true)
    expect(
      agree(gradOrThrow(programOrThrow(ins, (x) => sum()(sin(f(x.m, x.b))))), gradOrThrow(exact.loss))(point),
    ).toBe(true)
    const many = spreadFrom(4, [real(5, 3, 3), real(5, 3)], [-1, 1])
    expect(agree(vmap(5)(found.y), vmap(5)(exact.y))(many)).toBe(true)
    expect(agree(vmap(5)(gradOrThrow(found.loss)), vmap(5)(gradOrThrow(exact.loss)))(many)).toBe(true)
    expect(parseOrThrow(print(found.y)).closed).toEqual(found.y.closed)
  })
  test('on trees', () => {
    const p = programOrThrow({ a: real(), b: { u: real(2), v: real() } }, ({ a, b }) =>
      customLinearSolve(
        ({ u, v }: { readonly u: Expr<readonly [2], 'real'>; readonly v: Real }) => ({
          u: add(mul(2, u), mul(a, v)),
          v: sub(v, mul(a, sum()(u))),
        }),
        denseSolve,
      )(b),
    )
    // u = (1 - v / 2) / 2, (2 - v / 2) / 2; v = 3 + (u0 + u1) / 2
    expect(
      closeAll(
        valuesOf(
          p,
          [[0.5], [1, 2], [3]].map((x) => Float64Array.from(x)),
        ),
        [Float64Array.of(-1 / 3, 1 / 6).map((_, i) => (i + 1 - 15 / 10) / 2), Float64Array.of(3)],
      ),
    ).toBe(true)
  })
  test('is linear in its right side, in declared derivatives too', () => {
    const twice = (x: V3): V3 => mul(2, x)
    const rule = customJvp(
      (b: V3) => cg(twice)(b),
      (_, db) => cg(twice)(db),
    )
    const p = programOrThrow(real(3), (b) => sum()(rule(b)))
    expect(first(gradOrThrow(p), [1, 2, 3])).toEqual([0.5, 0.5, 0.5])
  })
  test('a right side of 0, and one step where A is the identity', () => {
    const p = programOrThrow(real(3), (b) => cg((x: V3) => x, { limit: 1 })(b))
    expect([first(p, [0, 0, 0]), first(p, [1, 2, 3])]).toEqual([
      [0, 0, 0],
      [1, 2, 3],
    ])
  })
  test('a map that changes the form, or a shape, is a diagnostic', () => {
    const p = program(real(3), (b) => cg(((x: V3) => [x, x]) as never)(b as never) as V3)
    expect(p._tag === 'Left' && showDiagnostics(p.left)).toMatch(/cg.*the linear map changes the form of its argument/s)
    const q = program(real(3), (b) => cg(((x: V3) => sum()(x)) as never)(b as never) as V3)
    expect(q._tag).toBe('Left')
  })
})

describe('Kepler, E - e sin E = M', () => {
  const kepler =
    (e: Real, m: Real) =>
    (y: Real): Real =>
      add(m, mul(e, sin(y)))
  const residual =
    (e: Real, m: Real) =>
    (y: Real): Real =>
      sub(sub(y, mul(e, sin(y))), m)
  const ins = { e: real(), m: real() } as const
  const ways = {
    fixedPoint: programOrThrow(ins, ({ e, m }) => fixedPoint(kepler(e, m), { tolerance: 1e-15 })(m)),
    newton: programOrThrow(ins, ({ e, m }) => newton(residual(e, m), { tolerance: 1e-15 })(m)),
    bisect: programOrThrow(ins, ({ e, m }) => bisect(residual(e, m))(0, 4)),
    customRoot: programOrThrow(ins, ({ e, m }) =>
      customRoot(residual(e, m), (f) => fori(200, (_, v: Real) => sub(v, mul(0.7, f(v)))))(m),
    ),
  }
  const [e, m] = [0.3, 1]
  // SciPy 1.17: brentq(lambda E: E - 0.3 * sin(E) - 1, 0, 4, xtol=1e-16)
  const y = 1.288091313211838
  const slope = 1 / (1 - e * Math.cos(y))
  const at = [[e], [m]].map((x) => Float64Array.from(x))
  test.each(Object.entries(ways))('%s', (_, p) => {
    expect(first(p, [e], [m])[0]).toBeCloseTo(y, 12)
    const gradient = [Float64Array.of(Math.sin(y) * slope), Float64Array.of(slope)]
    expect(closeAll(valuesOf(gradOrThrow(p), at), gradient)).toBe(true)
    expect(closeAll(valuesOf(jacfwd(p), at), gradient)).toBe(true)
    const mm = -e * Math.sin(y) * slope ** 3
    const em = slope ** 2 * Math.cos(y) - e * Math.sin(y) ** 2 * slope ** 3
    const ee = 2 * Math.sin(y) * Math.cos(y) * slope ** 2 - e * Math.sin(y) ** 3 * slope ** 3
    const second = [ee, em, em, mm].map((v) => Float64Array.of(v))
    expect(closeAll(valuesOf(hessianOrThrow(p), at), second, 1e-8)).toBe(true)
    const many = [Float64Array.of(0.3, 0.1, 0.5), Float64Array.of(1, 0.2, 0.7)]
    const [each] = valuesOf(vmap(3)(gradOrThrow(p)), many)
    expect(each?.[0]).toBeCloseTo(Math.sin(y) * slope, 9)
  })
})

describe('a fixed point of a layer', () => {
  const ins = { w: real(3, 3), x: real(3) } as const
  const layer =
    (w: M3, x: V3) =>
    (y: V3): V3 =>
      tanh(add(matmul(w, y), x))
  const found = programOrThrow(ins, ({ w, x }) => fixedPoint(layer(w, x), { tolerance: 1e-14 })(mul(0, x)))
  const unrolled = programOrThrow(ins, ({ w, x }) => fori(400, (_, y: V3) => layer(w, x)(y))(mul(0, x)))
  const iterative = programOrThrow(ins, ({ w, x }) =>
    fixedPoint(layer(w, x), {
      tolerance: 1e-14,
      linearSolve: (a: (v: V3) => V3) => bicgstab(a, tight),
    })(mul(0, x)),
  )
  const point = spreadFrom(1, [real(3, 3), real(3)], [-0.4, 0.4])
  test.each([
    ['by a matrix', found],
    ['by bicgstab', iterative],
  ])('has the derivative of the unrolled loop, %s', (_, p) => {
    expect(agree(p, unrolled)(point)).toBe(true)
    expect(agree(jacrevOrThrow(p), jacrevOrThrow(unrolled))(point)).toBe(true)
    expect(agree(jacfwd(p), jacrevOrThrow(unrolled))(point)).toBe(true)
  })
  test('the guess has none', () => {
    const p = programOrThrow(real(), (g) => fixedPoint((y: Real) => add(1, mul(0.5, y)))(g))
    expect(first(gradOrThrow(p), [7])).toEqual([0])
  })
  test('without convergence the loop ends at its limit', () => {
    const p = programOrThrow(real(), (g) => fixedPoint((y: Real) => mul(2, y), { limit: 10 })(g))
    expect(first(p, [1])).toEqual([1024])
  })
  test('a function that changes the type is a diagnostic', () => {
    const p = program(real(3), (g) => fixedPoint(((y: V3) => sum()(y)) as never)(g as never) as V3)
    expect(p._tag === 'Left' && showDiagnostics(p.left)).toMatch(/fixedPoint.*the form and the types of its argument/s)
  })
  test('newton on a system of two leaves', () => {
    type Pair = { readonly u: Real; readonly v: Real }
    const p = programOrThrow({ a: real() }, ({ a }) =>
      newton(({ u, v }: Pair) => ({ u: sub(mul(u, v), a), v: sub(u, div(v, 2)) }), { tolerance: 1e-14 })({
        u: mul(1, a),
        v: mul(1, a),
      }),
    )
    // v = 2 u, 2 u^2 = a
    expect(closeAll(valuesOf(p, [Float64Array.of(8)]), [Float64Array.of(2), Float64Array.of(4)])).toBe(true)
    expect(closeAll(valuesOf(jacfwd(p), [Float64Array.of(8)]), [Float64Array.of(1 / 8), Float64Array.of(1 / 4)])).toBe(
      true,
    )
  })
})
