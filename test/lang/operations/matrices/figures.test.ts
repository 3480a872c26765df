/** Linear algebra against NumPy, SciPy and PyTorch, whose figures figures.py beside this wrote. */
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import * as A from '../../../../src/index.ts'
import { type Given, gradientOf, valuesOf } from '../apply.ts'

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
type Parts<K extends string> = { readonly [N in K]: A.Expr }
const eigh = (x: A.Expr | undefined) => of(A.eigh)(x as A.Expr) as unknown as Parts<'values' | 'vectors'>
const svd = (x: A.Expr | undefined) => of(A.svd)(x as A.Expr) as unknown as Parts<'u' | 's' | 'vh'>
const polar = (x: A.Expr | undefined) => of(A.polar)(x as A.Expr) as unknown as Parts<'u' | 'p'>
const slogdet = (x: A.Expr | undefined) => of(A.slogdet)(x as A.Expr) as unknown as Parts<'sign' | 'logabsdet'>
const lu = (x: A.Expr | undefined) => of(A.lu)(x as A.Expr) as unknown as Parts<'l' | 'u'>
const qr = (mode: 'reduced' | 'complete', x: A.Expr | undefined) =>
  of(A.qr({ mode }))(x as A.Expr) as unknown as Parts<'q' | 'r'>
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
  eigenvalues: [(x) => eigh(x).values],
  'eigenvectors, squared': [(x) => A.square(eigh(x).vectors) as A.Expr],
  'singular values': [(x) => svd(x).s],
  "singular values of Hilbert's matrix": [(x) => svd(x).s],
  'right vectors, squared': [(x) => A.square(svd(x).vh) as A.Expr],
  'left vectors, squared': [(x) => A.square(svd(x).u) as A.Expr],
  q: [(x) => qr('reduced', x).q],
  'q, wide': [(x) => qr('reduced', x).q],
  r: [(x) => qr('reduced', x).r],
  'r, wide': [(x) => qr('reduced', x).r],
  'q, complete': [(x) => qr('complete', x).q],
  'r, complete': [(x) => qr('complete', x).r],
  pinv: [of(A.pinv())],
  'pinv, wide': [of(A.pinv())],
  'pinv of rank 2': [of(A.pinv())],
  'pinv with rtol 0.5': [of(A.pinv({ rtol: 0.5 }))],
  lstsq: [of(A.lstsq())],
  'lstsq of rank 2': [of(A.lstsq())],
  'lstsq, wide': [of(A.lstsq())],
  matrixRank: [of(A.matrixRank())],
  "matrixRank of Hilbert's matrix": [of(A.matrixRank())],
  'matrixRank with rtol': [of(A.matrixRank({ rtol: 0.5 }))],
  ...Object.fromEntries(
    (['fro', 'nuc', 1, -1, 2, -2] as const).map((p) => [`matrixNorm ${p}`, [of(A.matrixNorm({ p }))]] as const),
  ),
  'matrixNorm inf': [of(A.matrixNorm({ p: inf }))],
  'matrixNorm -inf': [of(A.matrixNorm({ p: -inf }))],
  conditionNumber: [of(A.conditionNumber())],
  'conditionNumber 1': [of(A.conditionNumber({ p: 1 }))],
  slogdet: [(x) => slogdet(x).sign, (x) => slogdet(x).logabsdet],
  'matrixPower 5': [of(A.matrixPower(5))],
  'matrixPower -3': [of(A.matrixPower(-3))],
  'matrixPower 0': [of(A.matrixPower(0))],
  ...Object.fromEntries(
    ['', ', large', ', small', ' of a rotation', ' of a Jordan block', ' of two'].map(
      (what) => [`expm${what}`, [of(A.expm)]] as const,
    ),
  ),
  sqrtm: [of(A.sqrtm)],
  polar: [(x) => polar(x).u, (x) => polar(x).p],
  'polar, wide': [(x) => polar(x).u, (x) => polar(x).p],
  solveSylvester: [of(A.solveSylvester)],
  solveLyapunov: [of(A.solveLyapunov)],
  'lu l, high': [(x) => lu(x).l],
  'lu u, high': [(x) => lu(x).u],
  'lu l, wide': [(x) => lu(x).l],
  'lu u, wide': [(x) => lu(x).u],
  'lu without pivoting': [(x) => (A.lu(x as never, { pivot: false }) as unknown as Parts<'l'>).l],
  householderProduct: [of(A.householderProduct)],
  'triangular right, transposed': [of(A.triangularSolve({ left: false, transpose: true, upper: true }))],
}
/** Scalar functions whose gradient in the first argument is a row. */
const losses: { readonly [name: string]: Call } = {
  'gradient of eigenvalues': (x, y) => A.dot(eigh(x).values, y as A.Expr),
  'gradient of eigenvectors': (x, y) => A.dot(A.square(eigh(x).vectors), y as A.Expr),
  'gradient of vectors': (x, y) => A.dot(A.square(svd(x).vh), y as A.Expr),
  'gradient of pinv': (x, y) => A.dot(of(A.pinv())(x as A.Expr), y as A.Expr),
  'gradient of expm': (x, y) => A.dot(of(A.expm)(x as A.Expr), y as A.Expr),
  'gradient of q': (x, y) => A.dot(A.square(qr('reduced', x).q), y as A.Expr),
}
const near = (found: readonly number[], expected: readonly number[]): void => {
  const size = Math.max(1, ...expected.map(Math.abs))
  expect(found.length).toBe(expected.length)
  for (const [i, e] of expected.entries()) expect(Math.abs((found[i] as number) - e) / size).toBeLessThan(1e-11)
}

describe('figures of NumPy and SciPy', () => {
  test('every row has a function, and every function a row', () => {
    expect([...Object.keys(calls), ...Object.keys(losses)].sort()).toEqual(rows.map(([name]) => name).sort())
  })
  test.each(rows)('%s', (name, args, results) => {
    const loss = losses[name]
    if (loss !== undefined) near(gradientOf(loss, ...args.map(given)), flat(results[0] as Nested))
    for (const [k, f] of (calls[name] ?? []).entries())
      near(valuesOf(f, ...args.map(given)), flat(results[k] as Nested))
  })
})
