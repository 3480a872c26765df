/**
 * A law is an equation between two sides, and the equation IS the rule: an expression that the left side matches is
 * rewritten to the right side. Both sides are patterns, plain data that a test can build, compare and evaluate.
 *
 * How to write a law:
 *
 *   law('permute p (permute q x) = permute (q . p) x',       1. the equation, as one would write it on paper
 *     of(permuteEntry, p, of(permuteEntry, q, x)),           2. the left side
 *     of(permuteEntry, (m) => composed(m(q), m(p)), x),      3. the right side
 *     { where: (m) => ..., sample: [is(p, ...), is(q, ...)] })
 *
 * 2. x, y, z match any expression; c matches one that is a single number everywhere; xs matches all further arguments;
 *    attributes<A>() matches the attributes of an operation. A variable that occurs twice must match the same thing
 *    twice.
 * 3. The right side is a pattern too, whose attributes may be computed from the match m, or a function of the match,
 *    for what no pattern can say. m(x) is the expression matched, m(c) the number, m(p) the attributes.
 * 4. `where` is a further condition. `sample` holds the attributes, numbers and conditions that the test of the law
 *    uses. x and y are arrays of shape [2, 3] unless `sample` says otherwise.
 *
 * A law must hold for every float, bit for bit: NaN, infinities and -0 included. Each must make the program smaller, or
 * move it towards a normal form, so that rewriting ends. `npx vitest run test/src/transform/simplify.test.ts` checks
 * it.
 */
import { constantEntry } from '../../../lang/primitives/constant.ts'
import { apply, type Entry } from '../../../lang/primitives/entry.ts'
import type { Apply, Expr } from '../../../lang/syntax/expr.ts'
import { type Attrs, sameAttrs } from '../../../lang/syntax/plain.ts'

// -- patterns ---------------------------------------------------------------------------------------------------------

/** Matches any expression. */
interface Any {
  readonly _tag: 'Any'
}
/** Matches an expression that is one number everywhere: `value`, where it is given. */
interface Const {
  readonly _tag: 'Const'
  readonly value?: number
}
/** Matches all further arguments. */
export interface Rest {
  readonly _tag: 'Rest'
}
/** Matches the attributes of an operation. */
interface AttrsHole<A extends Attrs = Attrs> {
  readonly _tag: 'Attrs'
  /** Never set: it carries the type of the attributes. */
  readonly of?: A
}
export interface Operation {
  readonly _tag: 'Operation'
  readonly entry: Entry
  readonly attrs: AttrsHole | Attrs | ((m: Match) => Attrs)
  readonly args: readonly (Pattern | Rest)[]
}
export type Pattern = Any | Const | Operation
type Hole = Any | Const | Rest | AttrsHole

export const any = (): Any => ({ _tag: 'Any' })
export const constant = (value?: number): Const => (value === undefined ? { _tag: 'Const' } : { _tag: 'Const', value })
export const rest = (): Rest => ({ _tag: 'Rest' })
export const attributes = <A extends Attrs>(): AttrsHole<A> => ({ _tag: 'Attrs' })
/** An application of a primitive. Its attributes are fixed, matched by a hole, or, on the right side, computed. */
export const of = <A extends Attrs, N extends readonly unknown[]>(
  entry: Entry<A, N>,
  attrs: AttrsHole<A> | A | ((m: Match) => A),
  ...args: readonly (Pattern | Rest)[]
): Operation => ({ _tag: 'Operation', entry: entry as unknown as Entry, attrs, args })

/** What the holes of a pattern matched. */
export interface Match {
  (hole: Any): Expr
  (hole: Const): number
  (hole: Rest): readonly Expr[]
  <A extends Attrs>(hole: AttrsHole<A>): A
}
type Found = Map<Hole, Expr | readonly Expr[] | Attrs>
const matchOf = (found: Found): Match =>
  ((hole: Hole) => (hole._tag === 'Const' ? constantOf(found.get(hole) as Expr) : found.get(hole))) as Match

/** The number that an expression is everywhere, if it is a constant. */
export const constantOf = (e: Expr): number | undefined =>
  e.node._tag === 'Apply' && e.node.op === constantEntry.name ? (e.node.attrs.value as number) : undefined

// -- matching and building --------------------------------------------------------------------------------------------

