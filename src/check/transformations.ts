/** The transformations, checked on one program: each result must mean the same as the program, at random points. */

import * as E from 'fp-ts/lib/Either.js'
import type { Task } from 'fp-ts/lib/Task.js'
import type { Backend } from '../../lang/backend.ts'
import { evaluate } from '../../lang/evaluate.ts'
import { type Closed, inTypes, outTypes } from '../../lang/syntax/closed.ts'
import { nth } from '../../lang/syntax/list.ts'
import { ofProgram } from '../../lang/syntax/ofProgram.ts'
import type { Program, UntypedProgram } from '../../lang/syntax/program.ts'
import { isReal, sameTypes, type Type } from '../../lang/syntax/shape.ts'
import { leavesWithPath } from '../../lang/syntax/tree.ts'
import { parse, print } from '../../lang/text/index.ts'
import { fromJSONText, toJSONText } from '../../lang/text/json.ts'
import { foldIn, type Key, randomKey } from '../random/key.ts'
import { jvp } from '../transform/jvp.ts'
import { simplify } from '../transform/simplify/index.ts'
import { vjp } from '../transform/vjp.ts'
import { vmap } from '../transform/vmap.ts'
import { type Budget, type EvaluationMeter, meterOf, within } from './budget.ts'
import { drawPoint } from './domain.ts'
import { direction, type Point, treeOf } from './point.ts'
import { evaluateUnder, rounding, single } from './rounding.ts'

/** The part of a back end that the checks use. */
export type AnyBackend = Pick<Backend, 'name' | 'compile'>
/** How `checkTransformations` draws its points, and the back ends that it compares. */
export interface TransformationOptions extends Budget {
  /** The same seed, the same points. Default: 1. */
  readonly seed?: number
  /** How many points each law is tried at. Default: 3. */
  readonly samples?: number
  /** Back ends to compare with the evaluator, within float32 rounding. Default: none. */
  readonly backends?: readonly AnyBackend[]
}
/** One law, and whether it holds for the program. */
export interface TransformationCheck {
  /** The law: 'simplify f = f'. */
  readonly law: string
  readonly passed: boolean
  /** The largest difference over the size of the outputs. */
  readonly error: number
  /** Why the law was not tried, or what went wrong. */
  readonly note?: string
}

interface Deviation {
  readonly error: number
  readonly note?: string
}
const sizeOfAll = (ys: Point): number =>
  ys.reduce((m, y) => y.reduce((n, v) => (Number.isFinite(v) ? Math.max(n, Math.abs(v)) : n), m), Number.MIN_VALUE)
/** The largest difference over the size of the right values; infinite where only one of two is a number. */
const difference = (right: Point, other: Point): number => {
  const size = sizeOfAll(right)
  return right.reduce(
    (m, y, i) =>
      y.reduce((n, v, k) => {
        const w = other[i]?.[k]
        return Object.is(v, w) || v === w
          ? n
          : Math.max(n, Math.abs(v - (w ?? Number.NaN)) / size || Number.POSITIVE_INFINITY)
      }, m),
    0,
  )
}
const stack = (xs: readonly Point[]): Point =>
  (xs[0] ?? []).map((_, i) => Float64Array.from(xs.flatMap((x) => [...nth(x, i)])))
const sameBits = (a: Closed, b: Closed, points: readonly Point[], { evaluate }: EvaluationMeter): Deviation => {
  const wrong = points.find((x) => {
    const ys = evaluate(b, x)
    return !evaluate(a, x).every((y, i) => y.every((v, k) => Object.is(v, ys[i]?.[k])))
  })
  return wrong === undefined
    ? { error: 0 }
    : { error: difference(evaluate(a, wrong), evaluate(b, wrong)) || Number.MIN_VALUE }
}
const close = 1e-9

/** All inputs of a program and of its derivatives: points with directions. */
const drawn = (p: UntypedProgram, key: Key, samples: number, meter: EvaluationMeter): readonly Point[] =>
  Array.from({ length: samples }, (_, k) =>
    within(() => drawPoint(p.closed, foldIn(k)(key), [], k % 2 === 0, meter.traceNonFinite)),
  ).filter((x): x is Point => x !== undefined)
const batched = (p: UntypedProgram, points: readonly Point[], { evaluate }: EvaluationMeter): Deviation => {
  const all = points.length === 0 ? [] : [...points, ...points, ...points].slice(0, 3)
  if (all.length === 0) return { error: 0, note: 'no point where the program is finite' }
  const mapped = vmap(3)(p)
  return { error: difference(stack(all.map((x) => evaluate(p.closed, x))), evaluate(mapped.closed, stack(all))) }
}
const textual = (
  p: UntypedProgram,
  again: E.Either<unknown, UntypedProgram>,
  points: readonly Point[],
  meter: EvaluationMeter,
): Deviation => {
  if (E.isLeft(again)) return { error: Number.POSITIVE_INFINITY, note: 'it is not read back' }
  const q = again.right.closed
  if (!sameTypes(inTypes(q), inTypes(p.closed)) || !sameTypes(outTypes(q), outTypes(p.closed)))
    return { error: Number.POSITIVE_INFINITY, note: 'its types are others' }
  return sameBits(p.closed, q, points, meter)
}

