/**
 * Is a program linear in some of its inputs? First by structure, which is a proof: the degree of every value. Where that
 * finds a fixed term that may still cancel, as in x (ct + 1) - x, the program is evaluated with 0 for these inputs: a
 * linear one is 0 there.
 */
import { evaluate, type Tensor, trace } from './evaluate.ts'
import { type Degree, degreeOf, isMoved, joined } from './kernel/degree.ts'
import { runKernel } from './kernel/evaluate.ts'
import { buffers, index, type Loop, type While } from './kernel/index.ts'
import { entryOf } from './primitives/index.ts'
import { at, type Closed, type Equation, inTypes, typesOf } from './syntax/closed.ts'
import { nth } from './syntax/list.ts'
import { sizeOf, type Type } from './syntax/shape.ts'

/** Where a program stops to be linear. */
interface NotLinear {
  /** The names of the inputs in which it should be linear. */
  readonly inputs: readonly string[]
  /** The term at fault: 'add(ct, sqrt(y))'. */
  readonly term: string
}
interface Fault {
  readonly program: Closed
  readonly equation: Equation
}
interface Degrees {
  readonly values: readonly Degree[]
  /** The first equation that is not linear; else the first one that adds a fixed term. */
  readonly nonlinear: Fault | undefined
  readonly constant: Fault | undefined
}

// -- degrees ----------------------------------------------------------------------------------------------------------

/** The degrees of all values, from those of the inputs. */
const degreesIn = (p: Closed, inputs: readonly Degree[]): Degrees => {
  const values = [...inputs]
  const types = typesOf(p)
  let nonlinear: Fault | undefined
  let constant: Fault | undefined
  for (const equation of p.equations) {
    const args = at(values, equation.args)
    const inner: Degrees[] = []
    const outs = ofEquation(equation, at(types, equation.args), args, inner)
    const here: Fault = { program: p, equation }
    if (outs.includes('other') && !args.includes('other'))
      nonlinear ??= inner.find((d) => d.nonlinear !== undefined)?.nonlinear ?? here
    if (outs.includes('affine') && !args.includes('affine'))
      constant ??= inner.find((d) => d.constant !== undefined)?.constant ?? here
    values.push(...outs)
  }
  return { values, nonlinear, constant }
}
/** `inner`: receives the degrees inside the bodies of the equation. */
const ofEquation = (
  q: Equation,
  types: readonly Type[],
  args: readonly Degree[],
  inner: Degrees[],
): readonly Degree[] => {
  const all = (d: Degree): readonly Degree[] => q.outs.map(() => d)
  const body = (p: Closed, inputs: readonly Degree[]): readonly Degree[] => {
    const found = degreesIn(p, inputs)
    inner.push(found)
    return at(found.values, p.outputs)
  }
  // a rule that is not linear on purpose
  if (q.attrs.linear === false && args.some(isMoved)) return all('other')
  const m = entryOf(q.op).meaning(q.attrs, buffers(types), q.outs)
  switch (m._tag) {
    case 'Kernel':
      return [degreeOf(m.at(nth(q.outs, 0).shape.map(index)), args)]
    case 'Data':
      return all(m.values.every((v) => v === 0) ? 'zero' : 'fixed')
    case 'Scatter': {
      const [rows, places] = [nth(args, 0), nth(args, 1)]
      if (isMoved(places)) return all('other')
      // where no row comes, a product has 1, and a maximum -Infinity
      return all(m.by === 'add' ? rows : isMoved(rows) ? 'other' : 'fixed')
    }
    case 'Sort':
      return all(args.some(isMoved) ? 'other' : 'fixed')
    case 'Inline': {
      const { linearIn } = m
      if (linearIn === undefined) return body(m.body, args)
      return all(
        args.some((x, i) => isMoved(x) && !linearIn.includes(i))
          ? 'other'
          : linearIn.map((i) => nth(args, i)).reduce(joined),
      )
    }
    case 'Branch': {
      const [yes, no] = m.bodies.map((b) => body(b, args.slice(1)))
      return isMoved(nth(args, 0)) ? all('other') : q.outs.map((_, i) => joined(nth(yes ?? [], i), nth(no ?? [], i)))
    }
    case 'Loop':
      return ofLoop(m, args, body)
    case 'While': {
      const carries = settled(m, args, body)
      const test = nth(body(m.test, [...carries, ...args.slice(m.carries)]), 0)
      return isMoved(test) ? all('other') : carries
    }
  }
}
type OfBody = (p: Closed, inputs: readonly Degree[]) => readonly Degree[]
/** The degrees of carries at every step: a least fixed point. */
const settled = (m: Loop | While, args: readonly Degree[], body: OfBody): readonly Degree[] => {
  const before = args.slice(0, m.carries)
  const after = body(m.body, args)
  const next = before.map((d, i) => joined(d, nth(after, i)))
  return next.every((d, i) => d === before[i]) ? next : settled(m, [...next, ...args.slice(m.carries)], body)
}
const ofLoop = (m: Loop, args: readonly Degree[], body: OfBody): readonly Degree[] => {
  const carries = settled(m, args, body)
  return [...carries, ...body(m.body, [...carries, ...args.slice(m.carries)]).slice(m.carries), ...carries]
}

