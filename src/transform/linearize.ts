/**
 * The derivative at a point as data. jvp is split: equations that depend on tangents form the linear program, the
 * others run once, at the point, and pass their results on as residuals; constants are in both programs. The linear
 * program is linear by construction: no list of linear primitives is needed.
 */
import { zero } from '../../lang/primitives/structuralZeros.ts'
import { at, type Closed, open, outsOf, typesOf } from '../../lang/syntax/closed.ts'
import { orThrow } from '../../lang/syntax/error.ts'
import { type Expr, type Maybe, node } from '../../lang/syntax/expr.ts'
import { ofProgram } from '../../lang/syntax/ofProgram.ts'
import { makeNamed, type Program } from '../../lang/syntax/program.ts'
import type { Type } from '../../lang/syntax/shape.ts'
import { exprLeaves, refill, type Tangent, tangentOf } from '../../lang/syntax/tree.ts'
import { typed } from '../../lang/syntax/typed.ts'
import type { Tell } from '../../lang/tell.ts'
import { jvpTelling } from './jvp.ts'

export interface Linearized<In, Out> {
  /** x -> (f(x), residuals) */
  readonly point: Program<In, readonly [Out, readonly Type[]]>
  /** (residuals, dx) -> df(x) dx */
  readonly linear: Program<readonly [readonly Type[], Tangent<In>], Tangent<Out>>
}
/** Which values depend on the inputs from number n on. */
const moving = (c: Closed, n: number): readonly boolean[] => {
  const on: boolean[] = c.inputs.map((_, i) => i >= n)
  for (const q of c.equations) {
    const any = q.args.some((a) => on[a])
    for (const _ of q.outs) on.push(any)
  }
  return on
}

/** Which values depend on no input: a zero among them must be seen in the linear program. */
const fixed = (c: Closed): readonly boolean[] => {
  const on: boolean[] = c.inputs.map(() => false)
  for (const q of c.equations) {
    const all = q.args.every((a) => on[a])
    for (const _ of q.outs) on.push(all)
  }
  return on
}

/** linearize that reports to `tell` every step of forward mode, then the program to which each equation goes. */
export const linearizeTelling = <In, Out>(p: Program<In, Out>, tell: Tell | undefined): Linearized<In, Out> => {
  const c = jvpTelling(p, tell).closed,
    n = p.closed.inputs.length,
    on = moving(c, n),
    known = fixed(c),
    types = typesOf(c)
  const primals = c.outputs.slice(0, p.closed.outputs.length),
    tangents = c.outputs.slice(p.closed.outputs.length)
  const needed = [...c.equations.filter((q) => on[q.first]).flatMap((q) => q.args), ...tangents].filter(
    (v) => !on[v] && !known[v],
  )
  const residuals = [...new Set(needed)]
  // every value where it is computed: at the point, or in the linear program
  let atPoint: readonly Maybe[] = [],
    inLinear: readonly Maybe[] = []
  const point = makeNamed(p.in, c.inputs.slice(0, n), (x) => {
    const v = open(c, [...exprLeaves(x), ...c.inputs.slice(n).map((i) => zero(i.type))])
    atPoint = v
    return [refill(p.out, at(v, primals)), at(v, residuals)]
  })
  const given = residuals.map((r, k) => ({ name: `r${k}`, type: types[r] as Type }))
  const linear = makeNamed([given.map((r) => r.type), tangentOf(p.in)], [...given, ...c.inputs.slice(n)], (handles) => {
    const [r, dx] = handles as readonly [readonly Expr[], unknown]
    const v: Maybe[] = [...c.inputs.slice(0, n).map(() => undefined), ...exprLeaves(dx)]
    inLinear = v
    residuals.forEach((k, i) => {
      v[k] = r[i]
    })
    for (const q of c.equations)
      if (on[q.first] || known[q.first])
        node(q.op, q.attrs, at(v, q.args) as readonly Expr[], q.outs).forEach((e, k) => {
          v[q.first + k] = e
        })
    return refill(tangentOf(p.out), at(v, tangents))
  })
  for (const q of tell === undefined ? [] : c.equations) {
    const moves = on[q.first] as boolean
    tell?.({ _tag: 'Split', equation: q, linear: moves, made: outsOf(q, moves ? inLinear : atPoint) })
  }
  return typed({ point: orThrow(point), linear: orThrow(linear) })
}
/** Law: linear(point(x).residuals, dx) = jvp(f)(x, dx).tangent */
export const linearize = ofProgram(
  'linearize(f: program)',
  <In, Out>(p: Program<In, Out>): Linearized<In, Out> => linearizeTelling(p, undefined),
)
