/**
 * A kernel as gpu.js source: flat arrays, literal bounds, one const per shared scalar, in the outermost loop where it is
 * known. Addresses are written out as sums of integers where they are used: a const would make them floats.
 */

import { unitOf } from '../../../lang/kernel/functions.ts'
import { flatten, type Index, type Monoid, type Scalar } from '../../../lang/kernel/index.ts'
import { bug } from '../../../lang/syntax/error.ts'
import { type Shape, sizeOf, strides } from '../../../lang/syntax/shape.ts'
import { isLinear, written } from '../../rewrite/linear.ts'
import { type Block, type Turns, turnsOf } from '../../rewrite/unroll.ts'
import type { Dialect } from './functions.ts'
import { literal } from './sourceTerms.ts'
import type { ThreadLayout } from './threadLayout.ts'
import { useCountsIn } from './useCounts.ts'

const join: { readonly [M in Monoid]: (sum: string, x: string) => string } = {
  add: (sum, x) => `${sum}+${x}`,
  mul: (sum, x) => `${sum}*${x}`,
  max: (sum, x) => `Math.max(${sum},${x})`,
  min: (sum, x) => `Math.min(${sum},${x})`,
}

/** An expression of a thread index for each axis of a group, and the group's flat index. */
const axesOfGroup = (sizes: Shape, thread: string, floorOf: Dialect['quotient']): readonly string[] => {
  const by = strides(sizes)
  return sizes.map((n, d) => {
    const stride = by[d] as number
    const quotient = stride === 1 ? thread : floorOf(thread, stride, sizeOf(sizes))
    const outer = sizeOf(sizes.slice(0, d))
    return n === 1 ? '0' : outer === 1 ? quotient : `${quotient}-${n}*${floorOf(thread, stride * n, sizeOf(sizes))}`
  })
}

/** What one thread computes: `bodies` are the elements it answers with, usually one. */
export interface Thread {
  readonly indices: readonly Index[]
  readonly bodies: readonly Scalar[]
  /** Sizes of the arrays it reads. */
  readonly shapes: readonly Shape[]
  readonly layout: ThreadLayout
}

