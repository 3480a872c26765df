/** A saying beside PyTorch: the program of a sample, and where its numbers differ. */
import { type Expr, evaluate, gradOrThrow, mul, programOrThrow, stack, sum, tensor, toReal } from '../../src/index.ts'
import { type Complex, callOf, type Said, type Saying, tensorsOf } from './call.ts'
import { cotangent, numbers, type Sample, type Tensor } from './samples.ts'

const typeOf = ({ dtype, shape }: Tensor) =>
  dtype === 'complex' ? ({ dtype: 'real', shape: [...shape, 2] } as const) : ({ dtype, shape } as const)
const isComplex = (v: Expr | Complex): v is Complex => 're' in v
/** A complex result as its parts, side by side in a last axis. */
const asReal = (v: Expr | Complex): Expr => (isComplex(v) ? (stack(-1)([v.re, v.im]) as Expr) : v)
/** The results; PyTorch's samples leave out those without elements. */
const listOf = (said: Said): readonly Expr[] =>
  (Array.isArray(said) ? said : [said as Expr | Complex])
    .map((v: Expr | Complex) => asReal(v))
    .filter((e) => !e.type.shape.includes(0))

/** The program of a sample: its tensors to its results. */
export const resultsOf = (say: Saying, sample: Sample) =>
  programOrThrow(tensorsOf(sample).map(typeOf), (x) => listOf(say(callOf(sample, x as unknown as readonly Expr[]))))
/** The sum of the results times their cotangents. */
const lossOf = (say: Saying, sample: Sample, chosen: readonly number[]) =>
  programOrThrow(tensorsOf(sample).map(typeOf), (x) => {
    const out = listOf(say(callOf(sample, x as unknown as readonly Expr[])))
    const terms = chosen.map((k) => {
      const y = out[k] as Expr
      const size = y.type.shape.reduce((n: number, m: number) => n * m, 1)
      return sum()(mul(toReal(y), tensor(y.type.shape, [...cotangent(k, size)]))) as Expr
    })
    return sum()(stack(0)(terms)) as Expr
  })

export type Run = (
  closed: Parameters<typeof evaluate>[0],
  inputs: readonly Float64Array[],
) => readonly ArrayLike<number>[]
export const onReference: Run = (closed, inputs) => evaluate(closed, inputs)

/** The first number that differs. */
export const differ = (
  what: string,
  found: ArrayLike<number>,
  expected: Float64Array,
  tolerance: number,
): readonly string[] => {
  if (found.length !== expected.length) return [`${what}: ${found.length} numbers, PyTorch has ${expected.length}`]
  const k = expected.findIndex((e, i) => {
    const f = found[i] as number
    return !(Object.is(f, e) || f === e || Math.abs(f - e) <= tolerance * Math.max(1, Math.abs(e)))
  })
  return k === -1 ? [] : [`${what}[${k}]: ${found[k]}, PyTorch has ${expected[k]}`]
}
const gradientsDiffer = (say: Saying, sample: Sample, run: Run, tolerance: number): readonly string[] => {
  const { differentiated = [], grads } = sample
  if (grads === undefined) return []
  const gradient = gradOrThrow(lossOf(say, sample, differentiated) as never).closed
  const found = run(
    gradient,
    tensorsOf(sample).map((t) => numbers(t.data)),
  )
  // integers and truth values have no gradient
  const real = tensorsOf(sample).flatMap(({ dtype }, k) => (dtype === 'real' || dtype === 'complex' ? [k] : []))
  return grads.flatMap((g, k) =>
    g === null ? [] : differ(`gradient of argument ${k}`, found[real.indexOf(k)] ?? [], numbers(g), tolerance),
  )
}
interface Allowed {
  readonly tolerance?: number
  readonly gradients?: boolean
}
/** What differs from PyTorch, at most `tolerance` of the larger of 1 and the number being allowed. */
export const judge = (
  say: Saying,
  sample: Sample,
  run: Run,
  { tolerance = 1e-9, gradients = true }: Allowed = {},
): readonly string[] => {
  const { closed, out } = resultsOf(say, sample)
  const shapes = (out as readonly Expr['type'][]).map(({ shape }) => shape)
  const expected = sample.out?.map((t) => typeOf(t).shape) ?? sample.shapes
  if (JSON.stringify(shapes) !== JSON.stringify(expected))
    return [`shapes ${JSON.stringify(shapes)}, PyTorch has ${JSON.stringify(expected)}`]
  const found = run(
    closed,
    tensorsOf(sample).map((t) => numbers(t.data)),
  )
  const values = (sample.out ?? []).flatMap((t, k) => differ(`result ${k}`, found[k] ?? [], numbers(t.data), tolerance))
  return gradients ? [...values, ...gradientsDiffer(say, sample, run, tolerance)] : values
}
