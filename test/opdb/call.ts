/** What a saying gets: PyTorch's arguments by position or by name, with tensors as expressions. */
import { type Expr, sliceAlong, squeeze } from '../../src/index.ts'
import { isTensor, numbers, type Sample, type Tensor } from './samples.ts'

export interface Complex {
  readonly re: Expr
  readonly im: Expr
}
type Value = Expr | Complex
export type Said = Value | readonly Value[]
export type Saying = (c: Call) => Said

/** Arguments by position k and by name; absent ones, and None, have the default. */
export interface Call {
  /** The first argument, a tensor. */
  readonly x: Expr
  readonly any: (k: number, name?: string) => unknown
  readonly tensor: (k: number, name?: string) => Expr
  readonly maybe: (k: number, name?: string) => Expr | undefined
  readonly tensors: (k: number, name?: string) => readonly Expr[]
  readonly complex: (k: number, name?: string) => Complex
  /** A number or a tensor. */
  readonly operand: (k: number, name?: string, otherwise?: number) => Expr | number
  readonly number: (k: number, name: string, otherwise?: number) => number
  readonly flag: (k: number, name: string, otherwise?: boolean) => boolean
  readonly text: (k: number, name: string, otherwise?: string) => string
  /** A list; a single number is a list of one. */
  readonly numbers: (k: number, name: string, otherwise?: readonly number[]) => readonly number[]
  /** The elements of a tensor, for what must be known before a program runs. */
  readonly elements: (k: number, name?: string) => readonly number[]
  readonly valuesOf: (x: Expr) => readonly number[]
  readonly count: number
}

const special: Readonly<Record<string, number>> = {
  inf: Number.POSITIVE_INFINITY,
  '-inf': Number.NEGATIVE_INFINITY,
  nan: Number.NaN,
}
const wrong = (k: number, name: string | undefined, what: string): never => {
  throw new Error(`argument ${k} ${name ?? ''} is no ${what}`)
}
/** A tree of arguments with its tensors replaced. */
const replaced = (v: unknown, by: (t: Tensor) => unknown): unknown => {
  if (isTensor(v)) return by(v)
  if (Array.isArray(v)) return v.map((x) => replaced(x, by))
  if (typeof v === 'object' && v !== null)
    return Object.fromEntries(Object.entries(v).map(([k, x]) => [k, replaced(x, by)]))
  return v
}
/** The tensors among the arguments, in order. */
export const tensorsOf = ({ args, named }: Sample): readonly Tensor[] => {
  const found: Tensor[] = []
  replaced([args, named], (t) => found.push(t))
  return found
}
const isExpr = (v: unknown): v is Expr => typeof v === 'object' && v !== null && 'node' in v
const isComplex = (v: unknown): v is Complex => typeof v === 'object' && v !== null && 're' in v && isExpr(v.re)
const part = (k: number, x: Expr): Expr => squeeze(-1)(sliceAlong(-1, k, k + 1)(x) as Expr)

/** The call of a sample, whose tensors have these handles. */
export const callOf = (sample: Sample, handles: readonly Expr[]): Call => {
  const tensors = tensorsOf(sample)
  const elements = new Map<unknown, readonly number[]>()
  const next = handles[Symbol.iterator]()
  const expression = (t: Tensor): Value => {
    const e = next.next().value as Expr
    const value = t.dtype === 'complex' ? { re: part(0, e), im: part(1, e) } : e
    elements.set(value, [...numbers((tensors[handles.indexOf(e)] as Tensor).data)])
    return value
  }
  const args = replaced(sample.args, expression) as readonly unknown[]
  const named = replaced(sample.named ?? {}, expression) as Readonly<Record<string, unknown>>
  const any = (k: number, name?: string): unknown => {
    const v = args[k] ?? (name === undefined ? undefined : named[name]) ?? undefined
    return typeof v === 'string' && v in special ? special[v] : v
  }
  const maybe = (k: number, name?: string): Expr | undefined => {
    const v = any(k, name)
    return v === undefined || isExpr(v) ? v : wrong(k, name, 'tensor')
  }
  return {
    get x() {
      return maybe(0, 'input') ?? wrong(0, 'input', 'tensor')
    },
    any,
    maybe,
    tensor: (k, name) => maybe(k, name) ?? wrong(k, name, 'tensor'),
    tensors: (k, name) => {
      const v = any(k, name)
      return Array.isArray(v) ? v : args.slice(k).filter(isExpr)
    },
    complex: (k, name) => {
      const v = any(k, name)
      return isComplex(v) ? v : wrong(k, name, 'complex tensor')
    },
    operand: (k, name, otherwise) => {
      const v = any(k, name) ?? otherwise
      return isExpr(v) || typeof v === 'number' ? v : typeof v === 'boolean' ? Number(v) : wrong(k, name, 'operand')
    },
    number: (k, name, otherwise) => {
      const v = any(k, name) ?? otherwise
      return typeof v === 'number' ? v : typeof v === 'boolean' ? Number(v) : wrong(k, name, 'number')
    },
    flag: (k, name, otherwise = false) => Boolean(any(k, name) ?? otherwise),
    text: (k, name, otherwise) => String(any(k, name) ?? otherwise),
    numbers: (k, name, otherwise) => {
      const v = any(k, name) ?? otherwise
      return typeof v === 'number' ? [v] : Array.isArray(v) ? v : wrong(k, name, 'list of numbers')
    },
    elements: (k, name) => elements.get(any(k, name)) ?? wrong(k, name, 'tensor'),
    valuesOf: (x) => elements.get(x) ?? wrong(-1, undefined, 'tensor'),
    count: args.length,
  }
}