export const printThread = (
  { indices, bodies, shapes, layout }: Thread,
  { functions, integral, quotient, hasSpecials, traps }: Dialect,
  turns: Turns,
): { readonly source: string; readonly numbers: readonly number[] } => {
  const block = turnsOf(indices, bodies, turns)
  const uses = useCountsIn(block, bodies)
  const names = new Map<Scalar, string>()
  const inline = new Map<Scalar, string>()
  const conditions = new Map<Scalar, string>()
  const head: string[] = []
  const lines: string[] = []
  const numbers: number[] = []
  /** NaN and infinities are arguments where the source cannot say them. */
  const number = (v: number): string => {
    if (hasSpecials || Number.isFinite(Math.fround(v))) return literal(v)
    const special = Math.fround(v)
    const known = numbers.findIndex((n) => Object.is(n, special))
    return `c${known < 0 ? numbers.push(special) - 1 : known}`
  }
  /** As the first value of a variable, which is an integer in WebGL where its text is. */
  const real = (v: number): string => (v === 0 ? '0.0' : v === 1 ? '1.0' : number(v))
  let next = 0
  const name = (prefix: string): string => `${prefix}${next++}`
  const constant = (code: string): string => {
    const n = name('t')
    lines.push(`const ${n}=${code};`)
    return n
  }

  // -- indices of the output: thread indices where an axis has one to itself, decoded at the head where it does not
  const groups = [
    { thread: 'this.thread.y', sizes: layout.slow, indices: indices.slice(0, layout.slow.length) },
    { thread: 'this.thread.x', sizes: layout.fast, indices: indices.slice(layout.slow.length) },
  ]
  const decoded = new Map<Scalar, string>()
  const raw = new Map<Scalar, string>()
  for (const g of groups) {
    const texts = axesOfGroup(g.sizes, g.thread, quotient)
    g.indices.forEach((i, d) => {
      const text = texts[d] as string
      if (text === g.thread || text === '0') raw.set(i, text)
      else decoded.set(i, text)
    })
  }
  /** As an integer expression. */
  const integer = (i: Index): string => raw.get(i) ?? value(i)
  /** As a value: a float const of its own. */
  const indexValue = (i: Index): string => {
    const text = decoded.get(i) ?? raw.get(i) ?? bug('an index without a loop')
    const n = name('i')
    head.push(`const ${n}=${text};`)
    names.set(i, n)
    return n
  }

  // -- addresses
  const address = (s: Scalar): string => {
    const { constant: c, terms } = written(s)
    const rest = new Map(terms)
    const parts: string[] = []
    const term = (text: string, by: number): void => {
      parts.push(by === 1 ? text : `${text}*${by < 0 ? `(${by})` : by}`)
    }
    for (const g of groups) {
      // all axes of a group in proportion: the thread index itself
      const by = strides(g.sizes)
      const some = g.indices.findIndex((_, d) => g.sizes[d] !== 1)
      const scale = some < 0 ? 0 : (rest.get(g.indices[some] as Index) ?? 0) / (by[some] as number)
      const whole =
        scale !== 0 && g.indices.every((i, d) => g.sizes[d] === 1 || rest.get(i) === scale * (by[d] as number))
      if (!whole || !Number.isInteger(scale)) continue
      for (const i of g.indices) rest.delete(i)
      term(g.thread, scale)
    }
    // what is no index is a float, and has a name: inside brackets WebGL would read its literals as integers
    for (const [t, by] of rest) if (raw.get(t) !== '0') term(t._tag === 'Index' ? integer(t) : atom(t), by)
    if (c !== 0 || parts.length === 0) parts.push(c < 0 ? `(${c})` : String(c))
    return parts.join('+')
  }
  /** A guard discards what is read outside; where reading traps, the address is kept inside if no range proves it so. */
  const loadText = (s: Scalar & { readonly _tag: 'Load' }): string => {
    const shape = shapes[s.source] ?? bug('a load of nothing')
    const at = flatten(shape, s.at)
    const last = Math.max(0, sizeOf(shape) - 1)
    const range = at.range
    const text = address(at)
    return !traps || (range !== undefined && range[0] >= 0 && range[1] <= last)
      ? `a${s.source}[${text}]`
      : `a${s.source}[Math.max(0,Math.min(${last},${text}))]`
  }

  // -- values
  const value = (s: Scalar): string => {
    const known = names.get(s) ?? inline.get(s)
    if (known !== undefined) return known
    const condition = conditions.get(s)
    if (condition !== undefined) return `(${condition}?1.0:0.0)`
    if (s._tag === 'Num') return number(s.value)
    if (s._tag === 'Index') return indexValue(s)
    return bug(`a ${s._tag} used before it is made`)
  }
  const condition = (s: Scalar): string =>
    s._tag === 'Num' ? (s.value !== 0 ? '(1>0)' : '(0>1)') : (conditions.get(s) ?? `(${value(s)}!==0.0)`)
  const atom = (s: Scalar): string => {
    const text = value(s)
    if (/^\w+$/.test(text)) return text
    const n = constant(text)
    if (s._tag !== 'Num') names.set(s, n)
    return n
  }
  /** An index by a constant. */
  const divide = (s: Scalar & { readonly _tag: 'Call' }): string | undefined => {
    const [a, n] = s.args
    if (a?.range === undefined || a.range[0] < 0 || n?._tag !== 'Num' || n.value <= 0) return undefined
    const x = atom(a)
    const q = quotient(x, n.value, a.range[1] + 1)
    return s.fn === 'idiv' ? q : `(${x}-${n.value}*${q})`
  }
  const callText = (
    s: Scalar & { readonly _tag: 'Call' },
  ): { readonly text: string; readonly isCondition: boolean } => {
    const [a, b, c] = s.args
    if (s.fn === 'select')
      return { text: `(${condition(a as Scalar)}?${value(b as Scalar)}:${value(c as Scalar)})`, isCondition: false }
    const divided = s.fn === 'idiv' || s.fn === 'mod' ? divide(s) : undefined
    if (divided !== undefined) return { text: divided, isCondition: false }
    const f = (a?.dtype === 'int' ? integral : functions)[s.fn]
    const ofTests = 'condition' in f && (s.fn === 'and' || s.fn === 'or' || s.fn === 'not')
    const args = s.args.map(ofTests ? condition : 'twice' in f ? atom : value)
    return { text: f.text(args, constant), isCondition: 'condition' in f }
  }
  const printLet = (s: Scalar & { readonly _tag: 'Call' | 'Load' }): void => {
    const { count, near } = uses(s)
    if (count === 0) return // an address, or part of one
    const { text, isCondition } =
      s._tag === 'Load'
        ? { text: loadText(s), isCondition: false }
        : isLinear(s)
          ? { text: address(s), isCondition: false }
          : callText(s)
    if (count === 1 && near && text.length < 160 && !isLinear(s)) (isCondition ? conditions : inline).set(s, text)
    else if (isCondition && 'condition' in functions.and) conditions.set(s, constant(text))
    else names.set(s, constant(isCondition ? `(${text}?1.0:0.0)` : text))
  }
  const print = (b: Block): void => {
    for (const s of b) {
      switch (s._tag) {
        case 'Let':
          printLet(s.scalar)
          break
        case 'Start': {
          const sum = name('r')
          names.set(s.reduce, sum)
          lines.push(`let ${sum}=${s.from ? value(s.from) : real(unitOf[s.reduce.by])};`)
          break
        }
        case 'Into': {
          const sum = value(s.reduce)
          lines.push(`${sum}=${join[s.reduce.by](sum, value(s.term))};`)
          break
        }
        case 'For': {
          const counter = name('k')
          lines.push(`for(let ${counter}=0;${counter}<${s.index.size};${counter}++){`)
          raw.set(s.index, counter)
          if (uses(s.index).count > 0) names.set(s.index, constant(counter))
          print(s.body)
          lines.push('}')
        }
      }
    }
  }
  print(block)
  const results = bodies.map(value)
  const answer = results.length === 1 ? results[0] : `[${results.join(',')}]`
  const args = [...shapes.map((_, i) => `a${i}`), ...numbers.map((_, i) => `c${i}`)].join(',')
  return { source: `function(${args}){\n${[...head, ...lines].join('\n')}\nreturn ${answer};\n}`, numbers }
}