const pure = (
  p: UntypedProgram,
  seed: number,
  samples: number,
  meter: EvaluationMeter,
): readonly TransformationCheck[] => {
  const key = randomKey(seed)
  const points = drawn(p, key, samples, meter)
  const tangents = inTypes(p.closed).filter(isReal)
  const cotangents = outTypes(p.closed).filter(isReal)
  const with_ = (types: readonly Type[], n: number): readonly Point[] =>
    points.map((x, k) => [...x, ...direction(foldIn(k)(foldIn(1000 + n)(key)), types)])
  const forward = jvp(p)
  const back = vjp(p)
  const row = (law: string, within: number, f: () => Deviation): TransformationCheck => {
    meter.doing(law)
    const found = E.tryCatch(f, (e) => (e instanceof Error ? e.message : String(e)))
    return E.isLeft(found)
      ? { law, passed: false, error: Number.POSITIVE_INFINITY, note: found.left }
      : { law, passed: found.right.error <= within, ...found.right }
  }
  const reverse = (law: string, within: number, f: (q: UntypedProgram) => Deviation): TransformationCheck =>
    E.isRight(back)
      ? row(law, within, () => f(back.right))
      : { law, passed: true, error: 0, note: 'there is no reverse derivative' }
  return [
    row('simplify f = f', 0, () => sameBits(p.closed, simplify(p).closed, points, meter)),
    row('simplify (jvp f) = jvp f', 0, () =>
      sameBits(forward.closed, simplify(forward).closed, with_(tangents, 0), meter),
    ),
    reverse('simplify (vjp f) = vjp f', 0, (q) => sameBits(q.closed, simplify(q).closed, with_(cotangents, 1), meter)),
    row('vmap f = map f', close, () => batched(p, points, meter)),
    row('vmap (jvp f) = map (jvp f)', close, () => batched(forward, with_(tangents, 2), meter)),
    reverse('vmap (vjp f) = map (vjp f)', close, (q) => batched(q, with_(cotangents, 3), meter)),
    row('parse (print f) = f', 0, () => textual(p, parse(print(p)), points, meter)),
    row('fromJSON (toJSON f) = f', 0, () => textual(p, fromJSONText(toJSONText(p)), points, meter)),
  ]
}

// -- back ends -------------------------------------------------------------------------------------------------------

/** How far rounding to float32 may move each output. */
const allowedFor = (p: Closed, x: Point, right: Point, key: Key): Point => {
  const size = sizeOfAll(right)
  const tries = [0, 1, 2, 3].map((k) => {
    const r = rounding(foldIn(k)(key), single)
    return evaluateUnder(p, x, r)
  })
  return right.map((y, i) =>
    y.map((v, k) => 16 * Math.max(...tries.map((t) => Math.abs(nth(nth(t, i), k) - v) || 0)) + 1e-5 * size),
  )
}
const arraysOf = (tree: unknown): Point =>
  leavesWithPath(tree, (l) => ArrayBuffer.isView(l) || typeof l === 'number').map(([, l]) =>
    typeof l === 'number' ? Float64Array.of(l) : Float64Array.from(l as ArrayLike<number>),
  )
const onBackend =
  (p: UntypedProgram, backend: AnyBackend, points: readonly Point[], key: Key): Task<TransformationCheck> =>
  async () => {
    const law = `${backend.name} f = f`
    const failed = (note: string): TransformationCheck => ({
      law,
      passed: false,
      error: Number.POSITIVE_INFINITY,
      note,
    })
    const compiled = await backend.compile(p as never)()
    if (E.isLeft(compiled)) return failed(`refused: ${JSON.stringify(compiled.left)}`)
    const { run, release } = compiled.right
    let passed = true
    let error = 0
    for (const [k, drawnPoint] of points.entries()) {
      const x = drawnPoint.map((a) => a.map(Math.fround))
      const right = evaluate(p.closed, x)
      const result = await run(treeOf(p, x) as never)()
      if (E.isLeft(result)) {
        release()
        return failed(`failed: ${JSON.stringify(result.left)}`)
      }
      const found = arraysOf(result.right)
      const allowed = allowedFor(p.closed, x, right, foldIn(k)(key))
      error = Math.max(error, difference(right, found))
      passed &&= right.every((y, i) =>
        y.every(
          (v, j) =>
            Object.is(v, found[i]?.[j]) || Math.abs(v - (found[i]?.[j] ?? Number.NaN)) <= nth(nth(allowed, i), j),
        ),
      )
    }
    release()
    return { law, passed, error }
  }

/**
 * Whether the transformations keep a program's meaning: simplify bit for bit, vmap, printing and parsing, JSON, and the
 * given back ends. `checkGradients` checks the derivatives themselves.
 *
 * @example
 * const f = programOrThrow({ x: real(3) }, ({ x }) => sum()(sin(x)))
 * const rows = await checkTransformations(f, { backends: [wasm()] })()
 * rows.every((row) => row.passed) // => true
 */
export const checkTransformations = ofProgram(
  'checkTransformations(f: program, options?)',
  <In, Out>(program: Program<In, Out>, options: TransformationOptions = {}): Task<readonly TransformationCheck[]> =>
    checksOf(program, options),
)
const checksOf =
  (p: UntypedProgram, options: TransformationOptions): Task<readonly TransformationCheck[]> =>
  async () => {
    const { seed = 1, samples = 3, backends = [] } = options
    const key = randomKey(seed)
    const meter = meterOf(options)
    const rows = [...pure(p, seed, samples, meter)]
    for (const b of backends) rows.push(await onBackend(p, b, drawn(p, key, samples, meter), foldIn(2000)(key))())
    return rows
  }
/** A line per law. */
export const showTransformations = (rows: readonly TransformationCheck[]): string =>
  rows
    .map(
      (r) =>
        `${r.passed ? 'ok   ' : 'WRONG'} ${r.law.padEnd(28)} error ${r.error.toExponential(1)}${r.note === undefined ? '' : `   ${r.note}`}`,
    )
    .join('\n')
