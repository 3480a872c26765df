/**
 * Every law of the suite on one program, at points drawn from seeds: what is run on every example of every primitive, on
 * random programs, and in the campaign. A law fails by answering false.
 */
import * as E from 'fp-ts/lib/Either.js'
import { evaluate } from '../../lang/evaluate.ts'
import { whileLoops } from '../../lang/loops.ts'
import { entryOf } from '../../lang/primitives/index.ts'
import { type Closed, inTypes, outTypes } from '../../lang/syntax/closed.ts'
import { type Interval, plantedFrom, specialsFrom, spreadFrom, valuesFrom } from '../../src/testing/arbitrary/values.ts'
import { simplifyClosed } from '../../src/transform/simplify/index.ts'
import { vjp } from '../../src/transform/vjp.ts'
import { jvpOfVmap, vjpOfVmap, vmapIsMap, vmapOfJvp, vmapOfVjp } from './batching.ts'
import { bindSplits, regroupedSplits } from './binding.ts'
import type { Values } from './close.ts'
import {
  type AnyProgram,
  additivity,
  adjointness,
  continuous,
  type Differences,
  finiteDifference,
  hessianSymmetry,
  mixedModes,
  primal,
  primalOfPullback,
  realsOf,
  secondOrder,
  twoPushes,
  wellTyped,
} from './derivative.ts'
import { preservesBits, reachesNormalForm } from './rewrite.ts'
import { printIsStable, printThenParse } from './text.ts'

/** Points, tangents and cotangents for a program: the k-th of each. */
export interface Point {
  readonly x: (k?: number) => Values
  readonly v: (k?: number) => Values
  readonly w: (k?: number) => Values
  /** Points of measure zero, in place of x: ties, zeros, units, small integers. */
  readonly planted: (k?: number) => Values
  /** NaN, infinities, -0, the largest and the smallest, in place of x. */
  readonly special: (k?: number) => Values
}
export const pointFrom = (p: AnyProgram, seed: number, range: Interval): Point => {
  const ins = inTypes(p.closed)
  const outs = outTypes(p.closed)
  return {
    x: (k = 0) => spreadFrom(seed + 7919 * k, ins, range),
    v: (k = 0) => valuesFrom(seed + 104729 * (k + 1), realsOf(ins)),
    w: (k = 0) => valuesFrom(seed - 104729 * (k + 1), realsOf(outs)),
    planted: (k = 0) => plantedFrom(seed + 7919 * k, ins),
    special: (k = 0) => specialsFrom(seed + 7919 * k, ins),
  }
}
export type Law = (p: AnyProgram, options?: Differences) => (at: Point) => boolean

const twice = [0, 1]
const three = [0, 1, 2]
/** A change of every coordinate: some inputs mapped, some not. */
const some = (p: AnyProgram, odd: number): readonly boolean[] => inTypes(p.closed).map((_, i) => i % 2 === odd)
const withAll = (a: Values, b: Values): Values => [...a, ...b]

