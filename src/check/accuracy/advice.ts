/**
 * Formulas that lose digits, and what to write instead. A row is an identity between two formulas; x and y stand for any
 * expression. The formula on the left is looked for in the equations of a program.
 */
import * as E from 'fp-ts/lib/Either.js'
import { broadcastEntry } from '../../../lang/primitives/broadcast.ts'
import { constantEntry } from '../../../lang/primitives/constant.ts'
import { entryOf } from '../../../lang/primitives/index.ts'
import type { Closed, Equation } from '../../../lang/syntax/closed.ts'
import { nth } from '../../../lang/syntax/list.ts'
import { sameAttrs } from '../../../lang/syntax/plain.ts'
import { parse } from '../../../lang/text/index.ts'
import { formulaOf } from '../nonFinite/formula.ts'

/** Longer formulas stand before those that they contain. */
export const identities: readonly (readonly [lossy: string, instead: string])[] = [
  ['log(1 + exp(x))', 'softplus(x)'],
  ['log(exp(x) + exp(y))', 'y + softplus(x - y)'],
  ['log(1 - exp(x))', 'log(-expm1(x))'],
  ['log(logistic(x))', '-softplus(-x)'],
  ['log(1 / (1 + exp(-x)))', '-softplus(-x)'],
  ['log(1 - logistic(x))', '-softplus(x)'],
  ['log(1 + x)', 'log1p(x)'],
  ['log(1 - x)', 'log1p(-x)'],
  ['log(cosh(x))', 'x + softplus(-2*x) - log(2)'],
  ['1 / (1 + exp(-x))', 'logistic(x)'],
  ['exp(x) / (1 + exp(x))', 'logistic(x)'],
  ['(exp(x) - exp(-x)) / (exp(x) + exp(-x))', 'tanh(x)'],
  ['(exp(x) - exp(-x)) / 2', 'sinh(x)'],
  ['exp(x) - exp(y)', 'exp(y) * expm1(x - y)'],
  ['exp(x) - 1', 'expm1(x)'],
  ['1 - exp(x)', '-expm1(x)'],
  ['exp(x) / exp(y)', 'exp(x - y)'],
  ['1 - logistic(x)', 'logistic(-x)'],
  ['1 - erf(x)', 'erfc(x)'],
  ['1 - tanh(x)^2', 'sech(x)^2'],
  ['1 / cosh(x)', 'sech(x)'],
  ['sqrt(x^2 + y^2)', 'hypot(x, y)'],
  ['sqrt(x*x + y*y)', 'hypot(x, y)'],
  ['1 - cos(x)', '2 * sin(x / 2)^2'],
  ['sqrt(1 + x) - 1', 'x / (sqrt(1 + x) + 1)'],
  ['sqrt(x) - sqrt(y)', '(x - y) / (sqrt(x) + sqrt(y))'],
  ['x^2 - y^2', '(x - y) * (x + y)'],
  ['x*x - y*y', '(x - y) * (x + y)'],
  ['1 / x - 1 / y', '(y - x) / (x * y)'],
  ['log(x) - log(y)', 'log1p((x - y) / y)'],
  ['sin(x) - sin(y)', '2 * cos((x + y) / 2) * sin((x - y) / 2)'],
  ['cos(x) - cos(y)', '-2 * sin((x + y) / 2) * sin((x - y) / 2)'],
]
/** Formulas of arrays, and operations that have no formula. */
const operations: readonly (readonly [lossy: string, instead: string])[] = [
  ['log(sum(exp(x)))', 'logsumexp(x)'],
  ['log(softmax(x))', 'logSoftmax(x)'],
  ['exp(x) / sum(exp(x))', 'softmax(x)'],
]

interface Lossy {
  readonly pattern: Closed
  readonly instead: string
}
const patternOf = ([lossy, instead]: readonly [string, string]): readonly Lossy[] => {
  const p = parse(lossy)
  return E.isRight(p) ? [{ pattern: p.right.closed, instead }] : []
}

/** The equation that makes each value. */
const makersOf = (p: Closed): ReadonlyMap<number, Equation> =>
  new Map(p.equations.flatMap((q) => q.outs.map((_, i) => [q.first + i, q] as const)))
/** What a pattern matched: its inputs, and the equations that it covers. */
interface Bound {
  readonly inputs: ReadonlyMap<number, number>
  readonly covered: readonly Equation[]
}
type Makers = ReadonlyMap<number, Equation>
/** The values that a value stands for: itself, and what it is a broadcast of. */
const seen = (makers: Makers, k: number): readonly number[] => {
  const q = makers.get(k)
  return q?.op === broadcastEntry.name ? [k, ...seen(makers, nth(q.args, 0))] : [k]
}
/** Ways in which a value of the pattern matches a value of the program. */
const match = (pattern: Makers, k: number, makers: Makers, value: number, bound: Bound): readonly Bound[] => {
  const wanted = pattern.get(k)
  return seen(makers, value).flatMap((v) => {
    if (wanted === undefined) {
      const before = bound.inputs.get(k)
      if (before !== undefined) return before === v ? [bound] : []
      return [{ ...bound, inputs: new Map([...bound.inputs, [k, v]]) }]
    }
    const q = makers.get(v)
    if (q === undefined || q.op !== wanted.op || q.args.length !== wanted.args.length) return []
    if (q.op === constantEntry.name) return q.attrs.value === wanted.attrs.value ? [bound] : []
    if (q.args.length > 0 && q.op !== 'sum' && !sameAttrs(q.attrs, wanted.attrs)) return []
    const orders = entryOf(q.op).algebra.commutative ? [q.args, [...q.args].reverse()] : [q.args]
    return orders.flatMap((args) =>
      args.reduce<readonly Bound[]>(
        (all, a, i) => all.flatMap((b) => match(pattern, nth(wanted.args, i), makers, a, b)),
        [{ ...bound, covered: [...bound.covered, q] }],
      ),
    )
  })
}
/** How long an expression may be that is printed in an advice. */
const longest = 40
/** What a variable of an advice stands for; nothing where it is an input of that name, or too long. */
const standsFor = (p: Closed, letter: string, value: number): readonly string[] => {
  const equation = p.equations.findIndex((q) => q.first <= value && value < q.first + q.outs.length)
  const q = p.equations[equation]
  const text = q === undefined ? nth(p.inputs, value).name : formulaOf(p, { equation, out: value - q.first })
  return text === undefined || text === letter || text.includes('\n') || text.length > longest
    ? []
    : [`${letter} is ${text}`]
}
/** What to write instead of a formula that contains an equation; of any formula, where no equation is given. */
export type Adviser = (p: Closed, equation?: Equation) => string | undefined
export const adviser = (): Adviser => {
  const patterns = [...operations, ...identities].flatMap(patternOf)
  return (p, equation) => {
    const makers = makersOf(p)
    for (const { pattern, instead } of patterns) {
      const root = nth(pattern.outputs, 0),
        inside = makersOf(pattern)
      const bound = p.equations
        .flatMap((q) => match(inside, root, makers, q.first, { inputs: new Map(), covered: [] }))
        .find(({ covered }) => equation === undefined || covered.includes(equation))
      if (bound !== undefined) {
        const where = [...bound.inputs].flatMap(([k, value]) => standsFor(p, nth(pattern.inputs, k).name, value))
        return where.length === 0 ? instead : `${instead}, where ${where.join(' and ')}`
      }
    }
    return undefined
  }
}
