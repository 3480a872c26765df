/** The names of a kernel's scalars while it is printed, and the declarations of these names. */
import type { Index, Scalar } from '../../../lang/kernel/index.ts'
import { bug } from '../../../lang/syntax/error.ts'
import type { Bind } from './sourceTerms.ts'
import type { Syntax } from './syntax.ts'
import { type AxisGroup, axisTexts } from './threadLayout.ts'

export interface Names {
  /** Scalars as values: the name of a constant or a variable, or the whole text of one that is used once. */
  readonly values: Map<Scalar, string>
  /** Scalars as conditions. */
  readonly conditions: Map<Scalar, string>
  /** Indices as integers: a thread index, a loop counter, or 0 where the axis has size 1. */
  readonly integers: Map<Scalar, string>
  /** A name that is not used yet. */
  readonly fresh: (prefix: string) => string
  /** Declares a constant after the statements so far; returns its name. */
  readonly bind: Bind
  /** Declares an index of the output as a real constant, before all statements. */
  readonly declareIndex: (i: Index) => string
  readonly number: (v: number) => string
  /** The initial value of a variable. */
  readonly initial: (v: number) => string
  /** The statements so far. */
  readonly lines: string[]
  /** The declarations of indices. */
  readonly head: string[]
  /** Numbers that the language cannot write; they are the arguments c0, c1, ... */
  readonly specials: number[]
}

export const makeNames = (syntax: Syntax, groups: readonly AxisGroup[]): Names => {
  const values = new Map<Scalar, string>()
  const integers = new Map<Scalar, string>()
  const axes = new Map<Index, string>()
  for (const g of groups)
    for (const [i, text] of axisTexts(g, syntax)) {
      axes.set(i, text)
      if (text === g.thread || text === '0') integers.set(i, text)
    }
  const lines: string[] = []
  const head: string[] = []
  const specials: number[] = []
  let count = 0
  const fresh = (prefix: string): string => `${prefix}${count++}`
  const special = (v: number): string => {
    const known = specials.findIndex((n) => Object.is(n, v))
    return `c${known < 0 ? specials.push(v) - 1 : known}`
  }
  const write =
    (text: (v: number) => string) =>
    (v: number): string =>
      syntax.hasSpecials || Number.isFinite(Math.fround(v)) ? text(v) : special(Math.fround(v))
  return {
    values,
    conditions: new Map(),
    integers,
    fresh,
    bind: (code) => {
      const name = fresh('t')
      lines.push(syntax.constant(name, code))
      return name
    },
    declareIndex: (i) => {
      const text = axes.get(i) ?? integers.get(i) ?? bug('an index without a loop')
      const name = fresh('i')
      head.push(syntax.constant(name, text))
      values.set(i, name)
      return name
    },
    number: write(syntax.number),
    initial: write(syntax.initial),
    lines,
    head,
    specials,
  }
}
