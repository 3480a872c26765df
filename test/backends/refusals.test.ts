/**
 * The same program is refused, or accepted and gives the same value, on every back end. So what no array can hold is
 * refused where a program is made: by operations, from text, or from JSON. Sizes, attributes and literals are drawn at
 * random and from the edges of what is allowed.
 */
import fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, test } from 'vitest'
import type { Backend } from '../../backends/backend.ts'
import { gpujs } from '../../backends/gpujs/index.ts'
import { wasm } from '../../backends/wasm/index.ts'
import { type Entry, typing } from '../../lang/primitives/entry.ts'
import { entries } from '../../lang/primitives/index.ts'
import { inTypes, isClosed, outTypes } from '../../lang/syntax/closed.ts'
import type { Attrs, Plain } from '../../lang/syntax/plain.ts'
import { sizeOf, type Type } from '../../lang/syntax/shape.ts'
import { validateCall } from '../../lang/validate.ts'
import type { Interval } from '../../src/check/domain.ts'
import * as api from '../../src/index.ts'
import { unit, valuesFrom } from '../../src/testing/arbitrary/values.ts'
import { withoutFreeAxes } from '../laws/backend.ts'
import { closeAll, type Values } from '../laws/close.ts'
import { seed } from '../seed.ts'
import { type AnyProgram, programOf } from './execution.ts'

const backends: readonly (readonly [string, Backend])[] = [
  ['wasm', wasm()],
  ['gpujs:cpu', gpujs({ mode: 'cpu' })],
  ['gpujs:webasm', gpujs({ mode: 'webasm' })],
]
/** gpu.js has no integers beyond 2^24; it says so. */
const isLimit = (error: unknown): boolean =>
  ['TooLarge', 'WrongElement', 'InexactInteger'].includes((error as { readonly _tag: string })._tag)
/** Why a back end does not give the values of the reference; undefined if it does, or names a limit of its own. */
const disagreement = async (p: AnyProgram, xs: Values): Promise<string | undefined> => {
  const meant = E.tryCatch(
    () => api.evaluate(p.closed, xs),
    (e) => (e as Error).name,
  )
  // a loop that reaches its limit fails on every back end
  if (E.isLeft(meant) && meant.left !== 'LoopLimitReached') return meant.left
  // in the precision of the back ends, where 1e300 is Infinity
  const expected = E.isRight(meant) ? meant.right.map((y) => Float64Array.from(Float32Array.from(y))) : undefined
  for (const [name, backend] of backends) {
    const compiled = await backend.compile(p)()
    if (E.isLeft(compiled)) {
      if (isLimit(compiled.left)) continue
      return `${name} refuses ${api.print(p)}: ${JSON.stringify(compiled.left)}`
    }
    const result = await compiled.right.run(xs as never)()
    compiled.right.release()
    if (E.isLeft(result)) {
      if (isLimit(result.left) || expected === undefined) continue
      return `${name} fails on ${api.print(p)}: ${JSON.stringify(result.left)}`
    }
    const found = Object.values(result.right as { readonly [k: string]: Float32Array }).map((y) => Float64Array.from(y))
    if (expected === undefined) return `${name} does not reach the limit of ${api.print(p)}`
    if (!closeAll(found, expected, 2e-6))
      return `${name} gives ${found.join(' ')}, not ${expected.join(' ')}: ${api.print(p)}`
  }
  return undefined
}

// -- attributes --------------------------------------------------------------------------------------------------------

const edges = [-2, -1, 0, 0.5, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 31 - 1, 2 ** 31, 2 ** 53, 1e300]
/** Plain data with one of its numbers replaced by one of the edges, in every way; programs are left as they are. */
const variants = (x: Plain): readonly Plain[] => {
  if (typeof x === 'number') return edges
  if (typeof x !== 'object' || x === null || isClosed(x)) return []
  const members: readonly (readonly [string, Plain])[] = Object.entries(x)
  const put = (key: string, v: Plain): Plain =>
    Array.isArray(x) ? x.map((y: Plain, k) => (String(k) === key ? v : y)) : { ...x, [key]: v }
  return members.flatMap(([key, y]) => variants(y).map((v) => put(key, v)))
}
interface Variant {
  readonly entry: Entry
  readonly attrs: Attrs
  readonly args: readonly Type[]
  readonly range: Interval
}
const all: readonly Variant[] = entries.flatMap((entry) =>
  entry.examples.flatMap(({ attrs, args, range = unit }) =>
    variants(attrs).map((v) => ({ entry, attrs: v as Attrs, args, range })),
  ),
)
const named = ({ entry, attrs }: Variant): string => `${entry.name} ${JSON.stringify(attrs)}`

