/**
 * From numbers to a well-typed program. Decoding is total: every list of numbers is a program, and a shorter list or
 * smaller numbers give a simpler one. So fast-check shrinks programs by shrinking numbers.
 *
 * Every expression carries its values at a few probe points. An equation that is not finite there is left out; an
 * argument outside the domain of its operation is first passed through tanh. The domain is the range of the entry's own
 * examples.
 */
import * as E from 'fp-ts/lib/Either.js'
import { evaluate, type Tensor } from '../../../lang/evaluate.ts'
import type { Entry } from '../../../lang/primitives/entry.ts'
import { dictionary, entries } from '../../../lang/primitives/index.ts'
import { type Closed, close } from '../../../lang/syntax/closed.ts'
import { orThrow } from '../../../lang/syntax/error.ts'
import { type Expr, input, node } from '../../../lang/syntax/expr.ts'
import { nth } from '../../../lang/syntax/list.ts'
import type { Attrs } from '../../../lang/syntax/plain.ts'
import {
  bool,
  int,
  isReal,
  real,
  type Shape,
  sameShape,
  sameType,
  sizeOf,
  type Type,
} from '../../../lang/syntax/shape.ts'
import type { Interval } from '../../check/domain.ts'
import { type Draw, fitters, type Proposal } from './attributes.ts'
import { spreadFrom } from './values.ts'

/** One equation's worth of numbers. When they run out, the rest are 0. */
export type Gene = readonly number[]
/** An expression, and its value at every probe point. */
interface Value {
  readonly expr: Expr
  readonly at: readonly Tensor[]
}
/** The values that an equation may read. Local to one decoding. */
interface Scope {
  readonly values: Value[]
  readonly inputs: Value[]
  /** How many inputs there may be. */
  readonly room: number
  readonly depth: number
  /** The only primitives that equations are drawn from, where they are given. */
  readonly only: readonly Entry[] | undefined
  readonly genes: Gene[]
}
const largest = 48
const deepest = 2
const typeOf = (v: Value): Type => v.expr.type
const newest = <T>(xs: readonly T[], back: number): T => xs[xs.length - 1 - back] as T
const reader = (gene: Gene): Draw['pick'] => {
  let k = 0
  return (n) => (n <= 1 ? 0 : (gene[k++] ?? 0) % n)
}

// -- values ----------------------------------------------------------------------------------------------------------

/** The probe points of an input: one of distinct numbers, one near each end. */
const probesOf = (t: Type, seed: number): readonly Tensor[] => {
  const end = (r: number, n: number): Tensor =>
    new Float64Array(sizeOf(t.shape)).fill(isReal(t) ? r : t.dtype === 'int' ? n : (n + 1) >> 1)
  return [nth(spreadFrom(seed, [t]), 0), end(0.97, 1), end(-0.97, 0)]
}
const addInput = (scope: Scope, type: Type): Value => {
  const k = scope.inputs.length
  const v = { expr: input(`x${k}`, type), at: probesOf(type, k) }
  scope.inputs.push(v)
  scope.values.push(v)
  return v
}
/** The outputs of a primitive; undefined where it is ill-typed, large, or not finite. */
const emit = (op: string, attrs: Attrs, args: readonly Value[], limit = largest): readonly Value[] | undefined => {
  const outs = (dictionary.get(op) as Entry).type(attrs, args.map(typeOf))
  if (E.isLeft(outs) || outs.right.some((t) => sizeOf(t.shape) > limit)) return undefined
  const single: Closed = {
    inputs: args.map((a, k) => ({ name: `x${k}`, type: typeOf(a) })),
    equations: [{ op, attrs, args: args.map((_, k) => k), outs: outs.right, first: args.length }],
    outputs: outs.right.map((_, k) => args.length + k),
  }
  const probes = [0, 1, 2].map((k) =>
    evaluate(
      single,
      args.map((a) => nth(a.at, k)),
    ),
  )
  if (probes.some((ys) => ys.some((y) => !y.every(Number.isFinite)))) return undefined
  return node(
    op,
    attrs,
    args.map((a) => a.expr),
    outs.right,
  ).map((expr, o) => ({ expr, at: probes.map((ys) => nth(ys, o)) }))
}
/** Primitives that the decoder itself uses; these equations cannot be ill-typed. */
const sure = (op: string, attrs: Attrs, ...args: readonly Value[]): Value => {
  const outs = emit(op, attrs, args, Number.POSITIVE_INFINITY)
  if (outs === undefined)
    throw new Error(`${op} ${JSON.stringify(attrs)} does not apply to ${JSON.stringify(args.map(typeOf))}`)
  return nth(outs, 0)
}
const constant = (t: Type, value: number): Value => sure('constant', { dtype: t.dtype, shape: t.shape, value })

