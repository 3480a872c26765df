/**
 * Is a back end right on this very machine, and how fast? Examples of every primitive and the derivatives of networks
 * against the float64 reference, the dot-product test, and times. Runs in a page as in Node.
 */

import * as E from 'fp-ts/lib/Either.js'
import type { Backend, Executable } from '../../../backends/index.ts'
import { showBackendError } from '../../../backends/index.ts'
import { evaluate } from '../../../lang/evaluate.ts'
import { inTypes } from '../../../lang/syntax/closed.ts'
import { nth } from '../../../lang/syntax/list.ts'
import type { UntypedProgram } from '../../../lang/syntax/program.ts'
import { leavesWithPath } from '../../../lang/syntax/tree.ts'
import { treeOf } from '../../check/point.ts'
import { jvp } from '../../transform/jvp.ts'
import { vjpOrThrow } from '../../transform/vjp.ts'
import { examples, networks, type Tensor, type TrialProgram, timed, valuesFor } from './programs.ts'

/** How many trials there were, and which failed. */
interface Tried {
  readonly total: number
  /** The largest error, relative to the largest number of its result. */
  readonly worst: number
  /** In words, in order. */
  readonly failures: readonly string[]
}
interface Time {
  readonly name: string
  readonly seconds: number
  readonly flops: number
}
/** The results of one back end. */
export type BackendTrial =
  | { readonly _tag: 'Absent'; readonly name: string; readonly why: string }
  | {
      readonly _tag: 'Ran'
      readonly name: string
      readonly backend: string
      readonly reason: string
      readonly examples: Tried
      /** <ct, J dx> = <J^T ct, dx>, relative to what is summed. */
      readonly dotProducts: Tried
      readonly times: readonly Time[]
    }
export const isRight = (o: BackendTrial): boolean =>
  o._tag === 'Absent' || (o.examples.failures.length === 0 && o.dotProducts.failures.length === 0)

/** The error of a handful of operations in float32. */
const tolerance = 1e-4
const isArray = (x: unknown): boolean => ArrayBuffer.isView(x)

/** Compiles a program, calls `act`, and releases the executable. */
const using = async <A>(
  backend: Backend,
  p: UntypedProgram,
  act: (run: (xs: readonly Tensor[]) => Promise<readonly Tensor[]>, e: Executable<unknown, unknown>) => Promise<A>,
): Promise<E.Either<string, A>> => {
  const compiled = await backend.compile(p)()
  if (E.isLeft(compiled)) return E.left(showBackendError(compiled.left))
  const executable = compiled.right
  let failed: string | undefined
  const run = async (xs: readonly Tensor[]): Promise<readonly Tensor[]> => {
    const result = await executable.run(treeOf(p, xs))()
    if (E.isRight(result)) return leavesWithPath(result.right, isArray).map(([, y]) => Float64Array.from(y as Tensor))
    failed = showBackendError(result.left)
    return []
  }
  const found = await act(run, executable)
  executable.release()
  return failed === undefined ? E.right(found) : E.left(failed)
}

const largest = (x: Tensor): number => x.reduce((m, v) => Math.max(m, Math.abs(v)), 0)
/** The largest difference over the largest number; infinite where only one of two is a number. */
const distance = (want: readonly Tensor[], got: readonly Tensor[]): number => {
  const scale = Math.max(1e-3, ...want.map(largest))
  let worst = want.length === got.length ? 0 : Number.POSITIVE_INFINITY
  want.forEach((w, k) => {
    w.forEach((v, i) => {
      const d = v === got[k]?.[i] ? 0 : Math.abs(v - (got[k]?.[i] ?? Number.NaN)) / scale
      worst = Math.max(worst, Number.isNaN(d) ? Number.POSITIVE_INFINITY : d)
    })
  })
  return worst
}
const summary = (found: readonly (readonly [string, E.Either<string, number>])[]): Tried => ({
  total: found.length,
  worst: Math.max(0, ...found.map(([, e]) => (E.isRight(e) ? e.right : 0))),
  failures: found.flatMap(([name, e]) =>
    E.isLeft(e)
      ? [`${name}: ${e.left}`]
      : e.right <= tolerance
        ? []
        : [`${name}: an error of ${e.right.toExponential(1)}`],
  ),
})

