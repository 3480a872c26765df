/**
 * The exact values and derivatives of a program, to as many digits as are asked for. The program is evaluated with more
 * and more digits until two evaluations agree: a cancellation inside it costs digits, and nobody knows how many before.
 */
import type { Decimal } from 'decimal.js'
import { type Closed, inTypes, outTypes } from '../../../lang/syntax/closed.ts'
import { nth } from '../../../lang/syntax/list.ts'
import { isReal } from '../../../lang/syntax/shape.ts'
import { decimals } from './decimals.ts'
import { Exhausted, evaluateJets, type Jets, jetsOf } from './evaluate.ts'
import type { Jet } from './jet.ts'

/** A number that is exact to the digits asked for; undefined where no number of digits was enough. */
export type Exact = Decimal | undefined
/** A real number of an output, with its derivatives along both directions. */
export interface ExactJet {
  readonly v: Exact
  readonly a: Exact
  readonly b: Exact
  readonly c: Exact
}
/** The directions of the derivatives: one array per input; zeros where it stays. */
interface Directions {
  readonly a: readonly ArrayLike<number>[]
  readonly b: readonly ArrayLike<number>[]
}
/** How often an evaluation may compute a function of a real number before it is stopped. */
export const operations = 2e6

/** How many digits are tried after the first. From `enough` digits on, a number below `nothing` is 0. */
const later: readonly number[] = [80, 160, 400, 600, 1000]
const enough = 400
const nothing = '1e-370'
const margin = 12

const parts = ['v', 'a', 'b', 'c'] as const
const zero = new (decimals(20))(0)
/** What two evaluations agree on, the second with more digits; undefined where they do not. */
const common = (x: Decimal | undefined, y: Decimal | undefined, working: number, digits: number): Exact => {
  if (x === undefined || y === undefined) return x ?? y ?? zero
  if (y.isNaN()) return x.isNaN() ? y : undefined
  if (working >= enough && y.abs().lt(nothing)) return zero
  if (x.eq(y)) return y.isZero() ? undefined : y
  return y.isFinite() &&
    x
      .minus(y)
      .abs()
      .lte(y.abs().times(`1e-${digits}`))
    ? y
    : undefined
}
const commonJet = (x: Jet, y: Jet, working: number, digits: number): ExactJet => {
  const part = (k: keyof Jet): Exact => common(x[k], y[k], working, digits)
  return { v: part('v'), a: part('a'), b: part('b'), c: part('c') }
}
const unknown: ExactJet = { v: undefined, a: undefined, b: undefined, c: undefined }

const realsOf = (p: Closed, outs: readonly Jets[]): readonly Jet[] =>
  outTypes(p).flatMap((t, i) => (isReal(t) ? (Array.from(nth(outs, i)) as Jet[]) : [])) // reals are jets
/** The library refuses more digits than it has of pi and of the logarithm of 10. */
const isOutOfDigits = (e: unknown): boolean => e instanceof Error && e.message.includes('Precision limit')
const attempt = <T>(f: () => T, isExpected: (e: unknown) => boolean): T | undefined => {
  try {
    return f()
  } catch (e) {
    if (isExpected(e)) return undefined
    throw e
  }
}

/** The real numbers of the outputs, and with how many digits the program was evaluated in the end. */
interface Exactly {
  readonly numbers: readonly ExactJet[]
  readonly working: number
}
const settled = (evaluated: (working: number) => readonly Jet[] | undefined, digits: number): Exactly => {
  let before = evaluated(digits + margin)
  let found: Exactly = { numbers: (before ?? []).map(() => unknown), working: digits + margin }
  for (const next of later.filter((w) => w >= digits + 2 * margin)) {
    const open = found.numbers.flatMap((x, i) => parts.filter((k) => x[k] === undefined).map((k) => before?.[i]?.[k]))
    // a 0 stays 0 until there are enough digits for the smallest float64
    if (next > 80 && next < enough && open.every((x) => x?.isZero())) continue
    const after = before && evaluated(next)
    if (before === undefined || after === undefined) return found
    const old = before
    found = { numbers: after.map((y, i) => commonJet(nth(old, i), y, next, digits)), working: next }
    if (found.numbers.every((x) => parts.every((k) => x[k] !== undefined))) return found
    before = after
  }
  return found
}
/**
 * All real numbers of the outputs, in order; undefined where the program needs more arithmetic than is allowed, as a
 * loop that does not end does.
 */
export const exactly = (
  p: Closed,
  x: readonly ArrayLike<number>[],
  digits: number,
  directions?: Directions,
  most = operations,
): Exactly | undefined => {
  const types = inTypes(p)
  const evaluated = (working: number): readonly Jet[] | undefined => {
    const D = decimals(working)
    const inputs = types.map((t, i) => jetsOf(D, t, nth(x, i), directions?.a[i], directions?.b[i]))
    return attempt(() => realsOf(p, evaluateJets(D, p, inputs, { left: most })), isOutOfDigits)
  }
  return attempt(
    () => settled(evaluated, digits),
    (e) => e instanceof Exhausted,
  )
}
