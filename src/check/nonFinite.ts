/**
 * Where NaN or infinity comes from: the program is evaluated equation by equation, and the way is gone back from a result
 * that is not finite, through arguments that are not, to an equation whose arguments are. A NaN made of infinities is told
 * from the infinity that it was made of.
 *
 *   origin   finite arguments, a result that is not            log(0), exp(1000), 0 / 0
 *   nan      arguments without NaN, a result with one          inf - inf, 0 * inf
 *
 * Inside a scan, a while, a cond or a call the search goes on in the body, at the step that met it first.
 */
import { at, type Closed, type Equation, inTypes } from '../../lang/closed.ts'
import { evaluate, type Runner, type Tensor, trace } from '../../lang/evaluate.ts'
import { runKernel } from '../../lang/kernel/evaluate.ts'
import { buffers, type Loop, type While } from '../../lang/kernel/index.ts'
import { entryOf } from '../../lang/primitives/index.ts'
import type { Program } from '../../lang/program.ts'
import { isReal, showType, strides, type Type } from '../../lang/shape.ts'
import { type Arrays, isTypeOrExpr, leavesWithPath, nameOf } from '../../lang/tree.ts'

/** 'single': every result rounded to float32, as most back ends have it. */
export type FloatPrecision = 'double' | 'single'
export interface Culprit {
  /** Its number in its program. */
  readonly equation: number
  readonly op: string
  /** The way into bodies: ['equation 4 (scan), step 7']. */
  readonly within: readonly string[]
  readonly value: number
  /** Its place in the result. */
  readonly element: readonly number[]
  readonly result: Type
  /** `here`: the argument's own element at that place, where it has the result's shape. */
  readonly args: readonly { readonly type: Type; readonly low: number; readonly high: number; readonly here?: number }[]
}
export type NonFinite =
  /** An input that is itself not finite, and reaches an output. */
  | {
      readonly _tag: 'FromInput'
      readonly output: string
      readonly name: string
      readonly value: number
      readonly element: readonly number[]
    }
  | {
      readonly _tag: 'FromEquation'
      readonly output: string
      readonly precision: FloatPrecision
      readonly origin: Culprit
      /** Where infinities became NaN, where they did. */
      readonly nan?: Culprit
    }

const infinite = (x: number): boolean => !Number.isFinite(x)
const isBad = (x: Tensor): boolean => x.some(infinite)
const hasNaN = (x: Tensor): boolean => x.some(Number.isNaN)
/** The element that the search follows: the first NaN, else the first infinity. */
const worstOf = (x: Tensor): number => (hasNaN(x) ? x.findIndex(Number.isNaN) : x.findIndex(infinite))
const placeOf = (flat: number, { shape }: Type): readonly number[] =>
  strides(shape).map((s, d) => Math.floor(flat / s) % (shape[d] ?? 1))

const single: Runner = (out, kernel, types, sources) => {
  const result = runKernel(out, kernel, types, sources)
  return isReal(out) ? result.map(Math.fround) : result
}
const runners: { readonly [P in FloatPrecision]: Runner } = { double: runKernel, single }

interface Found {
  /** The number of an input, or nothing. */
  readonly input?: number
  readonly origin?: Culprit
  readonly nan?: Culprit
}
const culprit = (
  p: Closed,
  k: number,
  out: number,
  values: readonly Tensor[],
  types: readonly Type[],
  within: readonly string[],
): Culprit => {
  const q = p.equations[k] as Equation
  const result = types[q.first + out] as Type
  const y = values[q.first + out] as Tensor
  const flat = worstOf(y)
  const args = q.args.map((a) => {
    const [x, type] = [values[a] as Tensor, types[a] as Type]
    const range = {
      type,
      low: x.reduce((m, v) => Math.min(m, v), Infinity),
      high: x.reduce((m, v) => Math.max(m, v), -Infinity),
    }
    return showType(type) === showType(result) ? { ...range, here: x[flat] as number } : range
  })
  return { equation: k, op: q.op, within, value: y[flat] as number, element: placeOf(flat, result), result, args }
}