const isHole = (a: Operation['attrs']): a is AttrsHole => typeof a === 'object' && (a as AttrsHole)._tag === 'Attrs'
/** Records what a hole matches; false where it matched something else before. */
const bind = <T extends Expr | Attrs>(found: Found, hole: Hole, it: T, same: (a: T, b: T) => boolean): boolean => {
  const before = found.get(hole) as T | undefined
  found.set(hole, it)
  return before === undefined || same(before, it)
}
const identical = (a: unknown, b: unknown): boolean => a === b
const bindAttrs = (pattern: Operation['attrs'], attrs: Attrs, found: Found): boolean =>
  isHole(pattern) ? bind(found, pattern, attrs, sameAttrs) : typeof pattern !== 'function' && sameAttrs(pattern, attrs)

/**
 * Whether operations and numbers are where the pattern has them: most attempts end here, and nothing has been recorded.
 */
const fits = (p: Pattern | Rest, e: Expr | undefined): boolean => {
  if (p._tag === 'Rest') return true
  if (e === undefined) return false
  switch (p._tag) {
    case 'Any':
      return true
    case 'Const': {
      const value = constantOf(e)
      return value !== undefined && (p.value === undefined || Object.is(value, p.value))
    }
    case 'Operation': {
      const n = e.node
      if (n._tag !== 'Apply' || n.op !== p.entry.name || n.outs.length !== 1) return false
      const enough = p.args.at(-1)?._tag === 'Rest' || n.args.length === p.args.length
      return enough && p.args.every((a, i) => fits(a, n.args[i]))
    }
  }
}
/** Records what the holes of a pattern match in an expression that it fits. */
const bindAll = (p: Pattern, e: Expr, found: Found): boolean => {
  switch (p._tag) {
    case 'Any':
      return bind(found, p, e, identical)
    case 'Const':
      return bind(found, p, e, (a, b) => Object.is(constantOf(a), constantOf(b)))
    case 'Operation': {
      const { attrs, args } = e.node as Apply
      return (
        bindAttrs(p.attrs, attrs, found) &&
        p.args.every((a, i) => {
          if (a._tag !== 'Rest') return bindAll(a, args[i] as Expr, found)
          found.set(a, args.slice(i))
          return true
        })
      )
    }
  }
}
/** The expression that a pattern describes once its holes are filled with these. */
const build = (p: Pattern, found: Found): Expr => {
  if (p._tag !== 'Operation') return found.get(p) as Expr
  const attrs = typeof p.attrs === 'function' ? p.attrs(matchOf(found)) : isHole(p.attrs) ? found.get(p.attrs) : p.attrs
  const args = p.args.flatMap((a) => (a._tag === 'Rest' ? (found.get(a) as readonly Expr[]) : [build(a, found)]))
  return apply(p.entry, attrs as Attrs, ...args)
}

// -- laws -------------------------------------------------------------------------------------------------------------

export interface Rule {
  /** The equation, as one would write it. */
  readonly law: string
  /** The outermost operation of the left side, so that a node meets only the laws that could apply. */
  readonly head: string
  /** The right side, where the left side matches. */
  readonly rewrite: (e: Expr) => Expr | undefined
  /** Both sides at the sample: what the test of the law compares. */
  readonly sides: (x: Expr, y: Expr) => readonly [left: Expr, right: Expr]
}
/** The value of a hole in the sample, given the arrays x and y. */
interface Sampled {
  readonly hole: Hole
  readonly is: (x: Expr, y: Expr) => Expr | readonly Expr[] | Attrs
}
export const is = <A extends Attrs>(hole: AttrsHole<A>, attrs: A): Sampled => ({ hole, is: () => attrs })
export const isExpr = (hole: Any | Const, e: (x: Expr) => Expr): Sampled => ({ hole, is: e })
export const areExprs = (hole: Rest, es: (x: Expr) => readonly Expr[]): Sampled => ({ hole, is: es })

/** The holes that most laws use. */
export const x = any()
export const y = any()

interface LawOptions {
  /** Given the match, and the expression that the left side matches. */
  readonly where?: (m: Match, e: Expr) => boolean
  readonly sample?: readonly Sampled[]
}
export const law = (
  text: string,
  left: Operation,
  right: Pattern | ((m: Match) => Expr),
  { where = () => true, sample = [] }: LawOptions = {},
): Rule => {
  const rightOf = (found: Found): Expr => (typeof right === 'function' ? right(matchOf(found)) : build(right, found))
  return {
    law: text,
    head: left.entry.name,
    rewrite: (e) => {
      if (!fits(left, e)) return undefined
      const found: Found = new Map()
      return bindAll(left, e, found) && where(matchOf(found), e) ? rightOf(found) : undefined
    },
    sides: (a, b) => {
      const found: Found = new Map<Hole, Expr>([
        [x, a],
        [y, b],
      ])
      for (const s of sample) found.set(s.hole, s.is(a, b))
      return [build(left, found), rightOf(found)]
    },
  }
}
