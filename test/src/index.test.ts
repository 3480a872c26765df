/** What users import: nothing that is public is forgotten. */
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import * as backends from '../../backends/index.ts'
import * as control from '../../lang/control/index.ts'
import * as operations from '../../lang/operations/index.ts'
import * as linalg from '../../lang/operations/linalg.ts'
import * as normalDraws from '../../lang/operations/normalDraws.ts'
import * as random from '../../lang/operations/random.ts'
import * as elementwise from '../../lang/primitives/elementwise.ts'
import * as check from '../../src/check/index.ts'
import * as draw from '../../src/draw/index.ts'
import * as adjoint from '../../src/index.ts'
import * as outside from '../../src/random/index.ts'
import * as report from '../../src/report/index.ts'

/** Each name that is not exported, with where to export it. */
const missing = (names: readonly string[], from: object = adjoint, where = 'lang/index.ts or src/index.ts') =>
  names.filter((name) => !(name in from)).map((name) => `${name} is not public: export it in ${where}`)

test.each([
  ['operations', operations],
  ['control', control],
  ['random numbers', random],
  ['normal numbers', normalDraws],
  ['linear algebra', linalg],
])('all of %s', (_, part) => expect(missing(Object.keys(part))).toEqual([]))

test('all elementwise functions', () => {
  const functions = Object.entries(elementwise).filter(([, f]) => typeof f === 'function' && 'entry' in f)
  expect(functions.length).toBeGreaterThan(30)
  // users call pow, which takes power for exponents that are no integers
  expect(missing(functions.map(([name]) => name).filter((name) => name !== 'power'))).toEqual([])
})

describe('by name', () => {
  test.each([
    [
      'transformations',
      'jvp vjp linearize transpose grad valueAndGrad jacfwd jacrev hessian hvp vmap simplify cost apply',
    ],
    [
      'twins that throw',
      'programOrThrow vjpOrThrow gradOrThrow valueAndGradOrThrow jacrevOrThrow hessianOrThrow hvpOrThrow transposeOrThrow',
    ],
    ['text', 'print parse parseFormula parseOrThrow parseFormulaOrThrow toJSONText fromJSONText latex showDiagnostics'],
    ['movement', 'broadcastTo reshape permute moveAxis slice pad concat reverse sliceAlong padWith'],
    ['reductions', 'sum reduceMax reduceMin prod argmax argmin cumSum cumProd sort argsort topK'],
    ['contraction', 'contract matmul einsum conv convTranspose dot outer linear'],
    ['indexing', 'gather scatterAdd iota oneHot unfold fold'],
    ['custom rules', 'customJvp customVjp stopGradient checkpoint safeSelect'],
    ['collectives', 'psum pmean pmax pmin axisIndex axisSize'],
  ])('%s', (_, names) => expect(missing(names.split(' '))).toEqual([]))
  test('randomness outside programs, in adjoint/random, has the names of randomness inside', () =>
    expect(missing(Object.keys(outside).filter((name) => name !== 'normalQuantile'))).toEqual([]))
  test('checks, in adjoint/check', () =>
    expect(
      missing(
        ['checkGradients', 'checkTransformations', 'checkCustomRule', 'linearity', 'equivalence'],
        check,
        'src/check/index.ts',
      ),
    ).toEqual([]))
  test('drawings and pages, in adjoint/draw', () =>
    expect(
      missing('curves plane graph sheet png pictures gridPoints chart page table figures'.split(' '), draw),
    ).toEqual([]))
  test('reported runs, in adjoint/report', () =>
    expect(
      missing('compute withTextErrors learn close same atLeast atMost holds trainingPage'.split(' '), report),
    ).toEqual([]))
  test('back ends, in adjoint/backends', () =>
    expect(missing(['reference', 'gpujs', 'wasm', 'showBackendError'], backends, 'backends/index.ts')).toEqual([]))
})

test('every entry point of the package is a file of ours', () => {
  const { exports } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
    readonly exports: { readonly [name: string]: string | { readonly default: string; readonly types: string } }
  }
  const wrong = Object.values(exports).filter((e) => {
    if (typeof e === 'string') return e !== './package.json'
    const source = e.default.replace('./dist/', '../../').replace(/\.js$/, '.ts')
    return (
      e.types !== e.default.replace(/\.js$/, '.d.ts') ||
      readFileSync(new URL(source, import.meta.url), 'utf8').length === 0
    )
  })
  expect(wrong).toEqual([])
})