/** The way back from value `from`. */
const walk = (p: Closed, values: readonly Tensor[], from: number, run: Runner, within: readonly string[]): Found => {
  const types = [...inTypes(p), ...p.equations.flatMap((q) => q.outs)]
  const maker = new Map(p.equations.flatMap((q, k) => q.outs.map((_, i) => [q.first + i, k] as const)))
  let nan: Culprit | undefined
  for (let at = from; ; ) {
    const k = maker.get(at)
    if (k === undefined) return { input: at, ...(nan && { nan }) }
    const q = p.equations[k] as Equation
    const bad = q.args.filter((a) => isBad(values[a] as Tensor))
    const same = hasNaN(values[at] as Tensor) ? bad.filter((a) => hasNaN(values[a] as Tensor)) : bad
    const [next] = same.length > 0 ? same : bad
    if (same.length === 0) {
      const here = deeper(p, k, at - q.first, values, types, run, within)
      if (next === undefined) return { origin: here, ...(nan && { nan }) }
      nan = here
    }
    at = next as number
  }
}
/** The first evaluation of a body that gives what is not finite, and what it was given. */
type Entered = readonly [body: Closed, inputs: readonly Tensor[], step?: number]
const loopEntry = (m: Loop, args: readonly Tensor[], run: Runner): Entered | undefined => {
  const { carries, rows, body, length, reverse } = m
  let now = args.slice(0, carries)
  for (let step = 0; step < length; step++) {
    const t = reverse ? length - 1 - step : step
    const row = (x: Tensor): Tensor => x.subarray((t * x.length) / length, ((t + 1) * x.length) / length)
    const inputs = [...now, ...args.slice(carries, carries + rows).map(row), ...args.slice(carries + rows)]
    const outs = evaluate(body, inputs, run)
    if (outs.some(isBad)) return [body, inputs, step]
    now = outs.slice(0, carries)
  }
  return undefined
}
const whileEntry = (m: While, args: readonly Tensor[], run: Runner): Entered | undefined => {
  const constants = args.slice(m.carries)
  let now = args.slice(0, m.carries)
  for (let step = 0; evaluate(m.test, [...now, ...constants], run)[0]?.[0] !== 0; step++) {
    const inputs = [...now, ...constants]
    const outs = evaluate(m.body, inputs, run)
    if (outs.some(isBad)) return [m.body, inputs, step]
    now = [...outs]
  }
  return undefined
}
const entered = (q: Equation, types: readonly Type[], args: readonly Tensor[], run: Runner): Entered | undefined => {
  const m = entryOf(q.op).meaning(q.attrs, buffers(types), q.outs)
  switch (m._tag) {
    case 'Inline':
      return [m.body, args]
    case 'Branch':
      return [m.bodies[args[0]?.[0] !== 0 ? 0 : 1], args.slice(1)]
    case 'Loop':
      return loopEntry(m, args, run)
    case 'While':
      return whileEntry(m, args, run)
    case 'Kernel':
    case 'Data':
    case 'Sort':
      return undefined
  }
}
/** The equation itself, or the one in its body. */
const deeper = (
  p: Closed,
  k: number,
  out: number,
  values: readonly Tensor[],
  types: readonly Type[],
  run: Runner,
  within: readonly string[],
): Culprit => {
  const q = p.equations[k] as Equation
  const here = culprit(p, k, out, values, types, within)
  const into = entered(q, at(types, q.args), at(values, q.args), run)
  if (into === undefined) return here
  const [body, inputs, step] = into
  const inner = trace(body, inputs, run)
  const bad = body.outputs.filter((o) => isBad(inner[o] as Tensor))
  const from = (Number.isNaN(here.value) ? bad.find((o) => hasNaN(inner[o] as Tensor)) : undefined) ?? bad[0]
  const path = [...within, `equation ${k} (${q.op})${step === undefined ? '' : `, step ${step}`}`]
  const found = from === undefined ? undefined : walk(body, inner, from, run, path)
  return found?.nan ?? found?.origin ?? here
}

/**
 * The first equation that makes an output NaN or infinite, or the input that is so from the start; nothing where all
 * outputs are finite. Without a precision, double and then single are tried.
 *
 * @example
 * traceNonFinite(programOrThrow({ x: real(2) }, ({ x }) => sum()(log(x))), { x: [1, -1] })
 */
export const traceNonFinite = <In, Out>(
  program: Program<In, Out>,
  inputs: Arrays<In>,
  precision?: FloatPrecision,
): NonFinite | undefined => {
  if (precision === undefined)
    return traceNonFinite(program, inputs, 'double') ?? traceNonFinite(program, inputs, 'single')
  const p = program.closed
  const round = precision === 'single' ? Math.fround : (x: number): number => x
  const given = leavesWithPath(program.in, isTypeOrExpr).map(([path, type]) => {
    const data = path.reduce((t: unknown, key) => (t as { readonly [key: string]: unknown })[key], inputs)
    const values = Float64Array.from(typeof data === 'number' ? [data] : (data as ArrayLike<number>))
    return isReal(type as Type) ? values.map(round) : values
  })
  const values = trace(p, given, runners[precision])
  const outputs = leavesWithPath(program.out, isTypeOrExpr).map(([path]) => nameOf(path))
  const i = p.outputs.findIndex((o) => isBad(values[o] as Tensor))
  if (i < 0) return undefined
  const { input, origin, nan } = walk(p, values, p.outputs[i] as number, runners[precision], [])
  const output = outputs[i] ?? ''
  if (origin !== undefined) return { _tag: 'FromEquation', output, precision, origin, ...(nan && { nan }) }
  const { name = '', type } = p.inputs[input ?? 0] ?? {}
  const x = values[input ?? 0] as Tensor
  const flat = worstOf(x)
  return { _tag: 'FromInput', output, name, value: x[flat] as number, element: placeOf(flat, type as Type) }
}

const show = (x: number): string => String(Number(x.toPrecision(5)))
const showElement = (element: readonly number[]): string => (element.length === 0 ? '' : ` at [${element.join(', ')}]`)
const showCulprit = (c: Culprit): readonly string[] => [
  `${c.op}(${c.args.map((a) => showType(a.type)).join(', ')}), equation ${c.equation}${c.within
    .map((w) => ` of the body of ${w}`)
    .reverse()
    .join('')}`,
  `${showType(c.result)}${showElement(c.element)} is ${c.value}, of ${
    c.args.length === 0
      ? 'no argument'
      : c.args.map((a) => (a.here === undefined ? `${show(a.low)} .. ${show(a.high)}` : show(a.here))).join(' and ')
  }`,
]
/** Lines: what is not finite, which equation made it, of which numbers. */
export const showNonFinite = (n: NonFinite): string => {
  switch (n._tag) {
    case 'FromInput':
      return `  from the input ${n.name}${showElement(n.element)}, which is ${n.value}`
    case 'FromEquation': {
      const [what, of] = showCulprit(n.nan ?? n.origin)
      const [source, sourceOf] = showCulprit(n.origin)
      return [
        `  from ${what}${n.precision === 'single' ? '   (in float32)' : ''}`,
        `       ${of}`,
        ...(n.nan === undefined ? [] : [`       its infinity comes from ${source}`, `       ${sourceOf}`]),
      ].join('\n')
    }
  }
}
