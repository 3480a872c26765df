/** Elementwise entries at NaN, infinities, -0, halves, the ends of float32, and integers. */
import * as E from 'fp-ts/lib/Either.js'
import type { Backend } from '../../backends/backend.ts'
import { evaluate } from '../../lang/evaluate.ts'
import { entries } from '../../lang/primitives/index.ts'
import { inTypes } from '../../lang/syntax/closed.ts'
import type { DType, Type } from '../../lang/syntax/shape.ts'
import { type AnyProgram, compiled, programOf, rounded } from './execution.ts'

const reals = [
  Number.NaN,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
  0,
  -0,
  1,
  -1,
  0.5,
  -0.5,
  1.5,
  2.5,
  -2.5,
  2,
  3,
  -3,
  1e-7,
  -1e-7,
  1e-3,
  0.1,
  5.3,
  0.999,
  -0.999,
  1.0001,
  20,
  -20,
  88,
  89,
  -88,
  100,
  -100,
  1e5,
  1e10,
  -1e10,
  3e38,
  -3e38,
  1e-38,
  1e-42,
  8388609,
  2147483648,
]
const pools: { readonly [D in DType]: readonly number[] } = {
  real: reals,
  int: [0, 1, -1, 2, 3, -7, 7, 5, 2047, -4095, 4094],
  bool: [0, 1],
}
/** The values of argument k, such that two arguments together take every pair of the pool. */
const spreadOver = (t: Type, k: number): Float64Array => {
  const pool = pools[t.dtype]
  return Float64Array.from(
    { length: t.shape[0] as number },
    (_, i) => pool[(k === 0 ? i : Math.floor(i / reals.length)) % pool.length] as number,
  )
}
/** For every element type that an entry takes: its name, a program of all points, and a program of one point. */
export const special = entries.flatMap((e) =>
  (['real', 'int', 'bool'] as const).flatMap((dtype) => {
    const [x] = e.examples
    const [first] = x?.args ?? []
    if (x === undefined || first === undefined || Object.keys(x.attrs).length > 0) return []
    if (x.args.some((a) => a.shape.length !== 1 || a.shape[0] !== first.shape[0])) return []
    const n = x.args.length === 1 ? reals.length : reals.length ** 2
    const of = (size: number) => {
      const args = x.args.map((a): Type => ({ dtype: a.dtype === first.dtype ? dtype : a.dtype, shape: [size] }))
      return { attrs: x.attrs, args }
    }
    return E.isRight(e.type(x.attrs, of(n).args))
      ? [[`${e.name} ${dtype}`, programOf(e, of(n)), programOf(e, of(1))] as const]
      : []
  }),
)
/** The results that are right in float32, at one point. */
export const valueAt = (name: string, args: readonly number[]): number => {
  const [, , one] = special.find(([known]) => known === name) ?? []
  if (one === undefined) throw new Error(`no special case is called ${name}`)
  return Math.fround(
    evaluate(
      one.closed,
      args.map((x) => Float64Array.of(x)),
    )[0]?.[0] as number,
  )
}
/** Equal in float32, but for two units in the last place; a denormal number may be 0. */
export const agree = (want: number, got: number): boolean => {
  const w = Math.fround(want)
  return Object.is(w, got) || (w !== 0 && Number.isFinite(w) && Math.abs(w - got) <= 4e-7 * Math.abs(w) + 2e-38)
}
/** Arguments, the right results in float32, and the found ones. */
export interface Point {
  readonly name: string
  readonly args: readonly number[]
  readonly want: number
  readonly got: number
}
/** The points where a back end is wrong. */
export const wrongPoints = async (backend: Backend, name: string, p: AnyProgram): Promise<readonly Point[]> => {
  const xs = rounded(p, inTypes(p.closed).map(spreadOver))
  const runner = await compiled(backend, p)
  const [got] = await runner.run(xs)
  runner.release()
  const [want] = evaluate(p.closed, xs)
  return [...(want ?? [])]
    .map((w, i) => ({ name, args: xs.map((x) => x[i] as number), want: Math.fround(w), got: got?.[i] as number }))
    .filter((p) => !agree(p.want, p.got))
}
