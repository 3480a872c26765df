/**
 * Many random programs on a back end, against the reference: values, tangents and gradients, all from one program that
 * holds many. What differs by more than a few roundings is run again by the reference with random relative changes of
 * every number: the spread of those results says how much rounding errors may change this one.
 */
import * as fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import type { Backend } from '../../backends/backend.ts'
import { gpujs, wasm } from '../../backends/index.ts'
import type { RealPrecision } from '../../lang/backend.ts'
import { evaluate, type Runner } from '../../lang/evaluate.ts'
import { runKernel, type Tensor } from '../../lang/kernel/evaluate.ts'
import { type Closed, closeOver, inline, inTypes, numbered, outTypes } from '../../lang/syntax/closed.ts'
import { isReal, type Type } from '../../lang/syntax/shape.ts'
import { arbitraryProgram, inputRange, type ProgramOptions } from '../../src/testing/arbitrary/program.ts'
import { seeds } from '../../src/testing/arbitrary/values.ts'
import { jvp } from '../../src/transform/jvp.ts'
import { vjp } from '../../src/transform/vjp.ts'
import { compiled, rounded } from '../backends/execution.ts'
import { withoutFreeAxes } from '../laws/backend.ts'
import type { Values } from '../laws/close.ts'
import { type AnyProgram, realsOf } from '../laws/derivative.ts'
import { pointFrom } from '../laws/table.ts'
import type { Failure, Result } from './campaign.ts'

export const backendNames = ['wasm', 'wasm:float64', 'gpujs:webasm', 'gpujs:cpu'] as const
type BackendName = (typeof backendNames)[number]
export const backendNamed = (name: BackendName): Backend => {
  switch (name) {
    case 'wasm':
      return wasm({ threads: 1 })
    case 'wasm:float64':
      return wasm({ precision: 'float64' })
    case 'gpujs:webasm':
      return gpujs({ mode: 'webasm' })
    case 'gpujs:cpu':
      return gpujs({ mode: 'cpu' })
  }
}

// -- the programs ----------------------------------------------------------------------------------------------------

/** (x, v, w) -> the values at x, their tangents, and the cotangents of x where there is reverse mode. */
const allModes = (p: AnyProgram): Closed => {
  const ins = inTypes(p.closed)
  const [tangents, cotangents] = [realsOf(ins), realsOf(outTypes(p.closed))]
  const [forward, back] = [jvp(p).closed, vjp(p)]
  const n = p.closed.outputs.length
  return closeOver(numbered([...ins, ...tangents, ...cotangents]), (xs) => {
    const all: readonly (typeof xs)[number][] = xs
    const x = all.slice(0, ins.length)
    const pulled = E.isLeft(back)
      ? []
      : inline(back.right.closed, [...x, ...all.slice(ins.length + tangents.length)]).slice(n)
    return [...inline(forward, all.slice(0, ins.length + tangents.length)), ...pulled]
  })
}
const programOf = (closed: Closed): AnyProgram => ({ in: inTypes(closed), out: outTypes(closed), closed })
/** Programs side by side. */
const together = (ps: readonly Closed[]): AnyProgram =>
  programOf(
    closeOver(numbered(ps.flatMap(inTypes)), (xs) => {
      const all: readonly (typeof xs)[number][] = xs
      const from = ps.map((_, k) => ps.slice(0, k).reduce((n, p) => n + p.inputs.length, 0))
      return ps.flatMap((p, k) => inline(p, all.slice(from[k], (from[k] as number) + p.inputs.length)))
    }),
  )

interface Trial {
  readonly program: AnyProgram
  readonly seed: number
  readonly closed: Closed
  readonly inputs: Values
}
type Case = readonly [AnyProgram, number]
const trialOf =
  (backend: Backend) =>
  ([drawn, seed]: Case): Trial => {
    const program = withoutFreeAxes(drawn)
    const closed = allModes(program)
    const { x, v, w } = pointFrom(program, seed, inputRange)
    return {
      program: drawn,
      seed,
      closed,
      inputs: formatOf(backend).round(programOf(closed), [...x(), ...v(), ...w()]),
    }
  }

// -- how far two results may be apart --------------------------------------------------------------------------------

/** The precision of a back end. */
interface Format {
  /** A few roundings, relative to a number. */
  readonly few: number
  /** Differences that do not count: subnormal numbers may be flushed. */
  readonly tiny: number
  /** The sizes of the random changes that show what rounding may do. */
  readonly amplitudes: readonly number[]
  /** A number on the way that is larger may have left the range. */
  readonly most: number
  /** The nearest number that the back end holds. */
  readonly round: (p: AnyProgram, xs: Values) => Values
}
const formats: { readonly [P in RealPrecision]: Format } = {
  float32: { few: 1e-5, tiny: 1e-37, amplitudes: [3e-7, 3e-6, 3e-5], most: 1e30, round: rounded },
  float64: { few: 1e-13, tiny: 1e-307, amplitudes: [1e-15, 1e-14, 1e-13], most: 1e250, round: (_, xs) => xs },
}
const formatOf = ({ name }: Backend): Format => formats[name.endsWith('float64') ? 'float64' : 'float32']
/** Apart by a few roundings, or not at all. */
const near = ({ few, tiny }: Format, a: number, b: number, real: boolean): boolean =>
  Object.is(a, b) || a === b || (real && Math.abs(a - b) <= few * Math.abs(b) + tiny)