/** The value itself where its probes lie in the range, else (lo + hi)/2 + (hi - lo)/2 tanh x. */
const tame = (v: Value, [lo, hi]: Interval): Value => {
  const t = typeOf(v)
  if (!isReal(t) || v.at.every((y) => y.every((x) => lo <= x && x <= hi))) return v
  const squashed = sure('tanh', {}, v)
  if (lo <= -1 && hi >= 1) return squashed
  return sure('add', {}, constant(t, (lo + hi) / 2), sure('mul', {}, constant(t, (hi - lo) / 2), squashed))
}

/** x + c I where the last two axes are a square, c so large that the diagonal outweighs its row. */
const regular = (v: Value, [, hi]: Interval): Value => {
  const t = typeOf(v)
  const rank = t.shape.length
  const n = nth(t.shape, rank - 1)
  if (!isReal(t) || rank < 2 || t.shape[rank - 2] !== n) return v
  const [row, column] = [rank - 2, rank - 1].map((axis) => sure('iota', { shape: t.shape, axis }))
  const identity = sure('convert', { to: 'real' }, sure('eq', {}, row as Value, column as Value))
  return sure('add', {}, v, sure('mul', {}, constant(t, n * hi), identity))
}

// -- making a value fit a type ---------------------------------------------------------------------------------------

const withDType = (v: Value, dtype: Type['dtype'], pick: Draw['pick']): Value => {
  const t = typeOf(v)
  if (t.dtype === dtype) return v
  if (dtype === 'bool' && t.dtype === 'real') return sure('lt', {}, v, constant(t, nth([0.1, -0.3], pick(2))))
  if (dtype === 'int' && t.dtype === 'real')
    return sure('convert', { to: 'int' }, sure('mul', {}, tame(v, [-2, 2]), constant(t, 3)))
  return sure('convert', { to: dtype }, v)
}
const withShape = (v: Value, shape: Shape, pick: Draw['pick']): Value => {
  const t = typeOf(v)
  const lead = shape.length - t.shape.length
  const all = t.shape.map((_, d) => d)
  const resample = (): Value => {
    const n = sizeOf(t.shape)
    // nothing can be read of an empty value, such as the start of a box of no axes
    if (n === 0) return constant({ dtype: t.dtype, shape }, 0)
    const step = 1 + pick(3)
    const data = Array.from({ length: sizeOf(shape) }, (_, k) => (k * step) % n)
    return sure(
      'gather',
      { batch: 0 },
      sure('reshape', { shape: [n] }, v),
      sure('literal', { dtype: 'int', shape, data }),
    )
  }
  const ways: readonly (() => Value)[] = [
    ...(sizeOf(shape) === sizeOf(t.shape) ? [() => sure('reshape', { shape }, v)] : []),
    ...(lead >= 0 && sameShape(shape.slice(lead), t.shape)
      ? [() => sure('broadcast', { shape, dims: all.map((d) => d + lead) }, v)]
      : []),
    ...(t.dtype === 'bool' ? [] : [() => sure('broadcast', { shape, dims: [] }, sure('sum', { axes: all }, v))]),
    resample,
  ]
  return sameShape(shape, t.shape) ? v : (ways[pick(ways.length)] as () => Value)()
}
/** A new input, an existing value of this type, or another value converted to it. */
const toType = (scope: Scope, type: Type, pick: Draw['pick']): Value => {
  const alike = scope.values.filter((v) => sameType(typeOf(v), type))
  const how = pick(4)
  if (how === 0 && scope.inputs.length < scope.room) return addInput(scope, type)
  if (how < 3 && alike.length > 0) return newest(alike, pick(alike.length))
  if (scope.values.length === 0) return constant(type, 0)
  return withShape(withDType(newest(scope.values, pick(scope.values.length)), type.dtype, pick), type.shape, pick)
}

// -- equations -------------------------------------------------------------------------------------------------------

/** Examples whose declared derivative is not that of their values are left out: finite differences would disagree. */
const drawable = (e: Entry): readonly Entry['examples'][0][] => e.examples.filter((x) => !x.declared)
const isPointwise = (e: Entry): boolean =>
  drawable(e).every(
    (x) =>
      Object.keys(x.attrs).length === 0 &&
      x.args.length > 0 &&
      x.args.every((a) => sameShape(a.shape, nth(x.args, 0).shape)),
  )
const drawn = entries.filter((e) => drawable(e).length > 0)

/** Spreads text over 32 bits (FNV-1a, with the last mix of MurmurHash3). */
const hash = (text: string): number => {
  const mixed = [...text].reduce((h, c) => Math.imul(h ^ (c.codePointAt(0) as number), 16777619), 2166136261)
  const half = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b)
  return (half ^ (half >>> 13)) >>> 0
}
const numbers = 720
/**
 * The entry that each number of a gene stands for: the entry whose hash of its name and the number is the largest. A
 * new primitive therefore takes over a few numbers only, and programs that do not use them are drawn as before.
 */
