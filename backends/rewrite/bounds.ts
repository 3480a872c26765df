/**
 * What tests imply about indices. Where a guard holds, the position is inside its array, and a reshape and its inverse
 * cancel. Elsewhere they would not, but there the guard discards the value. So a guarded scalar is shortened as if the
 * guard held everywhere:
 *
 *   [0 <= i + k - 1 < n] x[(i + k - 1) mod n] = [0 <= i + k - 1 < n] x[i + k - 1]
 */
import { type Index, index, plus, type Scalar, times } from '../../lang/kernel/index.ts'
import { makeInterner } from './intern.ts'
import { isIndex, type Linear, rangeOf, toScalar, without } from './linear.ts'
import { makeForms } from './linearForms.ts'
import { substitute } from './substitute.ts'

export const conjuncts = (s: Scalar): readonly Scalar[] =>
  s._tag === 'Call' && s.fn === 'and' ? s.args.flatMap(conjuncts) : [s]

/** A linear form that the tests bound to 0 .. below - 1. */
export interface Bound {
  readonly at: Scalar
  readonly form: Linear
  readonly below: number
}
/** 0 <= x, or x < n. */
const bounded = (test: Scalar): readonly [x: Scalar, below: number | undefined] | undefined => {
  if (test._tag !== 'Call') return undefined
  const [a, b] = test.args
  if (test.fn === 'le' && a?._tag === 'Num' && a.value === 0 && b) return [b, undefined]
  return test.fn === 'lt' && b?._tag === 'Num' && a ? [a, b.value] : undefined
}
/** The forms that tests and ranges bound on both sides; `all`: every test is such a bound. */
export const boundsOf = (tests: readonly Scalar[]): { readonly bounds: readonly Bound[]; readonly all: boolean } => {
  const interner = makeInterner()
  const { linear } = makeForms(interner)
  const sides = new Map<Scalar, { low: boolean; below: number | undefined }>()
  let all = true
  for (const t of tests) {
    const known = bounded(t)
    if (known === undefined || known[0].dtype !== 'int') {
      all = false
      continue
    }
    const [x, below] = [interner.canonical(known[0]), known[1]]
    const side = sides.get(x) ?? { low: false, below: undefined }
    const least = Math.min(below ?? Infinity, side.below ?? Infinity)
    sides.set(x, below === undefined ? { ...side, low: true } : { ...side, below: least })
  }
  const bounds: Bound[] = []
  for (const [at, { low, below }] of sides) {
    const form = linear(at)
    const range = rangeOf(form)
    if (range === undefined || !(low || range[0] >= 0)) all = false
    else bounds.push({ at, form, below: below ?? range[1] + 1 })
  }
  return { bounds, all }
}

/** `by`: for each bound, an index in terms of the other indices and of a new one, the position; `back`: the reverse. */
export const solved = (
  bounds: readonly Bound[],
  choose: (b: Bound) => Index | undefined,
): { readonly by: ReadonlyMap<Index, Scalar>; readonly back: ReadonlyMap<Index, Scalar> } => {
  const by = new Map<Index, Scalar>()
  const back = new Map<Index, Scalar>()
  for (const b of bounds) {
    const i = choose(b)
    if (i === undefined || by.has(i)) continue
    const inside = index(b.below)
    const sign = b.form.terms.get(i) as number
    const others = toScalar(without(b.form, i))
    by.set(i, plus(times(inside, sign), times(others, -sign)))
    back.set(inside, b.at)
  }
  return { by, back }
}
/** The largest index of coefficient 1 or -1. */
const largest = (b: Bound): Index | undefined =>
  [...b.form.terms]
    .flatMap(([t, c]) => (isIndex(t) && Math.abs(c) === 1 ? [t] : []))
    .reduce<Index | undefined>((a, i) => (a && a.size >= i.size ? a : i), undefined)

/** A shorter scalar, equal to this one wherever the tests hold. */
export const whereTrue = (s: Scalar, tests: readonly Scalar[], shorten: (s: Scalar) => Scalar): Scalar => {
  const { by, back } = solved(boundsOf(tests).bounds, largest)
  return by.size === 0 ? s : substitute(shorten(substitute(s, by)), back)
}
