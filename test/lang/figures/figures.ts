/**
 * Operations against the figures of other systems: values and gradients, on the reference to 10 digits and on the kernel
 * back ends in float32. Each case is one of the laws' programs too: both modes, second order and vmap are checked on it.
 */
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { gpujs } from '../../../backends/gpujs/index.ts'
import { wasm } from '../../../backends/wasm/index.ts'
import { evaluate } from '../../../lang/evaluate.ts'
import { sum } from '../../../lang/primitives/broadcast.ts'
import { constant, intTensor, iota } from '../../../lang/primitives/constant.ts'
import { add, cos, mul, toBool, toReal } from '../../../lang/primitives/elementwise.ts'
import { reshape } from '../../../lang/primitives/reindex.ts'
import { outTypes } from '../../../lang/syntax/closed.ts'
import { type Expr, shapeOf } from '../../../lang/syntax/expr.ts'
import { programOrThrow } from '../../../lang/syntax/program.ts'
import { type DType, type Shape, sizeOf, type Type } from '../../../lang/syntax/shape.ts'
import { type Interval, seeds, unit } from '../../../src/testing/arbitrary/values.ts'
import { gradOrThrow } from '../../../src/transform/grad.ts'
import type { AnyProgram } from '../../laws/derivative.ts'
import { laws, pointFrom } from '../../laws/table.ts'
import { valuesOn } from './run.ts'

interface Array {
  readonly dtype: string
  readonly shape: Shape
  readonly data: readonly number[]
}
export interface Figure {
  readonly inputs: readonly Array[]
  readonly outputs: readonly Array[]
  /** Null where the other system has no derivative in an argument. */
  readonly gradients?: readonly (readonly number[] | null)[]
}
export type Figures = { readonly [name: string]: Figure }
type Build = (...xs: readonly never[]) => unknown
export interface Options {
  /** Relative to the largest figure of an array. Default: 1e-10. */
  readonly tolerance?: number
  /** The same in float32. Default: 2e-5. */
  readonly single?: number
  /** The interval that the laws draw from; null where the laws do not apply to random inputs. Default: [-1, 1]. */
  readonly range?: Interval | null
  /** Whether the laws keep the integers of the figure, where random ones mean nothing. Default: false. */
  readonly fixed?: boolean
}
type Row = Build | readonly [Build, Options]
export type Operations = { readonly [name: string]: Row }

const outputsOf = (tree: unknown): readonly Expr[] =>
  Array.isArray(tree)
    ? tree.flatMap(outputsOf)
    : 'type' in (tree as Expr)
      ? [tree as Expr]
      : Object.values(tree as object).flatMap(outputsOf)
const near = (tolerance: number, found: ArrayLike<number>, expected: readonly number[] | undefined): void => {
  if (expected === undefined) return
  const scale = Math.max(1e-6, ...expected.filter(Number.isFinite).map(Math.abs))
  expect(found.length).toBe(expected.length)
  expected.forEach((x, k) => {
    const y = found[k] as number
    const holds = Object.is(x + 0, y + 0) || Math.abs(x - y) <= tolerance * scale
    expect(holds ? '' : `[${k}]: found ${y}, expected ${x}`).toBe('')
  })
}
/** The gradient of sum(cos(k) y[k]) over all outputs, as figures.py has it. */
const weighed = (y: Expr): Expr => {
  const n = sizeOf(shapeOf(y))
  return sum()(mul(reshape([n])(y), cos(toReal(iota([n])))) as Expr)
}
const known = (x: Array): Expr =>
  x.dtype === 'bool' ? toBool(intTensor<Shape>(x.shape, x.data)) : intTensor<Shape>(x.shape, x.data)
const compiled = [
  ['wasm', wasm()],
  ['gpujs:webasm', gpujs({ mode: 'webasm' })],
  ['gpujs:cpu', gpujs({ mode: 'cpu' })],
] as const

/** All cases of a file of figures. Every figure needs an operation, and every operation a figure. */
export const againstFigures = (figures: Figures, operations: Operations): void => {
  test('every figure has an operation', () => {
    expect(Object.keys(figures).sort()).toEqual(Object.keys(operations).sort())
  })
  describe.each(Object.entries(figures))('%s', (name, figure) => {
    const row = operations[name] as Row
    const [build, { tolerance = 1e-10, single = 2e-5, range = unit, fixed = false }] =
      typeof row === 'function' ? [row, {}] : row
    const types = figure.inputs.map((x): Type => ({ dtype: x.dtype as DType, shape: x.shape }))
    const apply = (xs: unknown): readonly Expr[] =>
      outputsOf((build as (...xs: unknown[]) => unknown)(...(xs as Expr[])))
    const value = programOrThrow(types, (xs) => apply(xs))
    const isFree = (x: Array): boolean => !fixed || x.dtype === 'real'
    const lawful = programOrThrow(
      types.filter((_, k) => isFree(figure.inputs[k] as Array)),
      (xs) => {
        const rest = [...(xs as readonly Expr[])]
        return apply(figure.inputs.map((x) => (isFree(x) ? rest.shift() : known(x))))
      },
    )
    const loss = programOrThrow(types, (xs) =>
      apply(xs)
        .filter((y) => y.type.dtype === 'real')
        .map(weighed)
        .reduce((a, b) => add(a, b), constant<Shape>([], 0)),
    )
    const real = figure.gradients !== undefined && figure.gradients.length > 0
    const gradient = real ? (gradOrThrow(loss as never) as unknown as typeof value) : undefined
    const inputs = figure.inputs.map((x) => Float64Array.from(x.data))
    test('values', () => {
      expect(outTypes(value.closed).map((t) => [t.dtype, t.shape])).toEqual(
        figure.outputs.map((y) => [y.dtype, y.shape]),
      )
      evaluate(value.closed, inputs).forEach((y, k) => {
        near(tolerance, y, (figure.outputs[k] as Array).data)
      })
    })
    if (gradient !== undefined)
      test('gradients', () => {
        const slopes = evaluate(gradient.closed, inputs)
        expect(slopes.length).toBe(figure.gradients?.length)
        slopes.forEach((g, k) => {
          near(tolerance, g, figure.gradients?.[k] ?? undefined)
        })
      })
    test.each(compiled)('%s', async (_, backend) => {
      const found = await valuesOn(backend, value, inputs)
      expect(found.length).toBe(figure.outputs.length)
      found.forEach((y, k) => {
        near(single, y, (figure.outputs[k] as Array).data)
      })
      if (gradient === undefined) return
      const slopes = await valuesOn(backend, gradient, inputs)
      expect(slopes.length).toBe(figure.gradients?.length)
      slopes.forEach((g, k) => {
        near(10 * single, g, figure.gradients?.[k] ?? undefined)
      })
    })
    if (range !== null)
      test('laws', () => {
        for (const [law, holdsOn] of Object.entries(laws)) {
          const holds = holdsOn(lawful as unknown as AnyProgram)
          const broken = fc.check(
            fc.property(seeds, (seed) => holds(pointFrom(lawful as unknown as AnyProgram, seed, range))),
            { numRuns: 1, seed: 17 },
          )
          expect(broken.failed ? `${law}: ${broken.counterexample}` : undefined).toBeUndefined()
        }
      })
  })
}
