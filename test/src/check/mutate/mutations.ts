/**
 * Ways to be wrong, on a derivative as a program. A rule is closed, (point, linear inputs) -> results, and so a mistake in
 * it is one equation or one result that is another expression of the same type: no file is edited.
 */

import * as E from 'fp-ts/lib/Either.js'
import { broadcastTo } from '../../../../lang/primitives/broadcast.ts'
import { concat } from '../../../../lang/primitives/concat.ts'
import { filled } from '../../../../lang/primitives/constant.ts'
import { mul, neg } from '../../../../lang/primitives/elementwise.ts'
import { entryOf } from '../../../../lang/primitives/index.ts'
import { reshape } from '../../../../lang/primitives/reindex.ts'
import { slice } from '../../../../lang/primitives/window.ts'
import { at, type Closed, closeOver, type Equation, outTypes, typesOf } from '../../../../lang/syntax/closed.ts'
import { type Expr, node } from '../../../../lang/syntax/expr.ts'
import type { Attrs, Plain } from '../../../../lang/syntax/plain.ts'
import { isReal, sameType, sameTypes, type Type } from '../../../../lang/syntax/shape.ts'

export const kinds = [
  'sign',
  'factor',
  'dropped term',
  'stale primal',
  'transposed operand',
  'wrong axis',
  'off by one',
  'missing sum',
  'wrong tie',
  'wrong function',
  'wrong constant',
] as const
export type Kind = (typeof kinds)[number]
export interface Mutation {
  readonly kind: Kind
  /** What was changed, for people. */
  readonly what: string
  readonly mutate: (rule: Closed) => Closed | undefined
}

/** The rule with other results for one equation. */
const replaced = (
  rule: Closed,
  k: number,
  f: (args: readonly Expr[], q: Equation, v: readonly Expr[]) => readonly Expr[] | undefined,
): Closed | undefined => {
  let fits = true
  const made = closeOver(rule.inputs, (xs) => {
    const v = [...xs]
    rule.equations.forEach((q, j) => {
      const kept = node(q.op, q.attrs, at(v, q.args), q.outs)
      const other = j === k ? f(at(v, q.args), q, v) : undefined
      if (
        j === k &&
        (other === undefined ||
          !sameTypes(
            other.map((e) => e.type),
            q.outs,
          ))
      )
        fits = false
      v.push(...(other !== undefined && fits ? other : kept))
    })
    return at(v, rule.outputs)
  })
  return fits && sameTypes(outTypes(made), outTypes(rule)) ? made : undefined
}
/** The rule with one result passed through a function. */
const withOutput = (rule: Closed, o: number, f: (e: Expr) => Expr): Closed | undefined =>
  o >= rule.outputs.length
    ? undefined
    : closeOver(rule.inputs, (xs) => {
        const v = [...xs]
        for (const q of rule.equations) v.push(...node(q.op, q.attrs, at(v, q.args), q.outs))
        return at(v, rule.outputs).map((e, i) => (i === o ? f(e) : e))
      })
const along = (x: Expr, axis: number, start: number, n: number): Expr => {
  const shape: readonly number[] = x.type.shape
  return slice({
    start: shape.map((_, d) => (d === axis ? start : 0)),
    shape: shape.map((m, d) => (d === axis ? n : m)),
    stride: shape.map(() => 1),
  })(x)
}
/** Every row moved down by one, the last row first. */
const rolled =
  (axis: number) =>
  (x: Expr): Expr => {
    const n = x.type.shape[axis] as number
    return concat(axis)([along(x, axis, n - 1, 1), along(x, axis, 0, n - 1)]) as Expr
  }

// -- attributes ------------------------------------------------------------------------------------------------------

