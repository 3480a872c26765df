/**
 * Taylor series through programs. Every value is a series in t, of which coefficients are computed when they are asked for:
 *
 *   an operation that is affine in what moves     y_k = push(x_k)
 *   quadratic                                     y_k = push(x_k) + sum of B(x_i, x_j) over pairs i + j = k
 *   any other                                     y' = push at x(t) of x'(t), so that k y_k = [t^(k-1)] of that program
 *
 * The last is the derivative's own program, read as a recurrence: exp' = exp x' gives k y_k = sum of j x_j y_(k-j). What
 * that program computes is a series again; equal ones are one, so sin and cos need each other's lower coefficients only.
 * What kind an operation is, its derivative shows: whether it mentions the point. No operation is named. An entry may have
 * a rule of its own (`taylor`), and one that holds programs says how they become programs on series (`onSeries`).
 */

import { leading } from '../../lang/primitives/bodies.ts'
import { mul } from '../../lang/primitives/elementwise.ts'
import { entryOf } from '../../lang/primitives/index.ts'
import { marked, present, spread, zero } from '../../lang/primitives/structuralZeros.ts'
import { at, type Closed, closeOver, type Equation, inTypes, numbered, open } from '../../lang/syntax/closed.ts'
import { type Expr, type Maybe, node } from '../../lang/syntax/expr.ts'
import { nth } from '../../lang/syntax/list.ts'
import { keyOf } from '../../lang/syntax/plain.ts'
import { isReal, type Type } from '../../lang/syntax/shape.ts'
import { mapAt, plus, push } from './linear.ts'
import { differentiation } from './vmap.ts'

const rec = differentiation()

/** A value as a series in t. */
interface Series {
  readonly id: number
  readonly type: Type
  /** No coefficient beyond this one. */
  readonly degree: number
  /** The coefficient of t^k; absent where it is 0. */
  readonly coefficient: (k: number) => Maybe
}
/** The series of a program, of which equal ones are one. */
interface Table {
  readonly order: number
  readonly known: Map<string, readonly Series[]>
  next: number
}
type Coefficients = (k: number) => Maybe
const moves = (s: Series): boolean => s.degree > 0
const start = (s: Series): Expr => s.coefficient(0) ?? zero(s.type)
const remembered = (f: Coefficients): Coefficients => {
  const found = new Map<number, Maybe>()
  return (k) => {
    if (!found.has(k)) found.set(k, f(k))
    return found.get(k)
  }
}
const series = (table: Table, type: Type, degree: number, f: Coefficients): Series => ({
  id: table.next++,
  type,
  degree,
  coefficient: remembered((k) => (k > degree ? undefined : f(k))),
})
const once = (table: Table, key: string, make: () => readonly Series[]): readonly Series[] => {
  const made = table.known.get(key) ?? make()
  table.known.set(key, made)
  return made
}
const timesNumber = (c: number, x: Maybe): Maybe => (x === undefined || c === 1 ? x : mul(c, x))
/** The derivative in t. */
const rate = (table: Table, x: Series): Series =>
  nth(
    once(table, `rate ${x.id}`, () => [
      series(table, x.type, Math.max(0, x.degree - 1), (k) => timesNumber(k + 1, x.coefficient(k + 1))),
    ]),
    0,
  )

// -- the derivative of an operation, as a program ---------------------------------------------------------------------

interface Applied {
  readonly op: string
  readonly attrs: Equation['attrs']
  readonly args: readonly Series[]
  readonly outs: readonly Type[]
}
/** (arguments, outputs, tangents of the marked arguments) -> tangents of the outputs, of which `given` exist. */
const pushed = (
  a: Applied,
  marks: readonly boolean[],
): { readonly body: Closed; readonly given: readonly boolean[] } => {
  const ins = a.args.map((s) => s.type)
  const n = ins.length
  const q: Equation = { ...a, args: ins.map((_, i) => i), first: n }
  let given: readonly boolean[] = []
  const body = closeOver(numbered([...ins, ...a.outs, ...marked(marks, ins)]), (v) => {
    const ts = mapAt(q, v, rec).push(spread(marks, v.slice(n + a.outs.length)))
    given = a.outs.map((_, k) => ts[k] !== undefined)
    return present(a.outs.map((_, k) => ts[k]))
  })
  return { body, given }
}
/** Whether a program reads none of the marked inputs. */
const ignores = (p: Closed, marks: readonly boolean[]): boolean => leading(p).every((read, i) => !(read && marks[i]))

