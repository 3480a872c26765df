/** What is no program gets one diagnostic from everything that takes a program, by the name that the user called. */
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, test } from 'vitest'
import { auto, gpujs, plan, reference, wasm } from '../../../backends/index.ts'
import type { Diagnostic, Diagnostics } from '../../../lang/syntax/error.ts'
import { typed } from '../../../lang/syntax/typed.ts'
import * as check from '../../../src/check/index.ts'
import { graph } from '../../../src/draw/index.ts'
import { explain, explainOrThrow } from '../../../src/explain/index.ts'
import * as a from '../../../src/index.ts'
import { gradientProperty } from '../../../src/testing/index.ts'
import { descentStep, descentStepOrThrow } from '../../../src/train/index.ts'

const { sin } = a
const f = a.programOrThrow({ x: a.real() }, ({ x }) => sin(x))

/** Any function, as plain JavaScript sees it. */
type Loose = (...args: readonly unknown[]) => unknown
const loose = (g: unknown): Loose => typed(g)
const caught = (g: () => unknown): { readonly name: string; readonly message: string } => {
  try {
    g()
  } catch (error) {
    return error as Error
  }
  return { name: 'nothing', message: '' }
}
const thrownBy = (g: () => unknown): Diagnostics => {
  const error = caught(g)
  return 'diagnostics' in error ? (error.diagnostics as Diagnostics) : []
}
const left = (result: unknown): unknown => (result as E.Left<unknown>).left
/** The diagnostics of a task that fails, at once or when it runs. */
const failing = async (result: unknown): Promise<Diagnostics> => {
  const found = left(await (result as () => Promise<unknown>)())
  return (Array.isArray(found) ? found : (found as { readonly diagnostics: Diagnostics }).diagnostics) as Diagnostics
}

const throwing = {
  gradOrThrow: a.gradOrThrow,
  valueAndGradOrThrow: a.valueAndGradOrThrow,
  jvp: a.jvp,
  vjpOrThrow: a.vjpOrThrow,
  linearize: a.linearize,
  transposeOrThrow: a.transposeOrThrow,
  vmap: a.vmap(3),
  jacfwd: a.jacfwd,
  jacrevOrThrow: a.jacrevOrThrow,
  hessianOrThrow: a.hessianOrThrow,
  hvpOrThrow: a.hvpOrThrow,
  simplify: a.simplify,
  apply: a.apply,
  cost: a.cost,
  print: a.print,
  latex: a.latex,
  toJSONText: a.toJSONText,
  evaluate: a.evaluate,
  freeAxes: a.freeAxes,
  graph,
  explainOrThrow,
  linearity: check.linearity,
  isLinear: check.isLinear,
  equivalence: check.equivalence,
  traceNonFinite: check.traceNonFinite,
  traceNonFiniteOn: check.traceNonFiniteOn(reference),
  checkTransformations: check.checkTransformations,
  gradientProperty,
  descentStepOrThrow: loose(descentStepOrThrow)({}),
}
const either = {
  grad: a.grad,
  valueAndGrad: a.valueAndGrad,
  vjp: a.vjp,
  transpose: a.transpose,
  jacrev: a.jacrev,
  hessian: a.hessian,
  hvp: a.hvp,
  checkAxes: a.checkAxes,
  explain,
  checkGradients: check.checkGradients,
  checkCustomRule: check.checkCustomRule,
  descentStep: loose(descentStep)({}),
}
const noProgram = [sin, 3, null, undefined, 'x * y', [], {}, a.real(3), a.constant([], 1)]
const isSaid = (name: string, [d]: Diagnostics): void => {
  expect(d).toMatchObject({ op: name, problem: { _tag: 'NotAProgram' } })
  expect(d?.site).toContain('ofProgram.test.ts')
}

