/**
 * Special functions against mpmath: values, first and second derivatives, in float64 on the reference and in float32 on
 * the other back ends. test/lang/figures/special.py made the figures. The error allowed is stated for each function in
 * units of 2^-52 or 2^-23, of the value where that exceeds `floor`, else of `floor`.
 */
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, test } from 'vitest'
import type { Backend } from '../../../backends/backend.ts'
import { gpujs, reference, wasm } from '../../../backends/index.ts'
import { type Closed, inline, inTypes } from '../../../lang/syntax/closed.ts'
import type { Expr } from '../../../lang/syntax/expr.ts'
import { makeNamed } from '../../../lang/syntax/program.ts'
import { real } from '../../../lang/syntax/shape.ts'
import * as A from '../../../src/index.ts'
import { differentiation } from '../../../src/transform/vmap.ts'
import { type AnyProgram, compiled, orFail } from '../../backends/execution.ts'
import table from '../figures/special.json' with { type: 'json' }

type Build = (...xs: readonly Expr[]) => Expr
interface Figures {
  readonly x: readonly (readonly number[])[]
  /** The value; the derivatives in each argument; the second ones in each pair. */
  readonly y: readonly (readonly number[])[]
}
const figures: { readonly [name: string]: Figures } = table
/** Allowed errors of values, first and second derivatives. */
type Errors = readonly [number, number, number]
// biome-ignore format: a table
const functions: { readonly [name: string]: readonly [f: unknown, double: Errors, single: Errors, floor?: number] } = {
  log1mexp: [A.log1mexp, [8, 8, 16], [16, 32, 64]],
  entr: [A.entr, [8, 8, 16], [16, 32, 64], 1],
  logit: [A.logit, [8, 8, 16], [16, 32, 64]],
  cbrt: [A.cbrt, [8, 8, 16], [16, 32, 64]],
  sinc: [A.sinc, [2, 8, 16], [16, 32, 64], 0.1],
  squareplus: [A.squareplus(), [8, 8, 16], [16, 32, 64]],
  'celu(1.5)': [A.celu(1.5), [8, 8, 16], [16, 32, 64]],
  logNdtr: [A.logNdtr, [8, 8, 64], [16, 32, 64]],
  erfcx: [A.erfcx, [4, 32, 128], [16, 32, 256]],
  ndtri: [A.ndtri, [4, 32, 64], [16, 32, 64]],
  lgamma: [A.lgamma, [8, 8, 16], [16, 32, 64], 0.5],
  digamma: [A.digamma, [8, 8, 16], [16, 32, 64], 0.5],
  'polygamma(1)': [A.polygamma(1), [8, 8, 16], [16, 32, 64]],
  'polygamma(3)': [A.polygamma(3), [8, 8, 16], [16, 32, 64]],
  'multigammaln(3)': [A.multigammaln(3), [8, 8, 16], [16, 32, 64], 1],
  i0: [A.i0, [8, 8, 16], [16, 32, 64]],
  i1: [A.i1, [8, 8, 16], [16, 32, 64]],
  i0e: [A.i0e, [8, 8, 16], [16, 32, 64]],
  i1e: [A.i1e, [8, 8, 16], [16, 32, 64]],
  j0: [A.j0, [16, 16, 16], [16, 32, 64], 0.1],
  j1: [A.j1, [16, 16, 16], [16, 32, 64], 0.1],
  k0: [A.k0, [8, 8, 16], [16, 32, 64]],
  k1: [A.k1, [8, 8, 16], [16, 32, 64]],
  k0e: [A.k0e, [4, 32, 64], [16, 32, 64]],
  k1e: [A.k1e, [4, 16, 16], [16, 32, 64]],
  logaddexp: [A.logaddexp, [2, 2, 32], [16, 32, 64]],
  logaddexp2: [A.logaddexp2, [2, 16, 16], [16, 32, 64]],
  xlogy: [A.xlogy, [8, 8, 16], [16, 32, 64], 1],
  xlog1py: [A.xlog1py, [8, 8, 16], [16, 32, 64]],
  relEntr: [A.relEntr, [8, 8, 16], [16, 32, 64], 1],
  klDiv: [A.klDiv, [8, 8, 16], [16, 32, 64], 1],
  zeta: [A.zeta, [8, 8, 16], [16, 32, 64]],
  betaln: [A.betaln, [8, 16, 32], [16, 32, 64], 1],
  beta: [A.beta, [128, 128, 512], [64, 512, 2048]],
  igamma: [A.igamma, [64, 64, 512], [32, 128, 512]],
  igammac: [A.igammac, [64, 64, 512], [32, 128, 512]],
}
test('every function has its row', () => expect(Object.keys(functions)).toEqual(Object.keys(figures)))