const axisNames = ['axis', 'axes', 'dims', 'perm', 'x', 'y', 'out', 'batch']
const swapTwo = <T>(xs: readonly T[]): readonly T[] => (xs.length < 2 ? xs : [xs[1] as T, xs[0] as T, ...xs.slice(2)])
const variants = (name: string, v: Plain): readonly Plain[] => {
  if (typeof v === 'number') return [v + 1, v - 1]
  if (typeof v === 'boolean') return [!v]
  if (typeof v === 'string') return v.length > 1 ? [[...swapTwo([...v])].join('')] : []
  if (!Array.isArray(v)) return []
  if (v.every((e): e is number => typeof e === 'number'))
    return [
      ...(v.length > 1 ? [swapTwo(v), [...v].reverse()] : []),
      ...v.flatMap((_, i) => [1, -1].map((by) => v.map((e, j) => (i === j ? e + by : e)))),
    ]
  if (name !== 'ties') return []
  return v.flatMap((tie, i) =>
    [1, -1].map((by) =>
      v.map((t, j) => (i === j ? { ...(tie as Attrs), offset: Number((tie as Attrs).offset) + by } : t) as Plain),
    ),
  )
}
/** Other attributes with which the operation has the same type. */
const otherAttrs = (q: Equation, types: readonly Type[]): readonly (readonly [string, Attrs])[] =>
  Object.entries(q.attrs).flatMap(([name, v]) =>
    variants(name, v).flatMap((w) => {
      const attrs = { ...q.attrs, [name]: w }
      if (JSON.stringify(w) === JSON.stringify(v)) return []
      const typed = entryOf(q.op).type(attrs, types)
      return E.isRight(typed) && sameTypes(typed.right, q.outs)
        ? [[`${q.op} ${name} ${JSON.stringify(v)} -> ${JSON.stringify(w)}`, attrs] as const]
        : []
    }),
  )

// -- the list --------------------------------------------------------------------------------------------------------