describe('what is no program', () => {
  test.each(Object.entries(throwing))('%s throws it', (name, g) => {
    for (const x of noProgram)
      isSaid(
        name,
        thrownBy(() => loose(g)(x)),
      )
  })
  test.each(Object.entries(either))('%s returns it', (name, g) => {
    for (const x of noProgram) isSaid(name, left(loose(g)(x)) as Diagnostics)
  })
  test('checkAccuracy, plan and every back end fail with it', async () => {
    for (const x of noProgram) {
      isSaid('checkAccuracy', await failing(loose(check.checkAccuracy)(x)))
      isSaid('plan', await failing(loose(plan)(x, reference)))
      for (const backend of [reference, wasm(), gpujs({ mode: 'cpu' }), auto()]) {
        isSaid('compile', await failing(loose(backend.compile)(x)))
        isSaid('resident', await failing(loose(backend.resident)(x)))
      }
    }
  })
  test('so the message says what to write', () => {
    const said = (x: unknown): string => {
      const [d] = left(loose(a.grad)(x)) as readonly Diagnostic[]
      return d === undefined ? '' : a.showDiagnostic(d).replace(/ {3}at .*/, '')
    }
    expect(said(sin)).toBe(
      'grad: takes a program, not the function sin\n  in   grad()\n  try  programOrThrow({ x: real() }, ({ x }) => sin(x)), with the types of its inputs',
    )
    expect(said(3)).toContain('takes a program, not 3\n')
    expect(said('x*y')).toContain('try  read it first: parseOrThrow')
    expect(said(f.closed)).toContain('not a closed program')
    expect(said(f.closed)).toContain('write f in place of f.closed')
    expect(said(a.program({ x: a.real() }, ({ x }) => sin(x)))).toContain('a Right\n')
    expect(said(a.linearize(f))).toContain('such as its member point')
    expect(said(Promise.resolve(f))).toContain('await it')
    expect(caught(() => loose(a.evaluate)(f, [])).message).toContain('try  write f.closed in place of f')
  })
})

describe('what stands in the wrong brackets is a wrong call', () => {
  const saidBy = (g: () => unknown): string => {
    const { name, message } = caught(g)
    return `${name} ${message.split('\n')[0]}`
  }
  test('a program or a function before the last brackets', () => {
    expect(saidBy(() => loose(a.vmap)(f))).toBe('WrongCall vmap: a program stands where the size belongs')
    expect(saidBy(() => loose(a.vmap)(sin))).toBe('WrongCall vmap: a function stands where the size belongs')
    expect(saidBy(() => loose(a.vmap)(3, f))).toBe('WrongCall vmap: a program stands where the options belong')
    expect(saidBy(() => loose(descentStep)(f))).toBe(
      'WrongCall descentStep: a program stands where the optimizer belongs',
    )
  })
  test('an argument is missing, or an option has no such name', () => {
    expect(saidBy(() => loose(plan)(f))).toBe('WrongCall plan: backend is missing')
    expect(saidBy(() => loose(explain)(f))).toBe('WrongCall explain: transformation is missing')
    expect(saidBy(() => loose(a.grad)(f, { wtr: true }))).toBe('WrongCall grad: has no option wtr; it has wrt, aux')
    expect(saidBy(() => loose(a.vmap)(3, { axes: 'b' }))).toBe(
      'WrongCall vmap: has no option axes; it has over, out, axis',
    )
  })
  test('options that are no record', () => {
    expect(saidBy(() => loose(a.print)(f, 'formulas'))).toBe(
      'WrongCall print: "formulas" stands where the options belong',
    )
    expect(saidBy(() => loose(a.print)(f, null))).toContain('WrongCall print')
  })
  test('programs may be mapped', () => {
    expect([f, f].map(a.jvp)).toHaveLength(2)
    expect([f, f].map(loose(a.print))).toEqual([a.print(f), a.print(f)])
  })
})

describe('other arguments than a program', () => {
  const problemOf = (g: () => unknown): unknown => thrownBy(g)[0]?.problem
  test('evaluate takes a list of arrays', () => {
    expect(problemOf(() => loose(a.evaluate)(f.closed, [1]))).toEqual({
      _tag: 'Malformed',
      what: 'the input x is 1, not the list of its elements',
    })
    expect(problemOf(() => loose(a.evaluate)(f.closed, { x: 1 }))).toMatchObject({ _tag: 'Malformed' })
  })
  test('explain takes a transformation', () => {
    for (const t of ['gradient', { _tag: 'grad' }, { _tag: 'toString' }, 3])
      expect(left(loose(explain)(f, t))).toMatchObject([{ op: 'explain', problem: { _tag: 'Malformed' } }])
  })
  test('resident takes a step', async () => {
    const opened = await typed<() => Promise<unknown>>(loose(reference.resident)(f))()
    expect(left(opened)).toMatchObject({ _tag: 'Unsupported' })
  })
  test('parse takes a text', () => {
    for (const x of [3, undefined, null, f]) {
      expect(E.isLeft(typed<E.Either<unknown, unknown>>(loose(a.parse)(x)))).toBe(true)
      expect(caught(() => loose(a.parseFormulaOrThrow)(x)).name).toBe('ParseError')
    }
  })
})