const { jvp, vjp } = differentiation()
/** Programs of the value, of the first derivatives, and of the second ones in each argument, number by number. */
const programsOf = (f: Build, n: number, count: number) => {
  const types = Array.from({ length: count }, () => real(n))
  const value = A.programOrThrow(types, (xs) => f(...(xs as readonly Expr[]))).closed
  const moving = types.map(() => true)
  const back = vjp(value, moving, [true])
  if (E.isLeft(back)) throw new Error('no reverse derivative')
  const second = types.map((_, m) => jvp(back.right, [...types.map((_, i) => i === m), false]).body)
  return { value, first: back.right, second }
}
type Run = (closed: Closed, xs: readonly (readonly number[])[]) => Promise<readonly ArrayLike<number>[]>
const runOn =
  (backend: Backend): Run =>
  async (closed, xs) => {
    const types = inTypes(closed)
    const names = types.map((type, k) => ({ name: `x${k}`, type }))
    const p = orFail(makeNamed(types, names, (es) => inline(closed, es as readonly Expr[]))) as AnyProgram
    const r = await compiled(backend, p)
    const ys = await r.run(xs.map((x) => Float64Array.from(x)))
    r.release()
    return ys
  }
/** The value, the derivatives in each argument, and the second ones in each pair, in the order of the figures. */
const found = async (run: Run, f: Build, { x }: Figures): Promise<readonly ArrayLike<number>[]> => {
  const n = x[0]?.length ?? 0
  const ones = Array<number>(n).fill(1)
  const { value, first, second } = programsOf(f, n, x.length)
  const seconds = await Promise.all(second.map((p) => run(p, [...x, ones, ones])))
  return [...(await run(value, x)), ...(await run(first, [...x, ones])), ...seconds.flatMap((ys, m) => ys.slice(m))]
}
const worst = (got: ArrayLike<number>, right: readonly number[], unit: number, floor: number) => {
  const errors = right.map((y, i) => {
    const g = got[i] as number
    return g === y ? 0 : Math.abs(g - y) / Math.max(Math.abs(y), floor) / unit
  })
  const most = Math.max(...errors)
  const at = Number.isNaN(most) ? errors.findIndex(Number.isNaN) : errors.indexOf(most)
  return { most, at }
}
const backends: readonly (readonly [string, Backend, 1 | 2])[] = [
  ['reference', reference, 1],
  ['wasm', wasm(), 2],
  ['gpujs:cpu', gpujs({ mode: 'cpu' }), 2],
]
describe.each(backends)('%s', (_, backend, column) => {
  test.each(Object.entries(functions))('%s', async (name, row) => {
    const { x, y } = figures[name] as Figures
    const unit = column === 1 ? 2 ** -52 : 2 ** -23
    const [f, , , floor = 0] = row
    const ys = await found(runOn(backend), f as Build, { x, y })
    const representable = (v: number): boolean =>
      column === 1 || (Math.abs(v) < 3e38 && (Math.abs(v) > 1e-37 || v === 0))
    y.forEach((right, k) => {
      const order = k === 0 ? 0 : k <= x.length ? 1 : 2
      const kept = right.map((v, i) => (representable(v) ? v : (ys[k]?.[i] as number)))
      const { most, at } = worst(ys[k] as ArrayLike<number>, kept, unit, floor)
      const allowed = row[column][order] as number
      if (!(most <= allowed))
        expect.fail(`${name}, ${k}: ${most} units at ${x.map((v) => v[at])}: ${ys[k]?.[at]}, right is ${right[at]}`)
    })
  })
})
