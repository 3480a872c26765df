/** Linear algebra against NumPy and SciPy, whose figures figures.py beside this wrote. */
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import * as A from '../../../../src/index.ts'
import { type Given, valuesOf } from '../apply.ts'

type Nested = number | readonly Nested[]
const shapeOf = (x: Nested): readonly number[] =>
  typeof x === 'number' ? [] : [x.length, ...(x[0] === undefined ? [] : shapeOf(x[0]))]
const flat = (x: Nested): readonly number[] => (typeof x === 'number' ? [x] : x.flatMap(flat))
const given = (x: Nested): Given => ({ type: A.real(...shapeOf(x)), data: flat(x) })
const { rows } = JSON.parse(readFileSync(new URL('figures.json', import.meta.url), 'utf8')) as {
  readonly rows: readonly (readonly [string, readonly Nested[], readonly Nested[]])[]
}

type Call = (...xs: readonly A.Expr[]) => A.Expr
/** The operation as plain JavaScript calls it: TypeScript does not know the shapes of figures. */
const of = (f: unknown): Call => f as Call
const inf = Number.POSITIVE_INFINITY
const calls: { readonly [name: string]: readonly Call[] } = {
  ...Object.fromEntries([3, 0.5, -2, 2.5, 0].map((p) => [`norm ${p}`, [of(A.norm(1, { p }))] as const])),
  'norm inf': [of(A.norm(1, { p: inf }))],
  'norm -inf': [of(A.norm(1, { p: -inf }))],
  'norm 0 of zeros': [of(A.norm(0, { p: 0 }))],
  'trace 1': [(x) => A.trace(x, 1)],
  'trace -1': [(x) => A.trace(x, -1)],
  'diagonal 2': [(x) => A.diagonal(x, 2)],
  'diagonal -2': [(x) => A.diagonal(x, -2)],
  'diag -1': [(x) => A.diag(x, -1)],
  'diag 2': [(x) => A.diag(x, 2)],
  vander: [of(A.vander())],
  'vander 5 increasing': [of(A.vander({ n: 5, increasing: true }))],
  toeplitz: [of(A.toeplitz)],
  'toeplitz of one': [of(A.toeplitz)],
  kron: [of(A.kron)],
  'kron of ranks': [of(A.kron)],
  cross: [of(A.cross())],
  'cross 0': [of(A.cross(0))],
  multiDot: [(...xs) => A.multiDot(xs as never)],
  'solve vector': [of(A.solve)],
  'solve broadcast': [of(A.solve)],
  'solve batch': [of(A.solve)],
  'triangular vector': [of(A.triangularSolve())],
  'triangular right': [of(A.triangularSolve({ left: false, upper: true }))],
  'triangular right, transposed': [of(A.triangularSolve({ left: false, transpose: true, upper: true }))],
}

describe('figures of NumPy and SciPy', () => {
  test('every row has a function, and every function a row', () => {
    expect(Object.keys(calls).sort()).toEqual(rows.map(([name]) => name).sort())
  })
  test.each(rows)('%s', (name, args, results) => {
    for (const [k, f] of (calls[name] as readonly Call[]).entries()) {
      const expected = flat(results[k] as Nested)
      const found = valuesOf(f, ...args.map(given))
      const size = Math.max(1, ...expected.map(Math.abs))
      expect(found.length).toBe(expected.length)
      for (const [i, e] of expected.entries()) expect(Math.abs((found[i] as number) - e) / size).toBeLessThan(1e-11)
    }
  })
})
