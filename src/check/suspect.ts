/**
 * Finds the equation at fault: the smallest part of a program that fails by itself, at the values that the program
 * computes there. Single equations are tried first; then pairs, one reading the other; then the shortest prefix of the
 * program that fails, shortened from its front as far as it still fails. If the part found has bodies or is a gradient,
 * these are searched in the same manner.
 */

import * as E from 'fp-ts/lib/Either.js'
import type { Tensor } from '../../lang/evaluate.ts'
import { buffers, type Meaning } from '../../lang/kernel/index.ts'
import { entryOf } from '../../lang/primitives/index.ts'
import { at, type Closed, type Equation, inTypes, isClosed, outTypes, typesOf } from '../../lang/syntax/closed.ts'
import { nth } from '../../lang/syntax/list.ts'
import type { UntypedProgram } from '../../lang/syntax/program.ts'
import { isReal, type Type } from '../../lang/syntax/shape.ts'
import { foldIn, type Key } from '../random/key.ts'
import type { EvaluationMeter } from './budget.ts'
import { claimOf, gradientOf, type Modes, modesOf, scalesAt } from './modes.ts'
import { direction, type Point } from './point.ts'
import type { Check, Suspect } from './report.ts'
import { forward, inputLeaves, outputLeaves, reverse } from './sample.ts'

/**
 * Some equations as a program. Its inputs are the values that they read from other equations; it outputs all results.
 */
interface Subprogram {
  readonly closed: Closed
  /** The numbers of its inputs in the whole program. */
  readonly inputs: readonly number[]
}
export const subprogramOf = (p: Closed, equations: readonly Equation[]): Subprogram => {
  const types = typesOf(p)
  const made = new Set(equations.flatMap((q) => q.outs.map((_, k) => q.first + k)))
  const inputs = [...new Set(equations.flatMap((q) => q.args).filter((a) => !made.has(a)))]
  const number = new Map(inputs.map((v, k) => [v, k]))
  const moved: Equation[] = []
  for (const q of equations) {
    const first = number.size
    moved.push({ ...q, args: q.args.map((a) => number.get(a) as number), first })
    q.outs.forEach((_, k) => {
      number.set(q.first + k, first + k)
    })
  }
  const named = inputs.map((v) => ({ name: p.inputs[v]?.name ?? `v${v}`, type: nth(types, v) }))
  return { closed: { inputs: named, equations: moved, outputs: [...made].map((v) => number.get(v) as number) }, inputs }
}
export const programOf = (closed: Closed): UntypedProgram => ({ in: inTypes(closed), out: outTypes(closed), closed })

/** The first check that a program fails at a point. */
const failure = (p: UntypedProgram, x: Point, key: Key, second: boolean, meter: EvaluationMeter): Check | undefined => {
  const both = claimOf(p)
  const claim = E.isRight(both) ? both : claimOf(p, false)
  if (E.isLeft(claim)) return undefined
  const m = modesOf(claim.right, meter)
  const found = failureOf(m, x, key)
  const gradient = second && found === undefined && E.isRight(both) ? gradientOf(p) : undefined
  if (gradient === undefined || E.isLeft(gradient)) return found
  const w = direction(foldIn(9)(key), m.outs.filter(isReal))
  const check = failure(gradient.right, [...x, ...w], foldIn(8)(key), false, meter)
  return check && { ...check, name: check.name === 'reverse' ? 'second reverse' : 'second forward' }
}
const failureOf = (m: Modes, x: Point, key: Key): Check | undefined => {
  if (!m.ins.some(isReal) || !m.outs.some(isReal)) return undefined
  const v = direction(foldIn(0)(key), m.ins.filter(isReal), scalesAt(m, x))
  const w = direction(foldIn(1)(key), m.outs.filter(isReal))
  const ahead = forward('forward', m, x, v, outputLeaves(m.outs.filter(isReal)), foldIn(2)(key))
  if (ahead?.ruling === 'wrong') return ahead.check
  const back = ahead === undefined ? undefined : reverse('reverse', m, x, v, w, foldIn(3)(key))
  return back?.ruling === 'wrong'
    ? {
        ...back.check,
        worst: {
          ...back.check.worst,
          leaf: inputLeaves(m)
            .map((l) => l.name)
            .join(', '),
        },
      }
    : undefined
}

/** The values that a body starts with. */
const startOf = (m: Meaning, attr: Closed, args: readonly Tensor[]): Point | undefined => {
  switch (m._tag) {
    case 'Inline':
      return m.body === attr ? args : undefined
    case 'Branch':
      return m.bodies.includes(attr) ? args.slice(1) : undefined
    case 'While':
      return m.body === attr ? args : undefined
    case 'Loop': {
      const t = m.reverse ? m.length - 1 : 0
      const row = (x: Tensor): Tensor => x.subarray((t * x.length) / m.length, ((t + 1) * x.length) / m.length)
      const { carries, rows } = m
      return m.body === attr
        ? [...args.slice(0, carries), ...args.slice(carries, carries + rows).map(row), ...args.slice(carries + rows)]
        : undefined
    }
    case 'Kernel':
    case 'Data':
    case 'Scatter':
    case 'Sort':
      return undefined
  }
}
/** How many bodies deep the search goes. */
const deepest = 4