const agreement = async (backend: Backend, { program, range }: TrialProgram): Promise<E.Either<string, number>> => {
  const xs = valuesFor(7, program, range)
  return using(backend, program, async (run) => distance(evaluate(program.closed, xs), await run(xs)))
}
const inner = (xs: readonly Tensor[], ys: readonly Tensor[]): { readonly sum: number; readonly size: number } => {
  let sum = 0
  let size = 0
  xs.forEach((x, k) => {
    x.forEach((v, i) => {
      const product = v * (ys[k]?.[i] as number)
      sum += product
      size += Math.abs(product)
    })
  })
  return { sum, size }
}
const dotProduct = async (backend: Backend, { program }: TrialProgram): Promise<E.Either<string, number>> => {
  const n = inTypes(program.closed).length
  const outs = program.closed.outputs.length
  const [push, pull] = [jvp(program), vjpOrThrow(program)]
  const inputs = valuesFor(3, push)
  const [x, dx] = [inputs.slice(0, n), inputs.slice(n)]
  const ct = valuesFor(5, pull).slice(n)
  const pushed = await using(backend, push, (run) => run(inputs))
  const pulled = await using(backend, pull, (run) => run([...x, ...ct]))
  if (E.isLeft(pushed)) return pushed
  if (E.isLeft(pulled)) return pulled
  const left = inner(ct, pushed.right.slice(outs))
  const right = inner(pulled.right.slice(outs), dx)
  return E.right(Math.abs(left.sum - right.sum) / Math.max(left.size, right.size, 1e-3))
}
/** The shortest of at least three runs that take a quarter of a second together, in seconds. */
const shortest = async (run: () => Promise<unknown>): Promise<number> => {
  await run()
  let best = Number.POSITIVE_INFINITY
  const until = performance.now() + 250
  for (let k = 0; k < 3 || (performance.now() < until && k < 200); k++) {
    const from = performance.now()
    await run()
    best = Math.min(best, performance.now() - from)
  }
  return best / 1000
}

/** `tell` is called with the name of each trial before it begins. */
export const selfTest = async (
  backend: Backend,
  tell: (what: string) => void = () => undefined,
): Promise<BackendTrial> => {
  const [smallest] = examples()
  const first = smallest && (await backend.compile(smallest.program)())
  if (first === undefined || E.isLeft(first))
    return { _tag: 'Absent', name: backend.name, why: first ? showBackendError(first.left) : 'nothing to try' }
  const { backend: found, reason, release } = first.right
  release()
  const agreed: (readonly [string, E.Either<string, number>])[] = []
  for (const e of examples()) {
    tell(e.name)
    agreed.push([e.name, await agreement(backend, e)])
  }
  const dots: (readonly [string, E.Either<string, number>])[] = []
  for (const e of networks()) {
    tell(e.name)
    dots.push([e.name, await dotProduct(backend, e)])
  }
  const times: Time[] = []
  for (const t of timed()) {
    tell(t.name)
    const inputs = valuesFor(1, t.program)
    const seconds = await using(backend, t.program, (run) => shortest(() => run(inputs)))
    if (E.isRight(seconds)) times.push({ name: t.name, seconds: seconds.right, flops: t.flops })
  }
  return {
    _tag: 'Ran',
    name: backend.name,
    backend: found,
    reason,
    examples: summary(agreed),
    dotProducts: summary(dots),
    times,
  }
}

const cell = (t: Time): string =>
  t.flops > 1e7 ? `${(t.flops / t.seconds / 1e9).toPrecision(3)} GFLOP/s` : `${(1000 * t.seconds).toPrecision(3)} ms`
const count = ({ total, failures, worst }: Tried): string =>
  `${total - failures.length}/${total} (${worst.toExponential(0)})`
/** A line per back end; below, what failed, and how to get a missing back end. */
export const showOutcomes = (outcomes: readonly BackendTrial[]): string => {
  const names = timed().map((t) => t.name)
  const head = ['back end', 'examples (worst error)', 'dot products', ...names]
  const rows = outcomes.map((o) =>
    o._tag === 'Absent'
      ? [o.name, 'not here', '', ...names.map(() => '')]
      : [o.backend, count(o.examples), count(o.dotProducts), ...names.map((n) => time(o.times, n))],
  )
  const widths = head.map((h, c) => Math.max(h.length, ...rows.map((r) => (r[c] ?? '').length)))
  const line = (r: readonly string[]): string =>
    r
      .map((x, c) => x.padEnd(nth(widths, c)))
      .join('  ')
      .trimEnd()
  const notes = outcomes.flatMap((o) =>
    o._tag === 'Absent'
      ? [`${o.name}: ${o.why}`]
      : [...o.examples.failures, ...o.dotProducts.failures].map((f) => `${o.backend} is WRONG: ${f}`),
  )
  return [line(head), ...rows.map(line), ...(notes.length > 0 ? ['', ...notes] : [])].join('\n')
}
const time = (times: readonly Time[], name: string): string => {
  const found = times.find((t) => t.name === name)
  return found ? cell(found) : 'failed'
}
