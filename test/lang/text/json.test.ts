/** Programs as JSON: exact, and checked. */

import * as fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, test } from 'vitest'
import { evaluate } from '../../../lang/evaluate.ts'
import { add, constant, type Expr, mul, programOrThrow, real, scan, sin, sum } from '../../../lang/index.ts'
import { inTypes, typesOf } from '../../../lang/syntax/closed.ts'
import { showDiagnostics } from '../../../lang/syntax/error.ts'
import { parseJSON, toJSON } from '../../../lang/syntax/plain.ts'
import { sizeOf } from '../../../lang/syntax/shape.ts'
import { fromJSONText, toJSONText } from '../../../lang/text/json.ts'
import { arbitraryProgram } from '../../../src/testing/arbitrary/program.ts'
import { jsonAndBack, passesChecks } from '../../laws/text.ts'

const small = programOrThrow({ x: real(3) }, ({ x }) => ({ s: sum()(mul(sin(x), 2)) }))
const looped = programOrThrow({ xs: real(4) }, ({ xs }) =>
  scan((c: Expr<readonly []>, x: Expr<readonly []>) => [add(c, x), mul(c, x)] as const)(constant([], 0), xs),
)

test('the text of a small program', () => {
  expect(toJSONText(small)).toMatchInlineSnapshot(
    `"{"adjoint":1,"in":{"x":{"dtype":"real","shape":[3]}},"out":{"s":{"dtype":"real","shape":[]}},"closed":{"inputs":[{"name":"x","type":{"dtype":"real","shape":[3]}}],"equations":[{"op":"sin","attrs":{},"args":[0],"outs":[{"dtype":"real","shape":[3]}],"first":1},{"op":"constant","attrs":{"dtype":"real","shape":[3],"value":2},"args":[],"outs":[{"dtype":"real","shape":[3]}],"first":2},{"op":"mul","attrs":{},"args":[1,2],"outs":[{"dtype":"real","shape":[3]}],"first":3},{"op":"sum","attrs":{"axes":[0]},"args":[3],"outs":[{"dtype":"real","shape":[]}],"first":4}],"outputs":[4]}}"`,
  )
})
test('special numbers survive', () => {
  const p = programOrThrow({ x: real() }, ({ x }) =>
    [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -0].map((v) => mul(x, v)),
  )
  expect(jsonAndBack(p)).toBe(true)
  expect(toJSONText(p)).toContain('-0')
})

type Json = { [key: string]: Json } & Json[]
/** The program, changed by hand. */
const changed = (change: (p: Json) => void, of = small): string => {
  const p = JSON.parse(toJSONText(of as typeof small)) as Json
  change(p)
  return JSON.stringify(p)
}
const said = (text: string): string => {
  const result = fromJSONText(text)
  return E.isLeft(result) ? showDiagnostics(result.left).replaceAll(/\n {2}in .*/g, '') : 'accepted'
}
const equation = (p: Json, k: number): Json => (p.closed as Json).equations?.[k] as Json
/** Anything in place of anything. */
const put = (at: Json, key: string | number, value: unknown): void => {
  ;(at as unknown as { [key: string | number]: unknown })[key] = value
}

describe('every error is reported', () => {
  const cases: readonly (readonly [string, (p: Json) => void, RegExp])[] = [
    ['another version', (p) => put(p, 'adjoint', 2), /"adjoint": 1/],
    ['null instead of a program', (p) => put(p, 'closed', null), /lists of inputs, equations and outputs/],
    [
      'an unknown primitive',
      (p) => put(equation(p, 0), 'op', 'sine'),
      /no primitive is called sine[\s\S]*did you mean sin/,
    ],
    [
      'an argument that comes later',
      (p) => put(equation(p, 0), 'args', [1]),
      /not one of the values before it, of which there are 1/,
    ],
    ['an argument that is not a number', (p) => put(equation(p, 0), 'args', ['x']), /not one of/],
    ['a fractional argument', (p) => put(equation(p, 0), 'args', [0.5]), /not one of/],
    [
      'an output that is not a value',
      (p) => put(p.closed as Json, 'outputs', [99]),
      /not one of the values, of which there are 5/,
    ],
    ['a wrong number for the first output', (p) => put(equation(p, 1), 'first', 7), /first output is value 2, not 7/],
    [
      'a stated type that is not the derived one',
      (p) => put(equation(p, 0), 'outs', [{ dtype: 'real', shape: [4] }]),
      /stated type real\[4\], but the rule gives real\[3\]/,
    ],
    [
      'a negative size',
      (p) => put(equation(p, 1), 'attrs', { dtype: 'real', shape: [-3], value: 2 }),
      /axis 0 of \[-3\] is -3; a size is a whole number/,
    ],
    [
      'an unknown element type',
      (p) => put(equation(p, 1), 'attrs', { dtype: 'float', shape: [3], value: 2 }),
      /not valid|dtype/,
    ],
    ['a missing attribute', (p) => put(equation(p, 3), 'attrs', {}), /axes is missing/],
    [
      'an attribute of another kind',
      (p) => put(equation(p, 3), 'attrs', { axes: 'all' }),
      /axes must be a list, not a string/,
    ],
    [
      'an unknown attribute',
      (p) => put(equation(p, 0), 'attrs', { axes: [0] }),
      /axes is not an attribute of this operation/,
    ],
    ['an axis that does not exist', (p) => put(equation(p, 3), 'attrs', { axes: [1] }), /is not an axis/],
    ['too many arguments', (p) => put(equation(p, 0), 'args', [0, 0]), /takes 1 argument, not 2/],
    [
      'an input without a type',
      (p) => put(p.closed as Json, 'inputs', [{ name: 'x' }]),
      /input 0 needs a name and a type/,
    ],
    [
      'a tree of inputs with other types',
      (p) => put(p, 'in', { x: { dtype: 'real', shape: [4] } }),
      /stated type real\[4\]/,
    ],
    ['an output that is not a tree of types', (p) => put(p, 'out', 'real'), /"out" is not a tree of types/],
    ['attributes that are a list', (p) => put(equation(p, 0), 'attrs', []), /needs op, attrs, args and outs/],
  ]
  test.each(cases)('%s', (_, change, message) => {
    expect(said(changed(change))).toMatch(message)
  })
  test('two inputs with the same name', () => {
    const two = programOrThrow({ x: real(), y: real() }, ({ x, y }) => add(x, y))
    const text = changed((p) => put((p.closed as Json).inputs?.[1] as Json, 'name', 'x'), two as never)
    expect(said(text)).toMatch(/two inputs are called x/)
  })
  test('several errors are reported together', () => {
    const text = changed((p) => {
      put(equation(p, 0), 'op', 'cosine')
      put(equation(p, 3), 'attrs', { axes: [5] })
    })
    expect(said(text)).toMatch(/cosine[\s\S]*5 is not an axis/)
  })
  test('an error inside a body', () => {
    const index = looped.closed.equations.findIndex((q) => q.op === 'scan')
    const inner = (p: Json): Json => ((equation(p, index).attrs as Json).body as Json).equations?.[0] as Json
    expect(said(changed((p) => put(inner(p), 'op', 'nothing'), looped as never))).toMatch(
      /no primitive is called nothing/,
    )
    expect(said(changed((p) => put(inner(p), 'first', 9), looped as never))).toMatch(/first output is value 2, not 9/)
  })
  test('text that is not JSON, or not a program', () => {
    for (const text of [
      '',
      '{',
      'null',
      '3',
      '"x"',
      '[]',
      '{}',
      '['.repeat(100_000),
      `{"adjoint":1,"closed":${'['.repeat(50_000)}${']'.repeat(50_000)}}`,
    ])
      expect(said(text)).toMatch(/adjoint|JSON|lists/)
  })
})

