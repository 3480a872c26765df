/** odeint: against exact solutions and SciPy, its derivatives in both modes, and what it does where it cannot go on. */
import { describe, expect, test } from 'vitest'
import type { Tensor } from '../../../lang/evaluate.ts'
import {
  add,
  cos,
  type Expr,
  exp,
  hessianOrThrow,
  jacfwd,
  jacrevOrThrow,
  log,
  matmul,
  mul,
  neg,
  odeint,
  program,
  programOrThrow,
  real,
  showDiagnostics,
  sin,
  stack,
  sub,
  sum,
  take,
  tanh,
  tensor,
  vmap,
} from '../../../src/index.ts'
import { spreadFrom } from '../../../src/testing/arbitrary/values.ts'
import { closeAll } from '../../laws/close.ts'
import { agree, valuesOf } from '../../src/programs.ts'

type Real = Expr<readonly [], 'real'>
type V2 = Expr<readonly [2], 'real'>
const pendulum = (y: V2): V2 => {
  const [angle, speed] = [take(0, 0)(y), take(0, 1)(y)]
  return stack(0)([speed, sub(neg(sin(angle)), mul(0.1, speed))])
}
// its angle and speed after 5 and 20
const figures = [-0.017140389496546657, 0.7523760473596428, 0.30941823355851494, -0.19771078742456832]
const tight = { rtol: 1e-11, atol: 1e-12 }
const at = (...xs: readonly (readonly number[])[]) => xs.map((x) => Float64Array.from(x))

describe('values', () => {
  const growth = programOrThrow({ k: real(), t: real(4) }, ({ k, t }) =>
    odeint((y: Real) => mul(k, y), tight)(tensor([], [2]), t),
  )
  test('of y = k y are exponentials, at every time, forwards and backwards, in any order', () => {
    for (const t of [
      [0, 0.5, 1, 3],
      [1, 0.5, 0, -1],
      [0, 0, 2, 2],
      [0, 1, 0.3, -0.5],
    ]) {
      const expected = Float64Array.from(t, (x) => 2 * Math.exp(0.7 * (x - (t[0] as number))))
      expect(closeAll(valuesOf(growth, at([0.7], t)), [expected])).toBe(true)
    }
  })
  test('the pendulum: solve_ivp of SciPy 1.17 by DOP853 at 1e-13', () => {
    const p = programOrThrow({ y: real(2), t: real(3) }, ({ y, t }) =>
      odeint(pendulum, { ...tight, limit: 9999 })(y, t),
    )
    const found = valuesOf(p, at([1, 0], [0, 5, 20]))[0] as Tensor
    for (const [k, v] of figures.entries()) expect(found[2 + k]).toBeCloseTo(v, 9)
  })
  test('an error within the tolerances that are asked for', () => {
    for (const rtol of [1e-3, 1e-6, 1e-9]) {
      const p = programOrThrow({ t: real(2) }, ({ t }) =>
        odeint((y: Real, s: Real) => mul(y, cos(s)), { rtol, atol: rtol })(tensor([], [1]), t),
      )
      const y = valuesOf(p, at([0, 6]))[0]?.[1] as number
      expect(Math.abs(y - Math.exp(Math.sin(6)))).toBeLessThan(30 * rtol)
    }
  })
  test('the field is not asked beyond the last time', () => {
    // y' = 1 / sqrt(1 - t) ends at t = 1
    const p = programOrThrow({ t: real(2) }, ({ t }) =>
      odeint((_: Real, s: Real) => exp(mul(-0.5, log(sub(1, s)))), { rtol: 1e-9 })(tensor([], [0]), t),
    )
    expect(valuesOf(p, at([0, 0.99]))[0]?.[1]).toBeCloseTo(2 - 2 * Math.sqrt(0.01), 7)
  })
  test('y is NaN where the limit of steps does not suffice', () => {
    const p = programOrThrow({ t: real(3) }, ({ t }) =>
      odeint((y: Real) => neg(y), { ...tight, limit: 20 })(tensor([], [1]), t),
    )
    const y = valuesOf(p, at([0, 0.01, 50]))[0] as Tensor
    expect(y[1]).toBeCloseTo(Math.exp(-0.01), 9)
    expect(y[2]).toBeNaN()
  })
})

