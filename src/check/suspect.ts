/**
 * Which equation is at fault: the smallest part of a program that fails by itself, at the values that the program has
 * there. Equations one by one; then pairs, one reading the other; then the shortest beginning of the program that fails,
 * cut from the front. Inside what is found, the bodies of its attributes and its gradient are searched in the same way.
 */
import * as E from 'fp-ts/lib/Either.js'
import { type Tensor, trace } from '../../lang/evaluate.ts'
import { buffers, type Meaning } from '../../lang/kernel/index.ts'
import { entryOf } from '../../lang/primitives/index.ts'
import {
  at,
  type Closed,
  type Equation,
  inTypes,
  isClosed,
  outsOf,
  outTypes,
  typesOf,
} from '../../lang/syntax/closed.ts'
import { isReal, type Type } from '../../lang/syntax/shape.ts'
import { child, type Key } from '../random/key.ts'
import { type AnyProgram, claimOf, gradientOf, type Modes, modesOf, scalesAt } from './modes.ts'
import { direction, type Point } from './point.ts'
import type { Check, Suspect } from './report.ts'
import { forward, inputLeaves, outputLeaves, reverse } from './sample.ts'

/** Some equations as a program: its inputs are what they read from others, its outputs all that they make. */
export interface Subprogram {
  readonly closed: Closed
  /** The numbers of its inputs in the whole. */
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
  const named = inputs.map((v) => ({ name: p.inputs[v]?.name ?? `v${v}`, type: types[v] as Type }))
  return { closed: { inputs: named, equations: moved, outputs: [...made].map((v) => number.get(v) as number) }, inputs }
}
export const programOf = (closed: Closed): AnyProgram => ({ in: inTypes(closed), out: outTypes(closed), closed })

/** The first check that a program fails at a point. */
const failure = (p: AnyProgram, x: Point, key: Key, second: boolean): Check | undefined => {
  const both = claimOf(p)
  const claim = E.isRight(both) ? both : claimOf(p, false)
  if (E.isLeft(claim)) return undefined
  const m = modesOf(claim.right)
  const found = failureOf(m, x, key)
  const gradient = second && found === undefined && E.isRight(both) ? gradientOf(p) : undefined
  if (gradient === undefined || E.isLeft(gradient)) return found
  const w = direction(child(key, 9), m.outs.filter(isReal))
  const check = failure(gradient.right, [...x, ...w], child(key, 8), false)
  return check && { ...check, name: check.name === 'reverse' ? 'second reverse' : 'second forward' }
}
const failureOf = (m: Modes, x: Point, key: Key): Check | undefined => {
  if (!m.ins.some(isReal) || !m.outs.some(isReal)) return undefined
  const v = direction(child(key, 0), m.ins.filter(isReal), scalesAt(m, x))
  const w = direction(child(key, 1), m.outs.filter(isReal))
  const ahead = forward('forward', m, x, v, outputLeaves(m), child(key, 2))
  if (ahead?.ruling === 'wrong') return ahead.check
  const back = ahead === undefined ? undefined : reverse('reverse', m, x, v, w, child(key, 3))
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
): Suspect['within'] => {
  if (depth >= deepest) return undefined
  const m = entryOf(q.op).meaning(q.attrs, buffers(types), q.outs)
  for (const [attribute, attr] of Object.entries(q.attrs)) {
    const x = isClosed(attr) ? startOf(m, attr, args) : undefined
    const suspect = x && isClosed(attr) ? suspectIn(attr, x, child(key, 11), second, depth + 1) : undefined
    if (suspect !== undefined) return { attribute, suspect }
  }
  return undefined
}
/** A second derivative is wrong where some equation of the gradient has a wrong first one. */
const inGradient = (part: Closed, x: Point, key: Key, depth: number): Suspect['within'] => {
  const g = depth >= deepest ? E.left([]) : gradientOf(programOf(part))
  if (E.isLeft(g)) return undefined
  const w = direction(child(key, 9), outTypes(part).filter(isReal))
  const suspect = suspectIn(g.right.closed, [...x, ...w], child(key, 12), false, depth + 1)
  return suspect && { attribute: 'gradient', suspect }
}

/** Undefined where every part passes. `second`: second derivatives too. */
export const suspectIn = (p: Closed, x: Point, key: Key, second: boolean, depth = 0): Suspect | undefined => {
  const values = trace(p, x)
  const fails = (equations: readonly Equation[], twice: boolean): Check | undefined => {
    const part = subprogramOf(p, equations)
    return failure(programOf(part.closed), at(values, part.inputs), child(key, equations[0]?.first ?? 0), twice)
  }
  const found = (numbers: readonly number[], check: Check, others: readonly number[]): Suspect => {
    const equations = numbers.map((k) => p.equations[k] as Equation)
    const part = subprogramOf(p, equations)
    const start = at(values, part.inputs)
    const [q] = equations
    const twice = check.name.startsWith('second')
    const deeper =
      q === undefined || numbers.length > 1
        ? undefined
        : (inside(q, at(typesOf(p), q.args), at(values, q.args), key, twice, depth) ??
          (twice ? inGradient(part.closed, start, key, depth) : undefined))
    return {
      equations: numbers,
      ops: equations.map((e) => e.op),
      part: part.closed,
      check,
      others,
      ...(deeper && { within: deeper }),
    }
  }
  const smallest = (twice: boolean): Suspect | undefined => {
    const alone = p.equations.flatMap((q, k) => {
      const check = fails([q], twice)
      return check === undefined ? [] : [{ k, check }]
    })
    const [first, ...rest] = alone
    if (first !== undefined)
      return found(
        [first.k],
        first.check,
        rest.map((r) => r.k),
      )
    for (const [j, q] of p.equations.entries())
      for (const [k, r] of p.equations.entries()) {
        if (k <= j || !r.args.some((a) => outsOf(q, numbersOf(q)).includes(a))) continue
        const check = fails([q, r], twice)
        if (check !== undefined) return found([j, k], check, [])
      }
    return shortest(p, (equations) => fails(equations, twice), found)
  }
  return smallest(false) ?? (second ? smallest(true) : undefined)
}
/** Numbers such that outsOf gives an equation's own. */
const numbersOf = (q: Equation): readonly number[] => Array.from({ length: q.first + q.outs.length }, (_, k) => k)

/** The shortest beginning that fails, by halving; then as little of its front as fails still. */
const shortest = (
  p: Closed,
  fails: (equations: readonly Equation[]) => Check | undefined,
  found: (numbers: readonly number[], check: Check, others: readonly number[]) => Suspect,
): Suspect | undefined => {
  const all = p.equations
  if (all.length < 3 || fails(all) === undefined) return undefined
  let low = 0
  let high = all.length
  while (high - low > 1) {
    const middle = (low + high) >> 1
    if (fails(all.slice(0, middle)) === undefined) low = middle
    else high = middle
  }
  let from = 0
  let until = high
  while (until - from > 1) {
    const middle = (from + until) >> 1
    if (fails(all.slice(middle, high)) === undefined) until = middle
    else from = middle
  }
  const check = fails(all.slice(from, high))
  return (
    check &&
    found(
      Array.from({ length: high - from }, (_, i) => from + i),
      check,
      [],
    )
  )
}
