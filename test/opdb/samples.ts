/** The calls that PyTorch made, as samples.py writes them, and as arrays. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

type Written = number | 'inf' | '-inf' | 'nan'
export interface Tensor {
  readonly shape: readonly number[]
  readonly dtype: 'real' | 'int' | 'bool' | 'complex'
  readonly data: readonly Written[]
}
export interface Sample {
  readonly args: readonly unknown[]
  readonly named?: Readonly<Record<string, unknown>>
  /** The results; absent where they are random or uninitialised, which have only their shapes. */
  readonly out?: readonly Tensor[]
  readonly shapes?: readonly (readonly number[])[]
  /** The results that were differentiated, and the gradient of every tensor among the arguments. */
  readonly differentiated?: readonly number[]
  readonly grads?: readonly (readonly Written[] | null)[]
}

const read = (name: string): unknown => JSON.parse(readFileSync(join(import.meta.dirname, name), 'utf8'))
/** PyTorch's operators, as `name|variant`. */
export const names = read('names.json') as readonly string[]
export const samples = read('samples.json') as Readonly<Record<string, readonly Sample[]>>

const special = { inf: Number.POSITIVE_INFINITY, '-inf': Number.NEGATIVE_INFINITY, nan: Number.NaN }
export const numbers = (data: readonly Written[]): Float64Array =>
  Float64Array.from(data, (v) => (typeof v === 'number' ? v : special[v]))
export const isTensor = (v: unknown): v is Tensor => typeof v === 'object' && v !== null && 'data' in v
/** The cotangent of the k-th result, an element by its position: that of samples.py. */
export const cotangent = (k: number, size: number): Float64Array =>
  Float64Array.from({ length: size }, (_, i) => ((i * 7 + 3 * k) % 5) * 0.25 + 0.5)
