/**
 * The law: values, first and second derivatives of every function of the table, in every mode, are within the back end's
 * bound of what arbitrary precision gives. misses.ts lists the exceptions.
 */
import { type Backend, gpujs, reference, wasm } from '../../backends/index.ts'
import type { Order } from './derivatives.ts'
import { type Result, resultsOf } from './measure.ts'
import { type Degree, type Miss, misses } from './misses.ts'
import type { Precision, Table } from './table.ts'

export interface Column {
  readonly name: string
  readonly backend: () => Backend
  readonly precision: Precision
  /** In units of the last place. */
  readonly bound: number
}
export const columns: readonly Column[] = [
  { name: 'reference', backend: () => reference, precision: 'double', bound: 8 },
  { name: 'wasm', backend: () => wasm(), precision: 'single', bound: 16 },
  { name: 'wasm:float64', backend: () => wasm({ precision: 'float64' }), precision: 'double', bound: 8 },
  { name: 'gpujs:cpu', backend: () => gpujs({ mode: 'cpu' }), precision: 'single', bound: 16 },
  { name: 'gpujs:webasm', backend: () => gpujs({ mode: 'webasm' }), precision: 'single', bound: 16 },
]

export const degreeOf: { readonly [O in Order]: Degree } = {
  value: 'value',
  forward: 'first',
  reverse: 'first',
  'forward over reverse': 'second',
  'reverse over forward': 'second',
}
export const degrees: readonly Degree[] = ['value', 'first', 'second']

/** What was measured of a function. */
export interface Measured {
  readonly name: string
  readonly results: readonly Result[]
}
export const measure = async ({ backend, precision }: Column, name: string, table?: Table): Promise<Measured> => ({
  name,
  results: await resultsOf(backend(), precision, name, table),
})
export const worstOf = (results: readonly Result[]): Result | undefined =>
  results.reduce<Result | undefined>(
    (worst, r) => (worst === undefined || r.units > worst.units ? r : worst),
    undefined,
  )
export const missesOf = (column: Column, name: string, degree: Degree): readonly Miss[] =>
  misses.filter((m) => m.backend === column.name && m.function === name && m.degree === degree)

export const showResult = ({ units, order, column, at, got, exact }: Result): string =>
  `${units.toPrecision(3)} units (${order}, ${column} at ${at.join(', ')}: ${got}, right is ${exact})`
/** The results of one degree that each row of the list is about, and those that none is about. */
const sorted = (column: Column, { name, results }: Measured, degree: Degree) => {
  const mine = results.filter((r) => degreeOf[r.order] === degree)
  const listed = missesOf(column, name, degree)
  const coverOf = (r: Result): Miss | undefined => listed.find((m) => m.where(r, column.precision))
  return {
    of: `${name}, ${degree} on ${column.name}`,
    listed: listed.map((miss) => ({ miss, worst: worstOf(mine.filter((r) => coverOf(r) === miss)) })),
    other: worstOf(mine.filter((r) => coverOf(r) === undefined)),
  }
}
/** The results of a function in this column that are further off than the bound or the list says. */
export const excessOf = (column: Column, measured: Measured): readonly string[] =>
  degrees.flatMap((degree) => {
    const { of, listed, other } = sorted(column, measured, degree)
    return [
      ...(other === undefined || other.units <= column.bound
        ? []
        : [`${of}: ${showResult(other)}, the bound is ${column.bound}`]),
      ...listed.flatMap(({ miss, worst }) =>
        worst === undefined || worst.units <= miss.units
          ? []
          : [`${of}: ${showResult(worst)}, listed is ${miss.units}`],
      ),
    ]
  })
/** What is wrong with a function in this column: a result out of bound and not listed, or listed and not out of bound. */
export const faultsOf = (column: Column, measured: Measured): readonly string[] => [
  ...excessOf(column, measured),
  ...degrees.flatMap((degree) => {
    const { of, listed } = sorted(column, measured, degree)
    return listed.flatMap(({ miss, worst }) =>
      worst === undefined || worst.units <= column.bound
        ? [`${of} is within the bound now: take it out of test/accuracy/misses.ts (${miss.why})`]
        : [],
    )
  }),
]
