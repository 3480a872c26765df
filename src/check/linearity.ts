/**
 * Is a program linear? By structure, which is a proof: its derivative does not mention where it is taken, and it is zero
 * at zero. By test, which is none, but sees what is linear without looking so: f(a u + b v) = a f(u) + b f(v).
 */

import { evaluate } from '../../lang/evaluate.ts'
import { spread } from '../../lang/primitives/structuralZeros.ts'
import { at, type Closed, closeOver, inTypes, isClosed, open } from '../../lang/syntax/closed.ts'
import type { Expr } from '../../lang/syntax/expr.ts'
import type { Program } from '../../lang/syntax/program.ts'
import { isReal, sizeOf, type Type } from '../../lang/syntax/shape.ts'
import { child, key as keyOf } from '../random/key.ts'
import { push } from '../transform/linear.ts'
import { differentiation } from '../transform/vmap.ts'
import { drawPoint } from './domain.ts'
import { flat } from './modes.ts'
import { direction, type Point } from './point.ts'
import type { rounding } from './rounding.ts'
import { slackOf } from './sample.ts'

export interface LinearityOptions {
  /** The inputs it should be linear in, the others fixed: all real ones by default. */
  readonly inputs?: readonly string[]
  readonly seed?: number
}
export interface Linearity {
  /** Proved: the derivative is the same everywhere, and f(0) = 0. */
  readonly structure: boolean
  /** Not refuted at random points. */
  readonly test: boolean
  /** The largest |f(a u + b v) - a f(u) - b f(v)| over the size of the outputs. */
  readonly error: number
}
const marksOf = (p: Closed, inputs: readonly string[] | undefined): readonly boolean[] =>
  p.inputs.map((i) => isReal(i.type) && (inputs === undefined || inputs.includes(i.name)))
const place = (p: Closed, marks: readonly boolean[], rest: Point, moved: Point): Point => {
  let next = 0
  return p.inputs.map((_, i) => (marks[i] ? moved[next++] : rest[i]) as Float64Array)
}
/**
 * Whether tangents of the marked inputs reach the outputs without meeting the marked inputs themselves. What depends on
 * these inputs without a tangent, as floor does, is no proof; bodies of operations must be linear as well.
 */
const sameEverywhere = (p: Closed, marks: readonly boolean[]): boolean => {
  const moved = p.inputs.filter((_, i) => marks[i])
  const n = p.inputs.length
  let covered = true
  const tangent = closeOver([...p.inputs, ...moved.map((i) => ({ ...i, name: `d${i.name}` }))], (xs) => {
    const t = push(p, open(p, xs.slice(0, n)), spread(marks, xs.slice(n)), differentiation())
    const reached: boolean[] = [...marks]
    for (const q of p.equations) {
      const any = q.args.some((a) => reached[a])
      q.outs.forEach((_, k) => {
        reached.push(any)
        if (any && t[q.first + k] === undefined) covered = false
      })
      if (any && !Object.values(q.attrs).every((body) => !isClosed(body) || isLinearBody(body))) covered = false
    }
    return at(t, p.outputs).filter((e): e is Expr => e !== undefined)
  })
  const read = new Set([...tangent.equations.flatMap((q) => q.args), ...tangent.outputs])
  return covered && marks.every((m, i) => !m || !read.has(i))
}
const zeros = (types: readonly Type[]): Point => types.map((t) => new Float64Array(sizeOf(t.shape)))
const isLinearBody = (p: Closed): boolean =>
  sameEverywhere(p, marksOf(p, undefined)) && evaluate(p, zeros(inTypes(p))).every((y) => y.every((v) => v === 0))
const points = 4

export const linearity = <In, Out>(
  program: Program<In, Out>,
  { inputs, seed = 1 }: LinearityOptions = {},
): Linearity => {
  const p = program.closed
  const marks = marksOf(p, inputs)
  const types = inTypes(p).filter((_, i) => marks[i])
  const zero = zeros(types)
  const root = keyOf(seed)
  let error = 0
  let test = true
  let atZero = true
  for (let k = 0; k < points; k++) {
    const key = child(root, k)
    const fixed = drawPoint(p, child(key, 0), [], true) ?? zeros(inTypes(p))
    const f = (moved: Point, again?: ReturnType<typeof rounding>): Float64Array => {
      const x = place(p, marks, fixed, moved)
      return flat(
        again === undefined
          ? evaluate(p, x)
          : evaluate(
              p,
              x.map((a, i) => (marks[i] ? again.touch(a) : a)),
              again.run,
            ),
      )
    }
    const u = direction(child(key, 1), types)
    const v = direction(child(key, 2), types)
    const [a, b] = [1.5, -0.75]
    const sum = u.map((x, i) => x.map((e, j) => a * e + b * (v[i]?.[j] as number)))
    const [fu, fv, fs, fz] = [f(u), f(v), f(sum), f(zero)]
    const slack = [u, v, sum].map((x, i) => slackOf([fu, fv, fs][i] as Float64Array, (r) => f(x, r), child(key, 3 + i)))
    const size = [...fu, ...fv, ...fs].reduce((m, y) => Math.max(m, Math.abs(y)), Number.MIN_VALUE)
    atZero &&= fz.every((y) => y === 0)
    fs.forEach((y, i) => {
      const gap = Math.abs(y - a * (fu[i] as number) - b * (fv[i] as number))
      const allowed = 2 * slack.reduce((m, s) => m + (s[i] as number), 0) + 1e-13 * size
      if (!(gap <= allowed)) test = false
      error = Math.max(error, Number.isNaN(gap) ? Number.POSITIVE_INFINITY : gap / size)
    })
  }
  return { structure: atZero && sameEverywhere(p, marks), test, error }
}
/** Not refuted by test; `linearity` says whether it is proved. Law: structure implies test. */
export const isLinear = <In, Out>(program: Program<In, Out>, options: LinearityOptions = {}): boolean => {
  const { structure, test } = linearity(program, options)
  return structure || test
}