/** The second derivative as a bilinear map on lists of coefficients; undefined where it depends on the point. */
const bilinear = (a: Applied, first: Closed, marks: readonly boolean[]) => {
  const n = a.args.length
  const inputs = first.inputs.map((_, i) => i < n && marks[i] === true)
  const outs = first.inputs.map((_, i) => i >= n && i < n + a.outs.length)
  if (
    !ignores(first, outs) ||
    !ignores(
      rec.jvp(first, inputs).body,
      first.inputs.map((_, i) => inputs[i] === true),
    )
  )
    return undefined
  const point = [...a.args.map(start), ...a.outs.map(zero)]
  const programs = new Map<string, ReturnType<typeof pushed>>()
  return (u: readonly Maybe[], w: readonly Maybe[]): readonly Maybe[] => {
    const given = u.map((x) => x !== undefined)
    const p = programs.get(given.join()) ?? pushed(a, given)
    programs.set(given.join(), p)
    const v = open(p.body, [...point, ...present(u)])
    const t = push(p.body, v, [...w, ...p.body.inputs.slice(n).map(() => undefined)], rec)
    return spread(p.given, at(t, p.body.outputs))
  }
}
const sums = (xs: readonly Maybe[], ys: readonly Maybe[], count: number): readonly Maybe[] =>
  Array.from({ length: count }, (_, i) => plus(xs[i], ys[i]))

// -- series of operations ---------------------------------------------------------------------------------------------

/** Coefficient k of all outputs at once. */
type Joint = (k: number) => readonly Maybe[]
const rememberedJoint = (f: Joint): Joint => {
  const found = new Map<number, readonly Maybe[]>()
  return (k) => {
    const made = found.get(k) ?? f(k)
    found.set(k, made)
    return made
  }
}
/** By the first or second derivative at the start; undefined for an operation that is neither affine nor quadratic. */
const polynomial = (
  a: Applied,
  base: readonly Expr[],
  marks: readonly boolean[],
  first: Closed,
): readonly [Joint, degree: number] | undefined => {
  const n = a.args.length
  const q: Equation = { ...a, args: a.args.map((_, i) => i), first: n }
  const map = mapAt(q, [...a.args.map(start), ...base], rec)
  const coefficients = (k: number): readonly Maybe[] => a.args.map((s, i) => (marks[i] ? s.coefficient(k) : undefined))
  const some = (xs: readonly Maybe[]): boolean => xs.some((x) => x !== undefined)
  const along: Joint = (k) => (some(coefficients(k)) ? map.push(coefficients(k)) : [])
  const point = first.inputs.map((_, i) => (i < n ? marks[i] === true : i < n + a.outs.length))
  const most = Math.max(...a.args.map((s) => s.degree))
  if (ignores(first, point)) return [along, most]
  const second = bilinear(a, first, marks)
  if (second === undefined) return undefined
  const sum: Joint = (k) => {
    let all = along(k)
    for (let i = 1; 2 * i <= k; i++) {
      const [u, w] = [coefficients(i), coefficients(k - i)]
      if (!some(u) || !some(w)) continue
      const term = second(u, w)
      all = sums(all, 2 * i === k ? term.map((x) => timesNumber(0.5, x)) : term, a.outs.length)
    }
    return all
  }
  return [sum, 2 * most]
}
/** By the rule of its entry. */
const byRule = (table: Table, a: Applied, base: Maybe): readonly Series[] => {
  const { taylor } = entryOf(a.op)
  const args = a.args.map((s) => s.coefficient)
  const out: Series = series(table, nth(a.outs, 0), Number.POSITIVE_INFINITY, (k) =>
    k === 0 ? base : taylor?.(a.attrs, args, out.coefficient, k),
  )
  return [out]
}
/** By the first or second derivative, or else by the derivative's own recurrence. */
const byDerivative = (table: Table, a: Applied, base: readonly Expr[]): readonly Series[] => {
  const marks = a.args.map((s) => moves(s) && isReal(s.type))
  const made: Series[] = []
  const { body, given } = pushed(a, marks)
  const [direct, degree] = polynomial(a, base, marks, body) ?? [undefined, Number.POSITIVE_INFINITY]
  const recurrence = (): readonly (Series | undefined)[] => {
    const rates = marked(marks, a.args).map((s) => rate(table, s))
    return spreadSeries(given, runSeries(table, body, [...a.args, ...made, ...rates]))
  }
  let found: readonly (Series | undefined)[] | undefined
  const joint = rememberedJoint(
    direct ??
      ((k) => {
        found ??= recurrence()
        return found.map((s) => timesNumber(1 / k, s?.coefficient(k - 1)))
      }),
  )
  a.outs.forEach((type, i) => {
    made.push(series(table, type, given[i] ? degree : 0, (k) => (k === 0 ? base[i] : joint(k)[i])))
  })
  return made
}
const spreadSeries = (marks: readonly boolean[], xs: readonly Series[]): readonly (Series | undefined)[] => {
  let next = 0
  return marks.map((m) => (m ? xs[next++] : undefined))
}