describe('derivatives', () => {
  const ins = { w: real(2, 2), y: real(2), t: real(3) } as const
  const flow = programOrThrow(ins, ({ w, y, t }) =>
    odeint((x: V2, s: Real) => add(tanh(matmul(w, x)), mul(0.3, sin(s))), tight)(y, t),
  )
  const point = [...spreadFrom(2, [real(2, 2), real(2)], [-1, 1]), Float64Array.of(0.2, 0.9, 1.7)]
  const h = 1e-5
  test('forward = reverse = differences, in the start, the times and what the field captures', () => {
    expect(agree(jacfwd(flow), jacrevOrThrow(flow), 1e-8)(point)).toBe(true)
    const found = valuesOf(jacfwd(flow), point)
    const expected = point.map((x, i) => {
      const columns = [...x].map((_, j) => {
        const moved = (d: number) =>
          valuesOf(
            flow,
            point.map((v, k) => (k === i ? v.map((e, l) => (l === j ? e + d : e)) : v)),
          )[0] as Tensor
        const [a, b] = [moved(h), moved(-h)]
        return [...a].map((v, k) => (v - (b[k] as number)) / (2 * h))
      })
      return Float64Array.from(Array.from({ length: 6 }, (_, o) => columns.map((c) => c[o] as number)).flat())
    })
    expect(closeAll(found, expected, 1e-7)).toBe(true)
  })
  test('second order', () => {
    const loss = programOrThrow(
      { k: real(), y: real() },
      ({ k, y }) => take(0, 1)(odeint((x: Real) => mul(k, x), tight)(y, tensor([2], [0, 1]))) as Real,
    )
    const e = Math.exp(0.5)
    // y e^k: d2 in k and k, k and y, y and y
    const expected = at([2 * e], [e], [e], [0])
    expect(closeAll(valuesOf(hessianOrThrow(loss), at([0.5], [2])), expected, 1e-8)).toBe(true)
  })
  test('vmap: over the start, what is captured, and the times', () => {
    const many = vmap(3)(flow)
    const points = spreadFrom(5, [real(3, 2, 2), real(3, 2)], [-1, 1])
    const all = [...points, Float64Array.of(0, 0.5, 1, 0, 1, 2, 1, 0.5, 0.2)]
    const each = (p: typeof flow) =>
      [0, 1, 2].map((b) =>
        valuesOf(
          p,
          all.map((x) => x.slice((b * x.length) / 3, ((b + 1) * x.length) / 3)),
        ),
      )
    const joined = (rows: readonly (readonly Tensor[])[]) =>
      (rows[0] as readonly Tensor[]).map((_, i) => Float64Array.from(rows.flatMap((r) => [...(r[i] as Tensor)])))
    expect(closeAll(valuesOf(many, all), joined(each(flow)), 1e-8)).toBe(true)
    const g = jacrevOrThrow(flow)
    expect(closeAll(valuesOf(vmap(3)(g), all), joined(each(g as never)), 1e-7)).toBe(true)
    const shared = vmap(3, { over: { y: true } })(flow)
    const copies = joined(
      [0, 1, 2].map((b) =>
        valuesOf(flow, [point[0] as Tensor, (points[1] as Tensor).slice(2 * b, 2 * b + 2), point[2] as Tensor]),
      ),
    )
    expect(
      closeAll(valuesOf(shared, [point[0] as Tensor, points[1] as Tensor, point[2] as Tensor]), copies, 1e-8),
    ).toBe(true)
  })
})

describe('misuse', () => {
  test('a field that changes the type', () => {
    const p = program(real(2), (y) => odeint(((x: V2) => sum()(x)) as never)(y as never, tensor([2], [0, 1])) as V2)
    expect(p._tag === 'Left' && showDiagnostics(p.left)).toMatch(
      /odeint.*the field must give the form and the types of y/s,
    )
  })
  test('times that are no list of numbers', () => {
    const p = program(real(2), (y) => odeint((x: V2) => x)(y, sum()(y) as never) as never)
    expect(p._tag === 'Left' && showDiagnostics(p.left)).toMatch(/the times/)
  })
})