test('hostile keys change no prototype', () => {
  const text = toJSONText(small)
  const hostile = [
    text.replace('"attrs":{"axes":[0]}', '"attrs":{"__proto__":{"axes":[0]}}'),
    text.replace('"in":{"x":', '"in":{"__proto__":'),
    text.replace('"out":{', '"__proto__":{"polluted":1},"out":{'),
    text.replace('{"adjoint"', '{"constructor":{"prototype":{"polluted":1}},"adjoint"'),
  ]
  expect(hostile.every((t) => t !== text)).toBe(true)
  expect(hostile.map((t) => said(t) === 'accepted')).toEqual([false, false, true, true])
  expect(({} as { polluted?: number }).polluted).toBeUndefined()
})

const hostile = fc.constantFrom<unknown>(null, true, -1, 0.5, 1e300, 'x', [], {}, [1], { x: 1 }, [[]], 2, 'real', 1000)
/** One place of the JSON, by a path of choices, replaced. */
const replaceAt = (json: unknown, path: readonly number[], value: unknown): unknown => {
  const [k, ...rest] = path
  if (k === undefined || typeof json !== 'object' || json === null) return value
  const keys = Object.keys(json)
  if (keys.length === 0) return value
  const key = keys[k % keys.length] as string
  const inner = replaceAt((json as { [key: string]: unknown })[key], rest, value)
  return Array.isArray(json) ? json.map((x, i) => (`${i}` === key ? inner : x)) : { ...json, [key]: inner }
}
const paths = fc.array(fc.nat(40), { minLength: 1, maxLength: 9 })
const isSmall = (text: string): boolean => {
  const result = fromJSONText(text)
  return E.isRight(result) && typesOf(result.right.closed).every((t) => sizeOf(t.shape) < 1000)
}
test('a program with one random change is refused, or passes all checks again', () => {
  let accepted = 0
  fc.assert(
    fc.property(arbitraryProgram({ maxEquations: 4 }), paths, hostile, (p, path, value) => {
      const text = toJSON(replaceAt(parseJSON(toJSONText(p)), path, value))
      const result = fromJSONText(text)
      if (E.isLeft(result)) return showDiagnostics(result.left).length > 0
      accepted++
      return jsonAndBack(result.right) && passesChecks(result.right)
    }),
    { numRuns: 500 },
  )
  expect(accepted).toBeGreaterThan(0)
})
test('every program that is accepted can be evaluated', () => {
  fc.assert(
    fc.property(arbitraryProgram({ maxEquations: 3 }), paths, hostile, (p, path, value) => {
      const text = toJSON(replaceAt(parseJSON(toJSONText(p)), path, value))
      const result = fromJSONText(text)
      if (E.isLeft(result) || !isSmall(text) || text.includes('"while"')) return true
      const { closed } = result.right
      return (
        evaluate(
          closed,
          inTypes(closed).map((t) => new Float64Array(sizeOf(t.shape))),
        ).length === closed.outputs.length
      )
    }),
    { numRuns: 500 },
  )
})
test('text with random damage is refused, or is a valid program', () => {
  fc.assert(
    fc.property(arbitraryProgram({ maxEquations: 2 }), fc.nat(3000), fc.string({ maxLength: 5 }), (p, at, junk) => {
      const text = toJSONText(p)
      const from = at % text.length
      const result = fromJSONText(text.slice(0, from) + junk + text.slice(from + junk.length))
      return E.isLeft(result) || passesChecks(result.right)
    }),
    { numRuns: 150 },
  )
})