// -- operations that hold programs ------------------------------------------------------------------------------------

/** A real value is itself and its coefficients 1 .. m, one after the other. */
const width = (t: Type, m: number): number => (isReal(t) ? m + 1 : 1)
/** The same types, each as often as its value has coefficients; and the coefficients of a list of series. */
const widened = (types: readonly Type[], m: number): readonly Type[] =>
  types.flatMap((t) => Array.from({ length: width(t, m) }, () => t))
const lanes = (xs: readonly Series[], m: number): readonly Expr[] =>
  xs.flatMap((s) => Array.from({ length: width(s.type, m) }, (_, k) => s.coefficient(k) ?? zero(s.type)))
/** The lists of coefficients in such a list. */
const unlaned = (types: readonly Type[], xs: readonly Expr[], m: number): readonly (readonly Expr[])[] => {
  const widths = types.map((t) => width(t, m))
  return widths.map((w, i) => {
    const from = widths.slice(0, i).reduce((a, b) => a + b, 0)
    return xs.slice(from, from + w)
  })
}
/** The program on values with m coefficients each. */
const onSeriesOf =
  (m: number) =>
  (body: Closed): Closed => {
    const ins = inTypes(body)
    return closeOver(numbered(widened(ins, m)), (v) => {
      const given = unlaned(ins, v, m)
      return lanes(seriesOf(body, given, m), m)
    })
  }
/**
 * The operation over programs on series, which gives all coefficients up to an order at once: the highest, where all
 * arguments are known; else the one that is asked for, since a recurrence knows only what is below.
 */
const byPrograms = (table: Table, a: Applied, base: readonly Expr[], known: boolean): readonly Series[] => {
  const { onSeries } = entryOf(a.op)
  const all = (m: number): readonly (readonly Expr[])[] => {
    const widths = a.args.map((s) => width(s.type, m))
    const attrs = onSeries?.(a.attrs, widths, onSeriesOf(m)) ?? a.attrs
    return unlaned(a.outs, node(a.op, attrs, lanes(a.args, m), widened(a.outs, m)), m)
  }
  let whole: readonly (readonly Expr[])[] | undefined
  return a.outs.map((type, i) =>
    series(table, type, isReal(type) ? Number.POSITIVE_INFINITY : 0, (k) => {
      if (!known) return k === 0 ? base[i] : all(k)[i]?.[k]
      whole ??= all(table.order)
      return whole[i]?.[k]
    }),
  )
}

// -- programs ---------------------------------------------------------------------------------------------------------

/** The outputs of an operation. `known`: all its arguments are known to every order. */
const applied = (table: Table, a: Applied, known: boolean): readonly Series[] =>
  once(table, `${a.op} ${a.args.map((s) => s.id).join()} ${keyOf(a.attrs)}`, () => {
    const base = node(a.op, a.attrs, a.args.map(start), a.outs)
    if (!a.args.some((s) => moves(s) && isReal(s.type)))
      return a.outs.map((type, i) => series(table, type, 0, () => base[i]))
    const { taylor, onSeries } = entryOf(a.op)
    if (onSeries !== undefined) return byPrograms(table, a, base, known)
    return taylor === undefined ? byDerivative(table, a, base) : byRule(table, a, base[0])
  })
/** The outputs of a program on series. */
const runSeries = (table: Table, p: Closed, inputs: readonly Series[], known = false): readonly Series[] => {
  const v = [...inputs]
  for (const q of p.equations) {
    const made = applied(table, { ...q, args: at(v, q.args) }, known)
    // in order, so that no long chain of operations is asked from its end
    if (known) for (let k = 1; k <= table.order; k++) for (const s of made) s.coefficient(k)
    v.push(...made)
  }
  return at(v, p.outputs)
}
/** The outputs of a program as series up to an order, from the coefficients of its inputs. */
export const seriesOf = (p: Closed, inputs: readonly (readonly Maybe[])[], order: number): readonly Series[] => {
  const table: Table = { order, known: new Map(), next: 0 }
  const given = p.inputs.map(({ type }, i) => {
    const xs = nth(inputs, i)
    const last = xs.findLastIndex((x) => x !== undefined)
    return series(table, type, isReal(type) ? Math.max(0, last) : 0, (k) => xs[k])
  })
  return runSeries(table, p, given, true)
}