/** Numbers in [-1, 1) without pattern. */
const noise = (seed: number): (() => number) => {
  let state = seed | 0
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0
    return (Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) ^ state) / 2 ** 31
  }
}
/** Kernels whose numbers are all a little wrong: what they read and what they give. */
const shaken = (amplitude: number, next: () => number): Runner => {
  const shake = (x: Tensor): Tensor => x.map((e) => e * (1 + amplitude * next()))
  return (type, kernel, types, args) => {
    const read = args.map((x, i) => (isReal(types[i] as Type) ? shake(x) : x))
    const y = runKernel(type, kernel, types, read)
    return isReal(type) ? shake(y) : y
  }
}
/** Whether a number on the way leaves the range of the back end. */
const leavesRange = ({ most }: Format, { closed, inputs }: Trial): boolean => {
  let far = false
  evaluate(closed, inputs, (...of) => {
    const y = runKernel(...of)
    far ||= y.some((e) => Number.isFinite(e) && Math.abs(e) > most)
    return y
  })
  return far
}
/** Which results may be this far from those of the reference, because rounding errors alone move them so. */
const excusedBy = (format: Format, t: Trial, found: Values, expected: Values): boolean => {
  const types = outTypes(t.closed)
  const spread = expected.map((y) => new Float64Array(y.length))
  const open = (): boolean =>
    found.some((y, o) =>
      y.some((e, k) => {
        const right = (expected[o] as Tensor)[k] as number
        const room = (spread[o] as Float64Array)[k] as number
        return (
          !near(format, e, right, isReal(types[o] as Type)) && !(Math.abs(e - right) <= 8 * room) && room !== Infinity
        )
      }),
    )
  for (const amplitude of format.amplitudes)
    for (let sample = 0; sample < 12; sample++) {
      const moved = evaluate(t.closed, t.inputs, shaken(amplitude, noise(31 * sample + 1 + amplitude / format.few)))
      moved.forEach((y, o) => {
        y.forEach((e, k) => {
          const right = (expected[o] as Tensor)[k] as number
          const room = spread[o] as Float64Array
          const by = Object.is(e, right) ? 0 : Math.abs(e - right)
          room[k] = Math.max(room[k] as number, Number.isNaN(by) ? Infinity : by)
        })
      })
      if (sample % 4 === 3 && !open()) return true
    }
  return leavesRange(format, t)
}
const nearAll = (format: Format, closed: Closed, found: Values, expected: Values): boolean => {
  const types = outTypes(closed)
  return found.every((y, o) =>
    y.every((e, k) => near(format, e, (expected[o] as Tensor)[k] as number, isReal(types[o] as Type))),
  )
}

// -- the campaign ----------------------------------------------------------------------------------------------------

const run = async (backend: Backend, program: AnyProgram, inputs: Values): Promise<Values> => {
  const runner = await compiled(backend, program)
  try {
    return (await runner.run(inputs)).map((y) => Float64Array.from(y))
  } finally {
    runner.release()
  }
}
/** Whether a back end agrees with the reference on one program by itself. */
const agrees = async (backend: Backend, t: Trial): Promise<boolean> => {
  const expected = evaluate(t.closed, t.inputs)
  const found = await run(backend, programOf(t.closed), t.inputs)
  const format = formatOf(backend)
  return nearAll(format, t.closed, found, expected) || excusedBy(format, t, found, expected)
}
/** The first of these programs on which a back end is wrong; an exception is wrong too. */
const firstWrong = async (backend: Backend, trials: readonly Trial[]): Promise<number> => {
  const inputs = trials.flatMap((t) => t.inputs)
  const found = await run(backend, together(trials.map((t) => t.closed)), inputs).catch(() => undefined)
  let from = 0
  for (const [k, t] of trials.entries()) {
    const part = found?.slice(from, from + t.closed.outputs.length)
    from += t.closed.outputs.length
    if (part !== undefined && nearAll(formatOf(backend), t.closed, part, evaluate(t.closed, t.inputs))) continue
    if (!(await agrees(backend, t).catch(() => false))) return k
  }
  return -1
}

export interface BackendCampaign extends ProgramOptions {
  readonly backend: Backend
  readonly programs: number
  readonly seed: number
  /** Where fast-check found a counter-example before: only that program. */
  readonly path?: string
  readonly onProgram?: () => void
}
/** So many programs are compiled as one. */
const group = 16
const law = 'a back end agrees with the reference: values, tangents, gradients'

/** Programs in groups, one seed for each group; the first that fails is shrunk by itself. */
export const runOnBackend = async ({
  backend,
  programs,
  seed,
  path,
  onProgram,
  ...size
}: BackendCampaign): Promise<Result & { readonly seed: number }> => {
  const cases: fc.Arbitrary<Case> = fc.tuple(arbitraryProgram(size), seeds)
  const shrink = async (groupSeed: number, from: string): Promise<Failure | undefined> => {
    const shrunk = await fc.check(
      fc.asyncProperty(cases, async (c) => agrees(backend, trialOf(backend)(c))),
      { numRuns: 1, seed: groupSeed, path: from },
    )
    const [program, pointSeed] = shrunk.counterexample?.[0] ?? []
    if (program === undefined || pointSeed === undefined) return undefined
    const error = shrunk.errorInstance instanceof Error ? shrunk.errorInstance.message : undefined
    return { law, program, pointSeed, path: from, error }
  }
  if (path !== undefined) return { tried: 1, discarded: 0, failure: await shrink(seed, path), seed }
  let tried = 0
  for (let from = seed; tried < programs; from++) {
    const numRuns = Math.min(group, programs - tried)
    const trials = fc.sample(cases, { numRuns, seed: from }).map(trialOf(backend))
    const wrong = await firstWrong(backend, trials)
    for (const _ of trials) onProgram?.()
    tried += trials.length
    const failure = wrong < 0 ? undefined : await shrink(from, String(wrong))
    if (failure !== undefined) return { tried, discarded: 0, failure, seed: from }
  }
  return { tried, discarded: 0, failure: undefined, seed }
}