describe('attributes', () => {
  test('a rule refuses by itself what validation refuses', () => {
    expect(all.length).toBeGreaterThan(500)
    const apart = all.filter(
      ({ entry, attrs, args }) =>
        E.isRight(typing(entry, attrs, args)) !== E.isRight(validateCall(entry.name, attrs, args)),
    )
    expect(apart.map(named)).toEqual([])
  })
  test('what is accepted gives one value on every back end', { timeout: 120_000 }, async () => {
    const accepted = all.filter(({ entry, attrs, args }) => E.isRight(typing(entry, attrs, args)))
    for (const v of accepted) {
      const p = withoutFreeAxes(programOf(v.entry, v))
      const xs = valuesFrom(1, inTypes(p.closed), v.range)
      if (outTypes(p.closed).some((t) => sizeOf(t.shape) > 10_000)) continue
      expect([named(v), await disagreement(p, xs)]).toEqual([named(v), undefined])
    }
  })
})

// -- sizes -------------------------------------------------------------------------------------------------------------

type Any = (...xs: readonly unknown[]) => unknown
const any = api as unknown as { readonly [name: string]: Any }
const call = (name: string, ...xs: readonly unknown[]): unknown => (any[name] as Any)(...xs)
const real2 = api.real(2)
const int2 = api.int(2)
const key = api.int(3)
const built = (types: unknown, f: Any): E.Either<unknown, AnyProgram> =>
  api.program(types as never, f as never) as never
const thrown = (f: () => AnyProgram): E.Either<unknown, AnyProgram> => E.tryCatch(f, (e) => e)
/** A program of one example each way, whose text and JSON hold the size 2 once in a type and once in an attribute. */
const inText = (n: number): E.Either<unknown, AnyProgram> =>
  api.parse(`fn x: real[${n}] -> constant{dtype: "real", shape: [${n}], value: 1}()`)
const inJSON = (n: number): E.Either<unknown, AnyProgram> => {
  const p = api.programOrThrow(real2, (x) => api.sin(x))
  const text = api.toJSONText(p as AnyProgram)
  return api.fromJSONText(
    text.replaceAll('"shape":[2]', `"shape":[${Number.isFinite(n) ? n : `{"$":"${n}"}`}]`),
  ) as never
}
const ways: { readonly [name: string]: (n: number) => E.Either<unknown, AnyProgram> } = {
  'real(n)': (n) => built(call('real', n), (x) => x),
  'int(2, n)': (n) => built(call('int', 2, n), (x) => x),
  constant: (n) => built([], () => call('constant', [n], 1)),
  iota: (n) => built([], () => call('iota', [2, n])),
  eye: (n) => built([], () => call('eye', n)),
  oneHot: (n) => built(int2, (i) => (call('oneHot', n) as Any)(i)),
  broadcastTo: (n) => built(api.real(1), (x) => (call('broadcastTo', [n]) as Any)(x)),
  tile: (n) => built(real2, (x) => (call('tile', [n]) as Any)(x)),
  repeatInterleave: (n) => built(real2, (x) => (call('repeatInterleave', n, 0) as Any)(x)),
  uniform: (n) => built(key, (k) => (call('uniform', [n]) as Any)(k)),
  splitKey: (n) => built(key, (k) => (call('splitKey', n) as Any)(k)),
  padWith: (n) => built(api.real(0), (x) => (call('padWith', [[0, n]]) as Any)(x)),
  vmap: (n) => thrown(() => (call('vmap', n) as Any)(api.programOrThrow(real2, (x) => api.sin(x))) as AnyProgram),
  'vmap over nothing': (n) =>
    thrown(() => (call('vmap', n, { over: false }) as Any)(api.programOrThrow(real2, (x) => api.sin(x))) as AnyProgram),
  scan: (n) =>
    built(
      api.real(),
      (x) => ((call('scan', (c: unknown) => [c, c], { length: n }) as Any)(x, null) as readonly unknown[])[1],
    ),
  text: inText,
  JSON: inJSON,
}
const wrongSize = fc.oneof(
  fc.integer({ max: -1 }).filter((n) => n !== -1),
  fc.double({ min: 0.01, max: 100, noNaN: true }).filter((n) => !Number.isInteger(n)),
  fc.double({ min: 2 ** 31, noNaN: true }),
  fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, 2 ** 31, 2 ** 53, -0.5),
)
describe.each(Object.entries(ways))('a size in %s', (name, make) => {
  test('that is none is refused', () => {
    fc.assert(
      fc.property(wrongSize, (n) => E.isLeft(make(n))),
      { numRuns: 50, seed },
    )
    // -1 is a size to compute in reshape only, and crops in padWith
    expect(E.isLeft(make(-1))).toBe(true)
  })
  test('is the same on every back end', async () => {
    for (const n of [0, 1, 3]) {
      const p = make(n)
      if (E.isLeft(p)) throw new Error(`${name} refuses ${n}: ${JSON.stringify(p.left)}`)
      const xs = valuesFrom(n + 1, inTypes(p.right.closed), unit)
      const whole = { ...p.right, in: inTypes(p.right.closed), out: outTypes(p.right.closed) }
      expect(await disagreement(whole, xs)).toBeUndefined()
    }
  })
})

// -- integers ----------------------------------------------------------------------------------------------------------