const neighbours: { readonly [op: string]: string } = {
  sin: 'cos',
  cos: 'sin',
  sinh: 'cosh',
  cosh: 'sinh',
  sqrt: 'rsqrt',
  rsqrt: 'sqrt',
  exp: 'expm1',
  log: 'log1p',
  tanh: 'sin',
  div: 'mul',
  mul: 'div',
  add: 'sub',
  sub: 'add',
  ceil: 'floor',
  floor: 'ceil',
  reduceMax: 'reduceMin',
  eq: 'ne',
  pow: 'div',
}
const choosing = new Set(['lt', 'le', 'eq', 'ne', 'select'])
const ofEquation = (rule: Closed, k: number, point: number): readonly Mutation[] => {
  const q = rule.equations[k] as Equation
  const types = typesOf(rule)
  const argTypes = at(types, q.args)
  const [a, b] = argTypes
  const swap = argTypes.length === 2 && sameType(a as Type, b as Type) && !entryOf(q.op).algebra.commutative
  const found: Mutation[] = []
  const add = (kind: Kind, what: string, f: Parameters<typeof replaced>[2]): void => {
    found.push({
      kind,
      what: `equation ${k}: ${what}`,
      mutate: (r) => (r.equations[k]?.op === q.op ? replaced(r, k, f) : undefined),
    })
  }
  /** The operation on other arguments, where it then has the same type. */
  const again = (
    op: string,
    args: readonly Expr[],
    outs: readonly Type[],
    attrs = q.attrs,
  ): readonly Expr[] | undefined => {
    const typed = entryOf(op).type(
      attrs,
      args.map((x) => x.type),
    )
    return E.isRight(typed) && sameTypes(typed.right, outs) ? node(op, attrs, args, outs) : undefined
  }
  if (q.op === 'add' || q.op === 'sub')
    for (const i of [0, 1]) add('dropped term', `${q.op} keeps only argument ${i}`, (args) => [args[i] as Expr])
  if (q.op === 'select')
    for (const i of [1, 2]) add('dropped term', `select always argument ${i}`, (args) => [args[i] as Expr])
  if (q.op === 'mul' || q.op === 'div')
    for (const i of [0, 1]) add('dropped term', `${q.op} keeps only argument ${i}`, (args) => [args[i] as Expr])
  if (swap)
    add(choosing.has(q.op) ? 'wrong tie' : 'transposed operand', `${q.op} with its arguments exchanged`, ([x, y], p) =>
      again(q.op, [y as Expr, x as Expr], p.outs),
    )
  if (q.op === 'select')
    add('wrong tie', 'select with its branches exchanged', ([c, x, y], p) =>
      again(q.op, [c as Expr, y as Expr, x as Expr], p.outs),
    )
  if (q.op === 'lt') add('wrong tie', 'lt becomes le', (args, p) => again('le', args, p.outs))
  if (q.op === 'sum')
    add('missing sum', 'only the first of a sum', ([x], p) => {
      const e = x as Expr
      const axes = p.attrs.axes as readonly number[]
      const shape: readonly number[] = e.type.shape
      return shape.some((n, d) => n === 0 && axes.includes(d))
        ? undefined
        : [
            reshape(shape.filter((_, d) => !axes.includes(d)) as never)(
              axes.reduce((y, d) => along(y, d, 0, 1), e) as never,
            ) as Expr,
          ]
    })
  for (const [what, attrs] of otherAttrs(q, argTypes)) {
    const [name = ''] = what.split(' ').slice(1)
    const kind: Kind =
      q.op === 'permute'
        ? 'transposed operand'
        : q.op === 'constant'
          ? 'wrong constant'
          : axisNames.includes(name)
            ? 'wrong axis'
            : 'off by one'
    add(kind, what, (args, p) => again(q.op, args, p.outs, attrs))
  }
  const near = neighbours[q.op]
  if (near !== undefined) add('wrong function', `${q.op} becomes ${near}`, (args, p) => again(near, args, p.outs))
  if (q.op === 'constant')
    add('wrong constant', 'a constant one larger', (_, p) => [
      filled((p.outs[0] as Type).dtype, (p.outs[0] as Type).shape, Number(p.attrs.value) + 1),
    ])
  q.args.forEach((arg, j) => {
    if (arg >= rule.inputs.length) return
    for (let other = 0; other < point; other++)
      if (arg < point && other !== arg && sameType(types[other] as Type, types[arg] as Type))
        add('stale primal', `${q.op} reads point ${other} instead of ${arg}`, (args, p, v) =>
          again(
            q.op,
            args.map((x, i) => (i === j ? (v[other] as Expr) : x)),
            p.outs,
            p.attrs,
          ),
        )
  })
  return found
}
/** All mistakes of a rule whose first `point` inputs are the point. */
export const mutationsOf = (rule: Closed, point: number): readonly Mutation[] => {
  const outs = outTypes(rule)
  const ofOutputs = outs.flatMap((t, o): readonly Mutation[] =>
    !isReal(t)
      ? []
      : [
          {
            kind: 'sign',
            what: `result ${o} with the other sign`,
            mutate: (r) => withOutput(r, o, (e) => neg(e) as Expr),
          },
          { kind: 'factor', what: `result ${o} twice`, mutate: (r) => withOutput(r, o, (e) => mul(e, 2) as Expr) },
          {
            kind: 'factor',
            what: `result ${o} by 1.001`,
            mutate: (r) => withOutput(r, o, (e) => mul(e, 1.001) as Expr),
          },
          {
            kind: 'dropped term',
            what: `result ${o} is zero`,
            mutate: (r) => withOutput(r, o, (e) => filled('real', e.type.shape, 0)),
          },
          ...t.shape.flatMap((n, d): readonly Mutation[] =>
            n < 2
              ? []
              : [
                  {
                    kind: 'off by one',
                    what: `result ${o} rolled along ${d}`,
                    mutate: (r) => (outTypes(r)[o]?.shape[d] === n ? withOutput(r, o, rolled(d)) : undefined),
                  },
                ],
          ),
          ...(t.shape.length === 2 && t.shape[0] === t.shape[1] && (t.shape[0] as number) > 1
            ? [
                {
                  kind: 'transposed operand' as const,
                  what: `result ${o} transposed`,
                  mutate: (r: Closed) =>
                    sameType(outTypes(r)[o] as Type, t)
                      ? withOutput(r, o, (e) => node('permute', { perm: [1, 0] }, [e], [e.type])[0] as Expr)
                      : undefined,
                },
              ]
            : []),
          ...(t.shape.length > 0
            ? [
                {
                  kind: 'missing sum' as const,
                  what: `result ${o} is its first row everywhere`,
                  mutate: (r: Closed) =>
                    (outTypes(r)[o]?.shape.length ?? 0) > 0
                      ? withOutput(r, o, (e) => broadcastTo(e.type.shape)(along(e, 0, 0, 1) as never) as Expr)
                      : undefined,
                },
              ]
            : []),
        ],
  )
  return [...ofOutputs, ...rule.equations.flatMap((_, k) => ofEquation(rule, k, point))]
}
