/**
 * Both modes of differentiation, on closed programs. Forward mode pushes tangents from inputs to outputs; reverse mode
 * pulls cotangents from outputs to inputs. They read the same linear maps; add is the one primitive they name, to
 * accumulate. A zero is absent: it is never built, and nothing is pulled towards a value nobody wants.
 */

import * as E from 'fp-ts/lib/Either.js'
import { freeAxes } from '../../lang/axes.ts'
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
import { type Tell, within } from '../../lang/tell.ts'
import { vmapClosed } from './vmap.ts'

/** x + y, where an absent one is zero. */
export const plus = (x: Maybe, y: Maybe): Maybe => (x && y ? add(x, y) : (x ?? y))

const isJoint = (d: Derivative): d is JointMap => !Array.isArray(d)
/** The map of all arguments from one map each: tangents add up, a cotangent goes to every argument. */
const join = (maps: readonly (LinearMap | null)[]): JointMap => ({
  push: (ts) => [
    maps
      .map((m, i) => {
        const t = ts[i]
        return m && t ? m.push(t) : undefined
      })
      .reduce(plus, undefined),
  ],
  pull: ([ct], wanted) => maps.map((m, i) => (m && ct && wanted[i] ? m.pull(ct) : undefined)),
})
/** The derivative of an equation at the point where its values are `v`. */
export const mapAt = (q: Equation, v: readonly Expr[], tell?: Tell): JointMap => {
  const rec = tell === undefined ? recursion : recursionOver(1, undefined, tell)
  const d = entryOf(q.op).derivative(q.attrs, at(v, q.args), outsOf(q, v), rec)
  return isJoint(d) ? d : join(d)
}

/** The tangent of every value. */
export const push = (p: Closed, v: readonly Expr[], inputs: readonly Maybe[], tell?: Tell): readonly Maybe[] => {
  const t = [...inputs]
  tell?.({ _tag: 'Opened', program: p, values: v, given: inputs })
  for (const q of p.equations) {
    const ts = at(t, q.args)
    const outs = ts.some((x) => x !== undefined) ? mapAt(q, v, tell).push(ts) : []
    tell?.({ _tag: 'Pushed', equation: q, given: ts, made: q.outs.map((_, k) => outs[k]) })
    for (let k = 0; k < q.outs.length; k++) t.push(outs[k])
  }
  return t
}

/** Which values are real and depend on a wanted input. */
const reached = (p: Closed, wanted: readonly boolean[]): readonly boolean[] => {
  const on = [...wanted]
  for (const q of p.equations) {
    const any = q.args.some((a) => on[a])
    for (const t of q.outs) on.push(any && isReal(t))
  }
  return on
}
/** The cotangent of every value that depends on a wanted input. */
export const pullAll = (
  p: Closed,
  v: readonly Expr[],
  outputs: readonly Maybe[],
  wanted: readonly boolean[],
  tell?: Tell,
): readonly Maybe[] => {
  const c: Maybe[] = v.map(() => undefined),
    live = reached(p, wanted)
  const given = p.outputs.map((o, i) => (live[o] ? outputs[i] : undefined))
  p.outputs.forEach((o, i) => {
    c[o] = plus(c[o], given[i])
  })
  tell?.({ _tag: 'Opened', program: p, values: v, given, sums: at(c, p.outputs) })
  for (let k = p.equations.length - 1; k >= 0; k--) {
    const q = p.equations[k] as Equation,
      cts = outsOf(q, c),
      want = at(live, q.args)
    if (cts.every((x) => x === undefined) || !want.some(Boolean)) continue
    // a refusal has no shape to compute with: it passes as it is, and closing reports it
    const refused = cts.find((x) => x?.node._tag === 'Poison')
    const back = refused === undefined ? mapAt(q, v, tell).pull(cts, want) : want.map((w) => (w ? refused : undefined))
    back.forEach((ct, i) => {
      const a = q.args[i] as number
      c[a] = plus(c[a], ct)
    })
    tell?.({ _tag: 'Pulled', equation: q, given: cts, made: back, sums: at(c, q.args) })
  }
  return c
}
/** The cotangents of the inputs. */
export const pull = (
  p: Closed,
  v: readonly Expr[],
  outputs: readonly Maybe[],
  wanted: readonly boolean[],
  tell?: Tell,
): readonly Maybe[] => {
  const c = pullAll(p, v, outputs, wanted, tell)
  return p.inputs.map((_, i) => c[i])
}

// -- the same on the bodies that attributes hold -----------------------------------------------------------------------

const jvpBody = (body: Closed, active: readonly boolean[], tell?: Tell): ReturnType<Recursion['jvp']> => {
  const tangents = body.inputs.filter((_, i) => active[i]).map(({ name, type }) => ({ name: `d${name}`, type }))
  const n = body.inputs.length,
    outs = outTypes(body)
  let present: readonly boolean[] = []
  const closed = closeOver(distinct([...body.inputs, ...tangents]), (xs) => {
    const t = push(body, open(body, xs.slice(0, n)), spread(active, xs.slice(n)), tell)
    present = body.outputs.map((o) => t[o] !== undefined)
    return body.outputs.map((o, i) => t[o] ?? zero(outs[i] as Type))
  })
  return { body: closed, active: present }
}
const vjpBody = (
  body: Closed,
  wanted: readonly boolean[],
  given: readonly boolean[],
  tell?: Tell,
): ReturnType<Recursion['vjp']> => {
  const n = body.inputs.length,
    ins = inTypes(body),
    cotangents = numbered(
      outTypes(body).filter((_, i) => given[i]),
      'ct',
    )
  return closing(distinct([...body.inputs, ...cotangents]), (xs) => {
    const c = pull(body, open(body, xs.slice(0, n)), spread(given, xs.slice(n)), wanted, tell)
    return ins.flatMap((t, i) => (wanted[i] ? [c[i] ?? zero(t)] : []))
  })
}
/** What entries that hold programs are handed. */
export const recursionOver = (size: number, axis: string | undefined, tell?: Tell): Recursion => ({
  jvp: (body, active) =>
    within(
      tell,
      'forward',
      body,
      (inner) => jvpBody(body, active, inner),
      (r) => r.body,
    ),
  vjp: (body, wanted, given) =>
    within(
      tell,
      'reverse',
      body,
      (inner) => vjpBody(body, wanted, given, inner),
      (r) => (E.isRight(r) ? r.right : undefined),
    ),
  vmap: (body, batched) =>
    within(
      tell,
      'batch',
      body,
      (inner) => vmapClosed(body, batched, recursionOver(size, axis, inner), inner),
      (r) => r,
    ),
  size,
  axis,
  reads: (body) => axis !== undefined && freeAxes(body).includes(axis),
})
const recursion = recursionOver(1, undefined)