const inside = (
  q: Equation,
  types: readonly Type[],
  args: readonly Tensor[],
  key: Key,
  second: boolean,
  depth: number,
  meter: EvaluationMeter,
): Suspect['within'] => {
  if (depth >= deepest) return undefined
  const m = entryOf(q.op).meaning(q.attrs, buffers(types), q.outs)
  for (const [attribute, attr] of Object.entries(q.attrs)) {
    const x = isClosed(attr) ? startOf(m, attr, args) : undefined
    const suspect = x && isClosed(attr) ? suspectIn(attr, x, foldIn(11)(key), second, meter, depth + 1) : undefined
    if (suspect !== undefined) return { attribute, suspect }
  }
  return undefined
}
/** A second derivative is wrong where some equation of the gradient has a wrong first one. */
const inGradient = (part: Closed, x: Point, key: Key, depth: number, meter: EvaluationMeter): Suspect['within'] => {
  const g = depth >= deepest ? E.left([]) : gradientOf(programOf(part))
  if (E.isLeft(g)) return undefined
  const w = direction(foldIn(9)(key), outTypes(part).filter(isReal))
  const suspect = suspectIn(g.right.closed, [...x, ...w], foldIn(12)(key), false, meter, depth + 1)
  return suspect && { attribute: 'gradient', suspect }
}

/** The search in one program: whether some of its equations fail by themselves, at the values that they have there. */
interface Search {
  readonly p: Closed
  readonly values: readonly Tensor[]
  readonly key: Key
  readonly depth: number
  readonly meter: EvaluationMeter
  readonly fails: (equations: readonly Equation[], second: boolean) => Check | undefined
}
const searchIn = (p: Closed, x: Point, key: Key, depth: number, meter: EvaluationMeter): Search => {
  const values = meter.trace(p, x)
  const fails: Search['fails'] = (equations, second) => {
    const part = subprogramOf(p, equations)
    return failure(
      programOf(part.closed),
      at(values, part.inputs),
      foldIn(equations[0]?.first ?? 0)(key),
      second,
      meter,
    )
  }
  return { p, values, key, depth, meter, fails }
}
/** The suspect of a check that some equations fail. */
const suspectOf = (
  { p, values, key, depth, meter }: Search,
  numbers: readonly number[],
  check: Check,
  others: readonly number[] = [],
): Suspect => {
  const equations = numbers.map((k) => nth(p.equations, k))
  const part = subprogramOf(p, equations)
  const [q] = equations
  const second = check.name.startsWith('second')
  const within =
    q === undefined || numbers.length > 1
      ? undefined
      : (inside(q, at(typesOf(p), q.args), at(values, q.args), key, second, depth, meter) ??
        (second ? inGradient(part.closed, at(values, part.inputs), key, depth, meter) : undefined))
  return {
    equations: numbers,
    ops: equations.map((e) => e.op),
    part: part.closed,
    check,
    others,
    ...(within && { within }),
  }
}
const single = (s: Search, second: boolean): Suspect | undefined => {
  const alone = s.p.equations.flatMap((q, k) => {
    const check = s.fails([q], second)
    return check === undefined ? [] : [{ k, check }]
  })
  const [first, ...rest] = alone
  return (
    first &&
    suspectOf(
      s,
      [first.k],
      first.check,
      rest.map((r) => r.k),
    )
  )
}
const pair = (s: Search, second: boolean): Suspect | undefined => {
  const reads = (r: Equation, q: Equation): boolean => r.args.some((a) => q.first <= a && a < q.first + q.outs.length)
  for (const [j, q] of s.p.equations.entries())
    for (const [k, r] of s.p.equations.entries()) {
      const check = k > j && reads(r, q) ? s.fails([q, r], second) : undefined
      if (check !== undefined) return suspectOf(s, [j, k], check)
    }
  return undefined
}
/** The shortest beginning that fails, by halving; then without as much of its front as can be spared. */
const shortest = (s: Search, second: boolean): Suspect | undefined => {
  const all = s.p.equations
  const passes = (from: number, to: number): boolean => s.fails(all.slice(from, to), second) === undefined
  if (all.length < 3 || passes(0, all.length)) return undefined
  /** By bisection, the border between low, where `holds` is true, and high, where it is false. */
  const border = (low: number, high: number, holds: (k: number) => boolean): readonly [low: number, high: number] => {
    const middle = (low + high) >> 1
    if (high - low <= 1) return [low, high]
    return holds(middle) ? border(middle, high, holds) : border(low, middle, holds)
  }
  const [, end] = border(0, all.length, (k) => passes(0, k))
  const [start] = border(0, end, (k) => !passes(k, end))
  const check = s.fails(all.slice(start, end), second)
  return (
    check &&
    suspectOf(
      s,
      Array.from({ length: end - start }, (_, i) => start + i),
      check,
    )
  )
}
/** Undefined where every part passes. `second`: second derivatives too. */
export const suspectIn = (
  p: Closed,
  x: Point,
  key: Key,
  second: boolean,
  meter: EvaluationMeter,
  depth = 0,
): Suspect | undefined => {
  const s = searchIn(p, x, key, depth, meter)
  const smallest = (twice: boolean): Suspect | undefined => single(s, twice) ?? pair(s, twice) ?? shortest(s, twice)
  return smallest(false) ?? (second ? smallest(true) : undefined)
}
