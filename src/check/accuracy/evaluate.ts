/**
 * Programs on jets of decimals: the meaning of lang/evaluate.ts, in arbitrary precision. Reals are jets; integers and
 * truth values stay numbers, which are exact.
 */
import type { Decimal } from 'decimal.js'
import { evaluateOn, type Machine, traceOn } from '../../../lang/evaluate.ts'
import { type Arithmetic, type Cells, runKernelIn } from '../../../lang/kernel/evaluate.ts'
import { functionOf as exactly } from '../../../lang/kernel/functions.ts'
import type { Fn } from '../../../lang/kernel/index.ts'
import { entryOf } from '../../../lang/primitives/index.ts'
import type { Closed } from '../../../lang/syntax/closed.ts'
import { type DType, isReal, type Type } from '../../../lang/syntax/shape.ts'
import { type Decimals, exactOf } from './decimals.ts'
import { comparisons, functionsOf, type RealFn } from './functions.ts'
import { type Jet, plain } from './jet.ts'

/** An array: jets, or numbers where its element type is no real one. */
export type Jets = Cells<Jet>
/** How much arithmetic an evaluation may still do: a loop that does not end stops here. */
interface Allowance {
  left: number
}
/** Thrown where the allowance is used up; `exact.ts` catches it. */
export class Exhausted extends Error {
  override readonly name = 'Exhausted'
}
const spend = (allowance: Allowance, n: number): void => {
  allowance.left -= n
  if (allowance.left < 0) throw new Exhausted()
}

const isJet = (x: Jet | number): x is Jet => typeof x !== 'number'
/** The value of a real; the number itself if it is no real. */
const partOf = (D: Decimals, x: Jet | number): Decimal => (isJet(x) ? x.v : exactOf(D, x))
const saturate = (x: Decimal): number => exactly('toInt', 'real')(x.trunc().toNumber(), 0, 0)

const arithmeticOf = (D: Decimals, allowance: Allowance): Arithmetic<Jet, Jets> => {
  const reals = functionsOf(D)
  const jet = (x: Jet | number): Jet => (isJet(x) ? x : plain(exactOf(D, x)))
  const real = (f: RealFn): ((x: Jet | number, y: Jet | number) => Jet) => {
    const on = reals[f]
    return (x, y) => {
      spend(allowance, 1)
      return on(jet(x), jet(y))
    }
  }
  const compared =
    (test: (x: Decimal, y: Decimal) => boolean) =>
    (x: Jet | number, y: Jet | number): number =>
      test(partOf(D, x), partOf(D, y)) ? 1 : 0
  const functionOf = (f: Fn, dtype: DType): ((x: Jet | number, y: Jet | number, z: Jet | number) => Jet | number) => {
    if (f === 'toReal') return jet
    // integers and truth values are numbers
    if (dtype !== 'real') return exactly(f, dtype) as (x: Jet | number, y: Jet | number, z: Jet | number) => number
    switch (f) {
      case 'lt':
      case 'le':
      case 'eq':
      case 'ne':
      case 'and':
      case 'or':
      case 'not':
        return compared(comparisons[f])
      case 'toInt':
        return (x) => saturate(partOf(D, x))
      case 'select':
        return (c, x, y) => (c !== 0 ? x : y)
      default:
        return real(f)
    }
  }
  return { real: jet, functionOf, array: (length) => new Array<Jet | number>(length).fill(0) }
}

/** The rank of every real among those of its array, as a number: equal reals have one rank, and NaN stays NaN. */
const ranks = (x: readonly Jet[]): readonly number[] => {
  const sorted = x.map((j) => j.v).filter((v) => !v.isNaN())
  sorted.sort((a, b) => a.cmp(b))
  const rank = new Map<string, number>()
  for (const v of sorted) if (!rank.has(v.toString())) rank.set(v.toString(), rank.size)
  return x.map((j) => rank.get(j.v.toString()) ?? Number.NaN)
}
const listOf = (x: Jets): readonly (Jet | number)[] => Array.from(x)
/** Operations that are declared constant, such as stopGradient. */
const isDeclared = (op: string): boolean => {
  const { examples } = entryOf(op)
  return examples.length > 0 && examples.every((e) => e.declared)
}
/** What preparing a kernel costs, in functions of real numbers. */
const perKernel = 40
const machineOf = (D: Decimals, allowance: Allowance): Machine<Jets> => {
  const run = runKernelIn(arithmeticOf(D, allowance))
  return {
    run: (out, kernel, types, buffers) => {
      spend(allowance, perKernel)
      return run(out, kernel, types, buffers)
    },
    data: (type, values) => jetsOf(D, type, values),
    numbers: (x) => {
      const list = listOf(x)
      return list.every(isJet) ? ranks(list) : (list as readonly number[])
    },
    slice: (x, from, to) => listOf(x).slice(from, to),
    concat: (_, parts) => parts.flatMap(listOf),
    results: (q, outs) => (isDeclared(q.op) ? outs.map(still) : outs),
  }
}
/** The same values without derivatives. */
const still = (x: Jets): Jets => listOf(x).map((j) => (isJet(j) ? plain(j.v) : j))

/** Decimals as an array of a type. `a` and `b`: directions of the derivatives; 0 is none. */
export const jetsOf = (
  D: Decimals,
  type: Type,
  values: ArrayLike<number>,
  a?: ArrayLike<number>,
  b?: ArrayLike<number>,
): Jets => {
  const part = (direction: ArrayLike<number> | undefined, k: number): Decimal | undefined =>
    direction?.[k] ? exactOf(D, direction[k]) : undefined
  return isReal(type)
    ? Array.from(values, (v, k) => ({ v: exactOf(D, v), a: part(a, k), b: part(b, k), c: undefined }))
    : Array.from(values)
}
/** The outputs of a program for these inputs, all of one precision. */
export const evaluateJets = (D: Decimals, p: Closed, inputs: readonly Jets[], allowance: Allowance): readonly Jets[] =>
  evaluateOn(machineOf(D, allowance))(p, inputs)
/** Every value of a program, in the order of its number. */
export const traceJets = (D: Decimals, p: Closed, inputs: readonly Jets[], allowance: Allowance): readonly Jets[] =>
  traceOn(machineOf(D, allowance))(p, inputs)