const tableOf = (group: readonly Entry[]): readonly Entry[] =>
  Array.from({ length: numbers }, (_, n) => {
    const heights = n === 0 ? [] : group.map((e) => hash(`${e.name} ${n}`))
    return group[Math.max(0, heights.indexOf(Math.max(...heights)))] as Entry
  })
const pointwise = tableOf(drawn.filter(isPointwise))
const structural = tableOf(drawn.filter((e) => !isPointwise(e)))

/** An example of the entry, applied to the given type where the typing rule accepts it. */
const throughExample = (entry: Entry, x: Type, pick: Draw['pick']): Proposal => {
  const examples = drawable(entry)
  const { attrs, args, range, regular } = nth(examples, pick(examples.length))
  const [first] = args
  const like = (keep: boolean): readonly Type[] =>
    args.map((a) => ({ dtype: keep || a.dtype !== first?.dtype ? a.dtype : x.dtype, shape: x.shape }))
  const uniform = first !== undefined && args.every((a) => sameShape(a.shape, first.shape)) && pick(4) < 3
  const ways = uniform ? [like(false), like(true), args] : [args]
  return { attrs, args: ways.find((types) => E.isRight(entry.type(attrs, types))) ?? args, range, regular }
}
const equation = (scope: Scope, gene: Gene): readonly Value[] => {
  const pick = reader(gene)
  const group = scope.only ?? (pick(5) < 2 ? pointwise : structural)
  const entry = nth(group, pick(group.length))
  // every other time the newest value, so that equations build on one another
  const x = scope.values.length === 0 ? undefined : newest(scope.values, pick(2) === 0 ? 0 : pick(scope.values.length))
  const type = x === undefined ? real() : typeOf(x)
  const draw: Draw = {
    pick,
    type: () => (scope.values.length === 0 ? real() : typeOf(newest(scope.values, pick(scope.values.length)))),
    body: (ins, outs) => (scope.depth >= deepest ? undefined : body(scope, ins, outs, pick)),
  }
  const fitted = pick(4) < 3 ? fitters[entry.name]?.(type, draw) : undefined
  const { attrs, args, range, regular: square } = fitted ?? throughExample(entry, type, pick)
  if (args.some((t) => sizeOf(t.shape) > largest)) return []
  const values = args.map((t, i) => (i === 0 && x !== undefined && sameType(t, type) ? x : toType(scope, t, pick)))
  return (
    emit(
      entry.name,
      attrs,
      values.map((v) => {
        const tamed = tame(v, range ?? [-8, 8])
        return square ? regular(tamed, range ?? [-8, 8]) : tamed
      }),
    ) ?? []
  )
}
const equations = (scope: Scope, count: number): void => {
  for (let k = 0; k < count; k++) {
    const gene = scope.genes.shift()
    if (gene === undefined) return
    scope.values.push(...equation(scope, gene))
  }
}
/** A program from the next genes. Its outputs lie in the range of its inputs, so that it can be applied repeatedly. */
const body = (outer: Scope, ins: readonly Type[], outs: readonly Type[] | undefined, pick: Draw['pick']): Closed => {
  const scope: Scope = {
    values: [],
    inputs: [],
    room: ins.length,
    depth: outer.depth + 1,
    only: undefined,
    genes: outer.genes,
  }
  for (const t of ins) addInput(scope, t)
  equations(scope, 1 + pick(3))
  const found = outs === undefined ? scope.values.slice(-1 - pick(2)) : outs.map((t) => toType(scope, t, pick))
  return closed(
    scope,
    found.map((v) => tame(v, [-1, 1])),
  )
}
const closed = (scope: Scope, outputs: readonly Value[]): Closed =>
  orThrow(
    close(
      scope.inputs.map((v) => v.expr),
      outputs.map((v) => v.expr),
    ),
  )

const shapes: readonly Shape[] = [[], [2], [3], [2, 3], [3, 2], [4], [1], [2, 1, 3], [2, 2], [5]]
const startingType = (pick: Draw['pick']): Type => {
  const shape = nth(shapes, pick(shapes.length))
  const kind = pick(9)
  return kind === 7 ? int(...shape) : kind === 8 ? bool(...shape) : real(...shape)
}
/**
 * `header` chooses the first inputs and the outputs, every gene an equation. The first output is the last real value.
 */
export const decode = (header: Gene, genes: readonly Gene[], only?: readonly Entry[]): Closed => {
  const pick = reader(header)
  const scope: Scope = { values: [], inputs: [], room: 5, depth: 0, only, genes: [...genes] }
  for (let k = pick(3); k >= 0; k--) addInput(scope, startingType(pick))
  equations(scope, genes.length)
  const others = Array.from({ length: pick(4) >> 1 }, () => newest(scope.values, pick(scope.values.length)))
  const last = scope.values.findLast((v) => isReal(typeOf(v))) ?? newest(scope.values, 0)
  return closed(scope, [last, ...others])
}
