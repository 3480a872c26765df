/** How far a back end's numbers are from the table's, in units of the last place. */
import type { Backend } from '../../backends/backend.ts'
import { compiled } from '../backends/execution.ts'
import { derivativesOf, type Order } from './derivatives.ts'
import { functionOf } from './functions.ts'
import { type Precision, pointsOf, type Table, type Truth } from './table.ts'

interface Format {
  /** Bits of a number after the first. */
  readonly bits: number
  /** Exponents of the smallest normal number, and of the first that is infinite. */
  readonly smallest: number
  readonly beyond: number
}
const formats: { readonly [P in Precision]: Format } = {
  double: { bits: 52, smallest: -1022, beyond: 1024 },
  single: { bits: 23, smallest: -126, beyond: 128 },
}
const exponentOf = (x: number): number => {
  const e = Math.floor(Math.log2(x))
  return x < 2 ** e ? e - 1 : x >= 2 ** (e + 1) ? e + 1 : e
}
/**
 * The distance in units of the last place of the number, or of the largest term where the number is near a root. The unit
 * of subnormal numbers is the smallest of them. An infinity counts as the first number that is not finite; NaN is
 * infinitely far.
 */
export const distance = (precision: Precision, got: number, { exact, scale }: Truth): number => {
  const { bits, smallest, beyond } = formats[precision]
  if (Number.isNaN(got)) return Number.POSITIVE_INFINITY
  // 2^1024 is no number: both are halved before they are subtracted
  const top = 2 ** (beyond - 1)
  const half = (x: number): number => Math.max(-top, Math.min(top, x / 2))
  const e = Math.min(Math.max(smallest, scale === 0 ? smallest : exponentOf(scale)), beyond - 1)
  // a unit of the smallest numbers has no half
  const gap = Math.abs(got) < 1 && Math.abs(exact) < 1 ? Math.abs(got - exact) : 2 * Math.abs(half(got) - half(exact))
  return gap === 0 ? 0 : e - bits < -1000 ? (gap * 2 ** 1000) / 2 ** (e - bits + 1000) : gap / 2 ** (e - bits)
}

/** One result: how many units it is off, which derivative it is, and where. */
export interface Result {
  readonly order: Order
  readonly units: number
  readonly column: string
  readonly at: readonly number[]
  readonly got: number
  readonly exact: number
}
/** All results of a function, at every point of a table and in every order. */
export const resultsOf = async (
  backend: Backend,
  precision: Precision,
  name: string,
  table?: Table,
): Promise<readonly Result[]> => {
  const f = functionOf(name)
  if (f === undefined) throw new Error(`the language has no ${name}: say in test/accuracy/functions.ts what it is`)
  const { args, truths } = pointsOf(precision, name, table)
  const { program, outputs } = derivativesOf(f, args.length, args[0]?.length ?? 0)
  const runner = await compiled(backend, program)
  const found = await runner.run(args)
  runner.release()
  return outputs.flatMap(({ order, column }, i) =>
    truths(column).flatMap((truth, k): readonly Result[] => {
      if (truth === undefined) return []
      const [got, at] = [found[i]?.[k] as number, args.map((x) => x[k] as number)]
      return [{ order, column, units: distance(precision, got, truth), at, got, exact: truth.exact }]
    }),
  )
}