/** How the outputs depend on the inputs in which the program should be linear. */
export const outputDegrees = (p: Closed, moved: readonly boolean[]): readonly Degree[] =>
  at(degreesIn(p, moved.map(degreeOfInput)).values, p.outputs)
const degreeOfInput = (moved: boolean): Degree => (moved ? 'linear' : 'fixed')

// -- the fixed part, as numbers ---------------------------------------------------------------------------------------

/** Points at which the fixed part is evaluated: numbers of both signs, small and larger ones. */
const points = 4
/** Steps of all loops together, after which an evaluation is given up. */
const mostSteps = 10_000
/** A fixed part below this share of what cancels in it is rounding. */
const rounding = 1e-13

/** Numbers without a pattern, in an interval that depends on the point: no two of a point are equal. */
const drawn = ({ dtype, shape }: Type, input: number, point: number): Tensor =>
  Float64Array.from({ length: sizeOf(shape) }, (_, k) => {
    const u = ((input + 1) * 0.7548776662 + (k + 1) * 0.5698402909 + point * 0.3247179572) % 1
    if (dtype === 'bool') return u < 0.5 ? 0 : 1
    if (dtype === 'int') return Math.floor(3 * u)
    return nth([0.2 + 0.7 * u, 1.1 + u, 1.5 - 3 * u, -0.1 - 0.8 * u], point % 4)
  })
/** The runner of kernels that gives up after so many steps of loops. */
const patient = () => {
  let left = mostSteps
  return Object.assign(runKernel.bind(undefined), {
    beforeStep: () => {
      if (left-- === 0) throw new Error('too many steps')
    },
  })
}
/** Whether the outputs are 0 where the moved inputs are; undefined where no point gives numbers. */
const isZeroAtZero = (
  p: Closed,
  moved: readonly boolean[],
  degrees: readonly Degree[],
  complete: Completion,
): boolean | undefined => {
  const types = inTypes(p)
  const zeroAt = (point: number): boolean | undefined => {
    try {
      const x = complete(types.map((t, i) => (moved[i] ? new Float64Array(sizeOf(t.shape)) : drawn(t, i, point))))
      const v = trace(p, x, patient())
      const largest = (numbers: readonly number[]): number =>
        at(v, numbers).reduce((m, y) => y.reduce((n, e) => (Number.isNaN(e) ? e : Math.max(n, Math.abs(e))), m), 0)
      const left = largest(p.outputs)
      const cancelled = largest(v.flatMap((_, k) => (isMoved(nth(degrees, k)) ? [k] : [])))
      return Number.isNaN(left) ? undefined : left === 0 || left <= rounding * cancelled
    } catch {
      return undefined // a loop that does not end there
    }
  }
  const found = Array.from({ length: points }, (_, k) => zeroAt(k)).filter((z) => z !== undefined)
  return found.length === 0 ? undefined : found.every(Boolean)
}
/** Makes a point out of numbers drawn one by one, where inputs depend on one another. */
type Completion = (x: readonly Tensor[]) => readonly Tensor[]
/** The inputs from number `from` on are the outputs of a program of the ones before. */
export const completing =
  (body: Closed): Completion =>
  (x) => {
    const ys = evaluate(body, x.slice(0, body.inputs.length), patient())
    return [...x.slice(0, body.inputs.length), ...ys, ...x.slice(body.inputs.length + ys.length)]
  }

// -- the term at fault ------------------------------------------------------------------------------------------------

const deepest = 4
/** An equation as a term: add(ct, sqrt(y)). */
const termOf = ({ program, equation }: Fault): string => {
  const owner = (v: number): Equation | undefined =>
    program.equations.find((q) => q.first <= v && v < q.first + q.outs.length)
  const value = (v: number, depth: number): string => program.inputs[v]?.name ?? written(owner(v), depth)
  const written = (q: Equation | undefined, depth: number): string => {
    if (q === undefined || depth === 0) return '...'
    const number = q.attrs.value
    if (q.args.length === 0) return typeof number === 'number' ? String(number) : q.op
    return `${q.op}(${q.args.map((a) => value(a, depth - 1)).join(', ')})`
  }
  return written(equation, deepest)
}

/**
 * Why a program is not linear in the moved inputs; undefined if it is.
 *
 * Law:     notLinear(p, moved) = undefined implies p(x, a u + b v) = a p(x, u) + b p(x, v)
 */
export const notLinear = (
  p: Closed,
  moved: readonly boolean[],
  complete: Completion = (x) => x,
): NotLinear | undefined => {
  const { values, nonlinear, constant } = degreesIn(p, moved.map(degreeOfInput))
  const outs = at(values, p.outputs)
  const inputs = p.inputs.flatMap((i, k) => (moved[k] ? [i.name] : []))
  if (outs.includes('other') && nonlinear !== undefined) return { inputs, term: termOf(nonlinear) }
  if (outs.every((d) => d === 'zero' || d === 'linear')) return undefined
  if (isZeroAtZero(p, moved, values, complete) === true) return undefined
  const first = p.equations.find((q) => q.outs.some((_, k) => p.outputs.includes(q.first + k)))
  const fault = constant ?? (first && { program: p, equation: first })
  return { inputs, term: fault === undefined ? (p.inputs[p.outputs[0] ?? 0]?.name ?? '') : termOf(fault) }
}