/** A program of one integer. */
const onInt = (f: Any): E.Either<unknown, AnyProgram> => built([api.int()], (xs) => [f((xs as readonly unknown[])[0])])
const isInt32 = (n: number): boolean => n === (n | 0)
const number = fc.oneof(
  fc.integer(),
  fc.integer({ min: -10, max: 10 }),
  fc.double(),
  fc.constantFrom(
    0.5,
    -0,
    2 ** 31 - 1,
    2 ** 31,
    -(2 ** 31),
    -(2 ** 31) - 1,
    3e9,
    -3e9,
    Number.NaN,
    Number.POSITIVE_INFINITY,
  ),
)
/** The literal n beside an integer input, in every way to write it, and what it gives for an input. */
const literals: {
  readonly [name: string]: readonly [(n: number) => E.Either<unknown, AnyProgram>, (i: number, n: number) => number]
} = {
  max: [(n) => onInt((i) => call('max', i, n)), Math.max],
  lt: [(n) => onInt((i) => call('lt', i, n)), (i, n) => Number(i < n)],
  mul: [(n) => onInt((i) => call('mul', i, n)), (i, n) => Math.imul(i, n)],
  intTensor: [(n) => onInt((i) => call('sub', i, call('intTensor', [], [n]))), (i, n) => (i - n) | 0],
  'a real of it': [(n) => onInt((i) => call('toReal', call('min', i, n))), (i, n) => Math.min(i, n) + 0],
  text: [(n) => api.parse(`fn [i: int] -> [i - int(${n})]`) as never, (i, n) => (i - n) | 0],
  JSON: [
    (n) => {
      const text = api.toJSONText(api.programOrThrow([api.int()], ([i]) => [api.sub(i, 77)]) as AnyProgram)
      const written = Object.is(n, -0) || !Number.isFinite(n) ? `{"$":"${Object.is(n, -0) ? '-0' : n}"}` : String(n)
      return api.fromJSONText(text.replace('"value":77', `"value":${written}`)) as never
    },
    (i, n) => (i - n) | 0,
  ],
}
describe.each(Object.entries(literals))('an integer literal in %s', (_, [make, meaning]) => {
  test('is a whole number within int32, or refused', () => {
    fc.assert(
      fc.property(number, (n) => E.isRight(make(n)) === isInt32(n)),
      { numRuns: 100, seed },
    )
  })
  test('has its value on every back end', async () => {
    const small = fc.integer({ min: -4000, max: 4000 })
    await fc.assert(
      fc.asyncProperty(fc.oneof(small, fc.constantFrom(-0, 2 ** 31 - 1, -(2 ** 31))), small, async (n, i) => {
        const p = make(n)
        if (E.isLeft(p)) return false
        const xs = [Float64Array.of(i)]
        expect(api.evaluate(p.right.closed, xs)[0]?.[0]).toBe(meaning(i, n))
        expect(await disagreement(p.right, xs)).toBeUndefined()
        return true
      }),
      { numRuns: 10, seed },
    )
  })
})

describe('inputs', () => {
  const p = api.programOrThrow([api.int(2), api.bool()], ([i, b]) => [api.select(b, api.div(1, api.toReal(i)), 0)])
  test('that are no integers or no truth values are a typed error', async () => {
    await fc.assert(
      fc.asyncProperty(number, fc.boolean(), async (n, second) => {
        const [i, b] = second ? [[0, n], 1] : [[n, 0], 0]
        const evaluated = thrown(
          () => api.evaluate(p.closed, [Float64Array.from(i as number[]), Float64Array.of(b as number)]) as never,
        )
        expect(E.isRight(evaluated)).toBe(isInt32(n))
        if (E.isLeft(evaluated)) expect((evaluated.left as Error).name).toBe('IllTyped')
        const compiled = await wasm().compile(p)()
        if (E.isLeft(compiled)) throw new Error('it compiles')
        expect(E.isRight(await compiled.right.run([i, b] as never)())).toBe(isInt32(n))
        compiled.right.release()
      }),
      { numRuns: 40, seed },
    )
  })
  test('of a wrong length, or not as many as the program has', () => {
    const said = (...xs: readonly Float64Array[]): string => {
      const r = thrown(() => api.evaluate(p.closed, xs) as never)
      return E.isLeft(r) ? ((r.left as Error).message.split('\n')[0] ?? '') : 'accepted'
    }
    expect(said(Float64Array.of(1, 2))).toBe('evaluate: takes 2 arguments, not 1')
    expect(said(Float64Array.of(1), Float64Array.of(1))).toBe('evaluate: the input x0 has 2 elements, but 1 is given')
    expect(said(Float64Array.of(1, 0.5), Float64Array.of(1))).toMatch(/^evaluate: 0.5 is not an integer from/)
    expect(said(Float64Array.of(1, 2), Float64Array.of(2))).toBe('evaluate: 2 is not 0 or 1')
  })
  test('an integer has one zero', async () => {
    const xs = [Float64Array.of(-0, 0), Float64Array.of(1)]
    expect([...(api.evaluate(p.closed, xs)[0] ?? [])]).toEqual([Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY])
    expect(await disagreement(p as AnyProgram, xs)).toBeUndefined()
  })
})
