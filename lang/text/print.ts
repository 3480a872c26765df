/**
 * The text of a program, in the grammar of syntax.ts: one operation per line, each value with its type, and constants
 * where they are used. The text depends on the program alone.
 *
 * Law: parse(print(p)) = p if the equations of p are in the order of `close`; parsing puts them into that order
 */
import * as E from 'fp-ts/lib/Either.js'
import { constantEntry, literalEntry } from '../primitives/constant.ts'
import { at, type Closed, type Equation, inTypes, isClosed, outTypes, typesOf } from '../syntax/closed.ts'
import { nth } from '../syntax/list.ts'
import { ofProgram } from '../syntax/ofProgram.ts'
import type { Plain } from '../syntax/plain.ts'
import type { UntypedProgram } from '../syntax/program.ts'
import { type Shape, sameTypes, sizeOf, type Type } from '../syntax/shape.ts'
import { isObject, isTypeOrExpr } from '../syntax/tree.ts'
import { atom, type Piece, printCall, printLiteral } from './call.ts'
import { bracket, fill, indent, isShort } from './layout.ts'
import { quote, quoteKey } from './names.ts'
import { type Literal, typeCall } from './operands.ts'
import { printNumber, printType } from './printType.ts'
import { defaultName } from './syntax.ts'
import { naming, usesOf } from './valueNames.ts'

export interface PrintOptions {
  /**
   * 'steps': one operation per line. 'formulas': a value that is used once is written where it is used.
   *
   * Default: 'steps'.
   */
  readonly style?: 'steps' | 'formulas'
}

// -- numbers, types, attributes --------------------------------------------------------------------------------------

const bound = (name: string, type: Type): string => `${name}: ${printType(type)}`

const isList = (x: object): x is readonly Plain[] => Array.isArray(x)
const printPlain = (x: Plain, options: PrintOptions): string => {
  if (typeof x === 'number') return printNumber(x)
  if (x === null || typeof x !== 'object') return JSON.stringify(x)
  if (isClosed(x)) return printClosed(x, options)
  return isList(x)
    ? fill(
        '[',
        x.map((item) => printPlain(item, options)),
        ']',
      )
    : fill(
        '{',
        Object.entries(x).map(([key, value]) => `${quoteKey(key)}: ${printPlain(value, options)}`),
        '}',
      )
}

/** An array as nested lists; an array of rank 0 or without elements as one list. */
const printRows = (shape: Shape, data: readonly number[]): string => {
  const [rows = 0, ...inner] = shape
  const size = sizeOf(inner)
  return inner.length === 0 || data.length === 0
    ? fill('[', data.map(printNumber), ']')
    : fill(
        '[',
        Array.from({ length: rows }, (_, k) => printRows(inner, data.slice(k * size, (k + 1) * size))),
        ']',
      )
}

// -- trees -----------------------------------------------------------------------------------------------------------

type Leaf = (path: readonly string[], key: string | undefined) => string
/** A tree whose leaves `leaf` writes, in order; a member of a record is written with its key. */
const printTree = (tree: unknown, leaf: Leaf): string => {
  const go = (t: unknown, path: readonly string[], key: string | undefined): string => {
    if (isTypeOrExpr(t)) return leaf(path, key)
    const before = key === undefined ? '' : `${quoteKey(key)}: `
    if (!isObject(t)) return `${before}_`
    if (Array.isArray(t))
      return (
        before +
        bracket(
          '[',
          t.map((x, k) => go(x, [...path, `${k}`], undefined)),
          ']',
        )
      )
    return (
      before +
      bracket(
        '{',
        Object.entries(t).map(([k, x]) => go(x, [...path, k], k)),
        '}',
      )
    )
  }
  return go(tree, [], undefined)
}
const printInputs = (tree: unknown, p: Closed): string => {
  let next = 0
  return printTree(tree, (path, key) => {
    const { name, type } = nth(p.inputs, next++)
    if (key === undefined) return bound(quote(name), type)
    return defaultName(path) === name ? bound(quoteKey(key), type) : `${quoteKey(key)} = ${bound(quote(name), type)}`
  })
}

// -- expressions -----------------------------------------------------------------------------------------------------