export const laws: { readonly [name: string]: Law } = {
  'the typing rule agrees with the values': (p) => {
    const law = wellTyped(p)
    return ({ x }) => law(x())
  },
  'primal: jvp and vjp begin with f': (p) => {
    const forward = primal(p)
    const reverse = primalOfPullback(p)
    return ({ x, v, w }) => forward(x(), v()) && reverse(x(), w())
  },
  'adjointness: <J v, w> = <v, J^T w>': (p) => {
    const law = adjointness(p)
    return ({ x, v, w }) => law(x(), v(), w())
  },
  'finite difference: J v = (f(x + h v) - f(x - h v)) / 2h': (p, options) => {
    const law = finiteDifference(p, options)
    const smooth = continuous(p)
    return ({ x, v }) => law(x(), v()) || (options?.steps !== undefined && !smooth(x(), v()))
  },
  'additivity: J (v + 2u) = J v + 2 J u': (p) => {
    const law = additivity(p)
    return ({ x, v }) => law(x(), v(), v(1))
  },
  'special floats: types, primal, vmap, simplify and bind': (p) => {
    if (mayNotEnd(p.closed)) return () => true
    const typed = wellTyped(p)
    const forward = primal(p)
    const map = isAdaptive(p.closed) ? () => true : vmapIsMap(p, 2)
    const simple = preservesBits(simplifyClosed)(p)
    const split = bindSplits(p, some(p, 0))
    return ({ special, v }) => {
      const x = special()
      return typed(x) && forward(x, v()) && map(twice.map(special)) && simple(x) && split(x)
    }
  },
  'vmap f = map f': (p) => {
    const law = vmapIsMap(p, 3)
    return ({ x }) => law(three.map(x))
  },
  'vmap f = map f, some inputs shared': (p) => {
    const even = vmapIsMap(p, 2, some(p, 0))
    const odd = vmapIsMap(p, 2, some(p, 1))
    return ({ x }) => even(twice.map(x)) && odd(twice.map(x))
  },
  'vmap (jvp f) = map (jvp f)': (p) => {
    const law = vmapOfJvp(p, 2)
    return ({ x, v }) => law(twice.map((k) => withAll(x(k), v(k))))
  },
  'vmap (vjp f) = map (vjp f)': (p) => {
    const law = vmapOfVjp(p, 2)
    return ({ x, w }) => law(twice.map((k) => withAll(x(k), w(k))))
  },
  'jvp (vmap f) = map (jvp f)': (p) => {
    const law = jvpOfVmap(p, 2)
    return ({ x, v }) => law(twice.map(x), twice.map(v))
  },
  'vjp (vmap f) = map (vjp f)': (p) => {
    const law = vjpOfVmap(p, 2)
    return ({ x, w }) => law(twice.map(x), twice.map(w))
  },
  'reverse over forward = forward over reverse': (p) => {
    const law = mixedModes(p)
    return ({ x, v, w }) => law(x(), v(), w())
  },
  'forward over forward = forward over reverse': (p) => {
    const law = twoPushes(p)
    return ({ x, v, w }) => law(x(), v(), v(1), w())
  },
  'second order at ties, zeros and units': (p) => {
    if (mayNotEnd(p.closed)) return () => true
    const law = secondOrder(p)
    return ({ planted, v, w }) => twice.every((k) => law(planted(k), v(), v(1), w()))
  },
  'the Hessian is symmetric': (p) => {
    const law = hessianSymmetry(p)
    return ({ x, v, w }) => law(x(), v(), v(1), w())
  },
  'simplify f = f, and what is simple stays': (p) => {
    const law = preservesBits(simplifyClosed)(p)
    return ({ x }) => law(x()) && reachesNormalForm(simplifyClosed)(p)
  },
  'simplify (vjp f) = vjp f': (p) => {
    const back = vjp(p)
    if (E.isLeft(back)) return () => true
    const law = preservesBits(simplifyClosed)(back.right as AnyProgram)
    return ({ x, w }) => law([...x(), ...w()])
  },
  'bind f: rest(once(known), x) = f(known, x)': (p) => {
    const even = bindSplits(p, some(p, 0))
    const odd = bindSplits(p, some(p, 1))
    const regrouped = regroupedSplits(p, some(p, 1), 1e-6)
    return ({ x }) => even(x()) && odd(x()) && regrouped(x())
  },
  'parse (print f) = f, and printing is deterministic': (p) => () => printThenParse()(p) && printIsStable(p),
}
const isAdaptive = (p: Closed): boolean => p.equations.some((q) => entryOf(q.op).adaptive === true)
/** Whether a program may run for ever at a point it was not drawn for. */
const mayNotEnd = (p: Closed): boolean => whileLoops(p).length > 0
/** Whether the program's values are finite at a point. */
export const finiteAt = (p: AnyProgram, { x }: Point): boolean =>
  evaluate(p.closed, x()).every((y) => y.every(Number.isFinite))
