/**
 * The law: values, first and second derivatives of every function of the table, in every mode, are within the back end's
 * bound of what arbitrary precision gives. misses.ts lists the exceptions.
 */
import { type Backend, gpujs, reference, wasm } from '../../backends/index.ts'
import type { Order } from './derivatives.ts'
import { type Worst, worstOf } from './measure.ts'
import { type Degree, type Miss, misses } from './misses.ts'
import type { Precision } from './table.ts'

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

/** What was measured of a function: the worst result of every order. */
export interface Measured {
  readonly name: string
  readonly worst: readonly Worst[]
}
export const measure = async ({ backend, precision }: Column, name: string): Promise<Measured> => ({
  name,
  worst: await worstOf(backend(), precision, name),
})
/** The worse of the two modes. */
export const worstIn = (degree: Degree, { worst }: Measured): Worst =>
  worst.filter((w) => degreeOf[w.order] === degree).reduce((a, b) => (b.units > a.units ? b : a))

export const missOf = (column: Column, name: string, degree: Degree): Miss | undefined =>
  misses.find((m) => m.backend === column.name && m.function === name && m.degree === degree)

export const showWorst = ({ units, order, column, at, got, exact }: Worst): string =>
  `${units.toPrecision(3)} units (${order}, ${column} at ${at.join(', ')}: ${got}, right is ${exact})`
/** What is wrong with a function in this column: a result out of bound and not listed, or listed and not out of bound. */
export const faultsOf = (column: Column, measured: Measured): readonly string[] =>
  degrees.flatMap((degree) => {
    const worst = worstIn(degree, measured)
    const miss = missOf(column, measured.name, degree)
    const of = `${measured.name}, ${degree} on ${column.name}`
    if (miss === undefined)
      return worst.units <= column.bound ? [] : [`${of}: ${showWorst(worst)}, the bound is ${column.bound}`]
    if (worst.units <= column.bound)
      return [`${of} is within the bound now, ${showWorst(worst)}: take it out of test/accuracy/misses.ts`]
    return worst.units <= miss.units ? [] : [`${of}: ${showWorst(worst)}, listed is ${miss.units}`]
  })