interface Constant {
  readonly literal: Literal
  readonly type: Type
}
const typedPiece = ({ literal, type }: Constant): Piece => atom(`${printType(type)}(${printLiteral(literal).text})`)
const constantOf = (q: Equation): Constant | undefined => {
  if (q.op !== constantEntry.name) return undefined
  const { value } = q.attrs as { readonly value: number } // the attributes of a `constant`
  const type = nth(q.outs, 0)
  return { literal: type.dtype === 'bool' && (value === 1 || Object.is(value, 0)) ? value === 1 : value, type }
}

// -- programs --------------------------------------------------------------------------------------------------------

/** The most characters of a value that is written inside another formula. */
const inlined = 60

const printFn = (ins: unknown, outs: unknown, p: Closed, options: PrintOptions): string => {
  const types = typesOf(p)
  const uses = usesOf(p)
  const named = naming(p, uses)
  const pieces: Piece[] = p.inputs.map((i) => atom(quote(i.name)))
  const constants = new Map<number, Constant>()
  const lines: string[] = []
  const nameFor = (k: number): string => {
    const name = named(k)
    pieces[k] = atom(name)
    return bound(name, nth(types, k))
  }
  /** The arguments. A constant is written without its type where parsing would give it the same type. */
  const operands = (op: string, attrs: Equation['attrs'], args: readonly number[]): readonly (Piece | Literal)[] => {
    const known = args.map((k) => constants.get(k))
    if (known.every((c) => c === undefined)) return at(pieces, args)
    const found = typeCall(
      op,
      attrs,
      known.map((c, i) => c?.literal ?? nth(types, nth(args, i))),
    )
    const agree = E.isRight(found) && sameTypes(found.right.args, at(types, args))
    return known.map((c, i) => (c === undefined ? nth(pieces, nth(args, i)) : agree ? c.literal : typedPiece(c)))
  }
  for (const q of p.equations) {
    const constant = constantOf(q)
    if (constant !== undefined) {
      constants.set(q.first, constant)
      pieces[q.first] = lonePiece(constant)
      continue
    }
    if (q.op === literalEntry.name) {
      const { shape, data } = q.attrs as { readonly shape: Shape; readonly data: readonly number[] } // of a `literal`
      lines.push(`${nameFor(q.first)} = ${printRows(shape, data)}`)
      continue
    }
    const found = operands(q.op, q.attrs, q.args)
    const bare = found.map((x) => (typeof x === 'object' ? undefined : x))
    const right = printCall(
      q,
      found.map((x) => (typeof x === 'object' ? x : printLiteral(x))),
      bare,
      () => printPlain(q.attrs, options),
    )
    const [only, ...others] = q.outs
    if (only === undefined || others.length > 0)
      lines.push(
        `${bracket(
          '[',
          q.outs.map((_, k) => nameFor(q.first + k)),
          ']',
        )} = ${right.text}`,
      )
    else if (options.style === 'formulas' && uses[q.first] === 1 && right.text.length <= inlined && isShort(right.text))
      pieces[q.first] = right
    else lines.push(`${nameFor(q.first)} = ${right.text}`)
  }
  let next = 0
  const output: Leaf = (_, key) => {
    const { text } = nth(pieces, nth(p.outputs, next++))
    return key === undefined ? text : `${quoteKey(key)}: ${text}`
  }
  const head = `fn ${printInputs(ins, p)} ->`
  const result = printTree(outs, output)
  return lines.length === 0
    ? `${head} ${result}`
    : `${head}\n  let ${lines.map((line) => indent(6, line)).join('\n      ')}\n  in ${indent(2, result)}`
}
/** A constant whose type no other argument determines. */
const lonePiece = (c: Constant): Piece => (isAlone(c) ? printLiteral(c.literal) : typedPiece(c))
const isAlone = ({ literal, type }: Constant): boolean =>
  type.shape.length === 0 && type.dtype === (typeof literal === 'boolean' ? 'bool' : 'real')

/**
 * The text of a program, which `parse` reads back.
 *
 * Law:     parse(print(p)) = p
 *
 * @example
 * const f = programOrThrow({ x: real(3) }, ({ x }) => sum()(mul(x, x)))
 * print(f, { style: 'formulas' }) // => 'fn {x: real[3]} -> sum{axes: [0]}(x * x)'
 */
export const print = ofProgram(
  'print(f: program, options?{style})',
  (p: UntypedProgram, options: PrintOptions = {}): string => printFn(p.in, p.out, p.closed, options),
)
/** The text of a closed program: its inputs and outputs are flat tuples. */
export const printClosed = (p: Closed, options: PrintOptions = {}): string =>
  printFn(inTypes(p), outTypes(p), p, options)
