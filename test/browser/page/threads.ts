/** One program large enough to be shared, on as many threads as asked. */
import * as E from 'fp-ts/lib/Either.js'
import { type BackendError, type Executable, showBackendError, wasm } from '../../../backends/index.ts'
import { gradOrThrow, matmul, programOrThrow, real, sum, type Type, tanh } from '../../../src/index.ts'

const n = 160
const square = real(n, n)
const program = gradOrThrow(programOrThrow({ x: square, y: square }, ({ x, y }) => sum()(tanh(matmul(x, y)))))
const numbers = (phase: number): Float32Array => Float32Array.from({ length: n * n }, (_, i) => Math.sin(i + phase))

const orThrow = <A>(e: E.Either<BackendError, A>): A => {
  if (E.isLeft(e)) throw new Error(showBackendError(e.left))
  return e.right
}
type Inputs = { readonly x: Type; readonly y: Type }
const opened = new Map<number, Executable<Inputs, Inputs>>()

/** Compiles, and says why so many threads. */
const openThreads = async (threads: number): Promise<string> => {
  const executable = orThrow(await wasm({ threads }).compile(program)()) as unknown as Executable<Inputs, Inputs>
  opened.set(threads, executable)
  return executable.reason
}
/** A digest of the gradient's bits. */
const runThreads = async (threads: number): Promise<string> => {
  const { run } = opened.get(threads) as Executable<Inputs, Inputs>
  const { x, y } = orThrow(await run({ x: numbers(0), y: numbers(1) })()) as unknown as Record<'x' | 'y', Float32Array>
  const digests = [x, y].map(async (a) => new Uint8Array(await crypto.subtle.digest('SHA-256', new Float32Array(a))))
  return (await Promise.all(digests)).join(' ')
}
const closeThreads = (threads: number): void => opened.get(threads)?.release()

export const threads = { openThreads, runThreads, closeThreads }
