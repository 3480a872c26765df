/**
 * Both modes of differentiation, on closed programs. Forward mode pushes tangents from inputs to outputs; reverse mode
 * pulls cotangents from outputs to inputs. Both read the same linear maps:
 *
 *   y = f(x)      forward: dy = push(dx)      reverse: ct x = sum of pull(ct y) over all y that read x
 *
 * A zero is absent (undefined): it is never built. Reverse mode skips inputs whose cotangent was not requested. The one
 * primitive named is add, which accumulates.
 */
import { add } from '../../lang/primitives/elementwise.ts'
import type { Derivative, JointMap, LinearMap, Recursion } from '../../lang/primitives/entry.ts'
import { entryOf } from '../../lang/primitives/index.ts'
import { spread, zero } from '../../lang/primitives/structuralZeros.ts'
import {
  at,
  type Closed,
  closeOver,
  closing,
  distinct,
  type Equation,
  inTypes,
  numbered,
  open,
  outsOf,
  outTypes,
} from '../../lang/syntax/closed.ts'
import type { Expr, Maybe } from '../../lang/syntax/expr.ts'
import { isReal, type Type } from '../../lang/syntax/shape.ts'
import type { Tell } from '../../lang/tell.ts'
import { run, type Steps } from './steps.ts'

// -- the linear map of an equation ------------------------------------------------------------------------------------

/** x + y; undefined counts as zero. */
export const plus = (x: Maybe, y: Maybe): Maybe => (x && y ? add(x, y) : (x ?? y))
const isPresent = (x: Maybe): x is Expr => x !== undefined

/** Joins one map per argument into one: tangents add up, a cotangent is pulled to every argument. */
const join = (maps: readonly (LinearMap | null)[]): JointMap => ({
  push: (ts) => [
    maps.map((m, i) => m && ts[i] && m.push(ts[i])).reduce<Maybe>((sum, t) => plus(sum, t ?? undefined), undefined),
  ],
  pull: ([ct], wanted) => maps.map((m, i) => (m && ct && wanted[i] ? m.pull(ct) : undefined)),
})
/** An ill-typed cotangent has no shape to compute with. It passes through, and closing reports it. */
const passingPoison = ({ push, pull }: JointMap): JointMap => ({
  push,
  pull: (cts, wanted) => {
    const poison = cts.find((ct) => ct?.node._tag === 'Poison')
    return poison ? wanted.map((w) => (w ? poison : undefined)) : pull(cts, wanted)
  },
})
const isJoint = (d: Derivative): d is JointMap => !Array.isArray(d)
/** The derivative of an equation at the point where the program's values are `v`. */
export const mapAt = (q: Equation, v: readonly Expr[], rec: Recursion): JointMap => {
  const d = entryOf(q.op).derivative(q.attrs, at(v, q.args), outsOf(q, v), rec)
  return passingPoison(isJoint(d) ? d : join(d))
}

// -- forward mode -----------------------------------------------------------------------------------------------------

/** The tangent of every value, from those of the inputs. */
function* pushing(p: Closed, v: readonly Expr[], inputs: readonly Maybe[], rec: Recursion): Steps<readonly Maybe[]> {
  const t = [...inputs]
  yield { _tag: 'Opened', program: p, values: v, given: inputs }
  for (const q of p.equations) {
    const given = at(t, q.args)
    const pushed = given.some(isPresent) ? mapAt(q, v, rec).push(given) : []
    const made = q.outs.map((_, k) => pushed[k])
    t.push(...made)
    yield { _tag: 'Pushed', equation: q, given, made }
  }
  return t
}
export const push = (
  p: Closed,
  v: readonly Expr[],
  inputs: readonly Maybe[],
  rec: Recursion,
  tell?: Tell,
): readonly Maybe[] => run(pushing(p, v, inputs, rec), tell)

// -- reverse mode -----------------------------------------------------------------------------------------------------

/** Which values are real and depend on an input in `wanted`: only these have a cotangent. */
const reached = (p: Closed, wanted: readonly boolean[]): readonly boolean[] => {
  const on = [...wanted]
  for (const q of p.equations) {
    const any = q.args.some((a) => on[a])
    for (const t of q.outs) on.push(any && isReal(t))
  }
  return on
}
/** The cotangent of every value, from those of the outputs. */
function* pulling(
  p: Closed,
  v: readonly Expr[],
  outputs: readonly Maybe[],
  wanted: readonly boolean[],
  rec: Recursion,
): Steps<readonly Maybe[]> {
  const on = reached(p, wanted)
  const c: Maybe[] = v.map(() => undefined)
  const accumulate = (values: readonly number[], cts: readonly Maybe[]): void =>
    values.forEach((k, i) => {
      c[k] = plus(c[k], cts[i])
    })
  const given = p.outputs.map((o, i) => (on[o] ? outputs[i] : undefined))
  accumulate(p.outputs, given)
  yield { _tag: 'Opened', program: p, values: v, given, sums: at(c, p.outputs) }
  for (const q of [...p.equations].reverse()) {
    const [cts, wants] = [outsOf(q, c), at(on, q.args)]
    if (!cts.some(isPresent) || !wants.some(Boolean)) continue
    const made = mapAt(q, v, rec).pull(cts, wants)
    accumulate(q.args, made)
    yield { _tag: 'Pulled', equation: q, given: cts, made, sums: at(c, q.args) }
  }
  return c
}
/** The cotangents of the inputs. */
export const pull = (
  p: Closed,
  v: readonly Expr[],
  outputs: readonly Maybe[],
  wanted: readonly boolean[],
  rec: Recursion,
  tell?: Tell,
): readonly Maybe[] => run(pulling(p, v, outputs, wanted, rec), tell).slice(0, p.inputs.length)

// -- the same on programs that attributes hold: (inputs, tangents) -> tangents, (inputs, cotangents) -> cotangents ----

export const jvpBody = (
  body: Closed,
  active: readonly boolean[],
  rec: Recursion,
  tell?: Tell,
): ReturnType<Recursion['jvp']> => {
  const tangents = body.inputs.filter((_, i) => active[i]).map(({ name, type }) => ({ name: `d${name}`, type }))
  const [n, outs] = [body.inputs.length, outTypes(body)]
  let present: readonly boolean[] = []
  const closed = closeOver(distinct([...body.inputs, ...tangents]), (xs) => {
    const t = push(body, open(body, xs.slice(0, n)), spread(active, xs.slice(n)), rec, tell)
    present = body.outputs.map((o) => t[o] !== undefined)
    return body.outputs.map((o, i) => t[o] ?? zero(outs[i] as Type))
  })
  return { body: closed, active: present }
}
export const vjpBody = (
  body: Closed,
  wanted: readonly boolean[],
  given: readonly boolean[],
  rec: Recursion,
  tell?: Tell,
): ReturnType<Recursion['vjp']> => {
  const [n, ins] = [body.inputs.length, inTypes(body)]
  const outs = outTypes(body).filter((_, i) => given[i])
  return closing(distinct([...body.inputs, ...numbered(outs, 'ct')]), (xs) => {
    const c = pull(body, open(body, xs.slice(0, n)), spread(given, xs.slice(n)), wanted, rec, tell)
    return ins.flatMap((t, i) => (wanted[i] ? [c[i] ?? zero(t)] : []))
  })
}
