/** A state in the back end's memory: steps are the fold of `run`, to the same bits, on every back end. */

import { isDeepStrictEqual } from 'node:util'
import * as fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, test } from 'vitest'
import type { Backend, Resident } from '../../backends/backend.ts'
import { gpujs, reference, wasm } from '../../backends/index.ts'
import { psum } from '../../lang/index.ts'
import { matmul } from '../../lang/operations/index.ts'
import { sum } from '../../lang/primitives/broadcast.ts'
import * as P from '../../lang/primitives/elementwise.ts'
import type { Expr } from '../../lang/syntax/expr.ts'
import { type Program, programOrThrow } from '../../lang/syntax/program.ts'
import { bool, int, real } from '../../lang/syntax/shape.ts'
import { orFail } from './execution.ts'

type Tree = { readonly [name: string]: Expr }
type Step = Program<readonly [unknown, unknown], readonly [unknown, unknown]>
const build = programOrThrow as unknown as (types: unknown, f: (v: readonly [Tree, Tree]) => unknown) => Step

/** The next state is drawn leaf by leaf: computed, or another leaf, an input, itself, a constant. */
const reals = (s: Tree, d: Tree): readonly Expr[] =>
  [
    s.a,
    s.b,
    d.x,
    P.add(s.a as Expr, d.x as Expr),
    P.mul(P.tanh(s.a as Expr), s.b as Expr),
    P.mul(d.x as Expr, 0.5),
  ].map((e) => e as Expr)
const ints = (s: Tree): readonly Expr[] => [s.k as Expr, P.add(s.k as Expr, 1) as Expr, P.mul(s.k as Expr, 3) as Expr]
const pick = (list: readonly Expr[], i: number): Expr => list[i % list.length] as Expr
const stepOf = ([a, b, k, on, r]: readonly number[]): Step =>
  build(
    [
      { a: real(5), b: real(5), k: int(2), on: bool() },
      { x: real(5), flag: bool() },
    ],
    ([s, d]) => [
      {
        a: pick(reals(s, d), a as number),
        b: pick(reals(s, d), b as number),
        k: pick(ints(s), k as number),
        on: pick([s.on as Expr, d.flag as Expr, P.not(s.on as Expr) as Expr], on as number),
      },
      { loss: sum()(P.select(s.on as Expr, s.a as Expr, s.b as Expr) as Expr), more: pick(reals(s, d), r as number) },
    ],
  )
const start = {
  a: Float32Array.of(0.5, -1, 2, 0, 3),
  b: Float32Array.of(1, 0.25, -0.5, 7, 0.125),
  k: Int32Array.of(1, -2),
  on: Uint8Array.of(1),
}
const batches = [0, 1, 2].map((n) => ({ x: Float32Array.from([1, 2, 3, 4, 5], (v) => Math.sin(v + n)), flag: n % 2 }))
/** Arrays of numbers in place of typed arrays. */
const plain = (x: unknown): unknown =>
  ArrayBuffer.isView(x)
    ? [...(x as Float64Array)]
    : typeof x === 'object' && x !== null
      ? Array.isArray(x)
        ? x.map(plain)
        : Object.fromEntries(Object.entries(x).map(([k, v]) => [k, plain(v)]))
      : x

type Held = Resident<unknown, unknown, unknown>
const hold = async (b: Backend, step: Step): Promise<Held> => orFail(await b.resident(step)())
const load = async (h: Held, state: unknown): Promise<void> => orFail(await h.load(state as never)())
const take = async (h: Held, data: unknown): Promise<unknown> => orFail(await h.step(data as never)())

/** load s, step d1 ... dn, read = the fold of run over d1 ... dn from s */
const isFold = async (b: Backend, step: Step): Promise<boolean> => {
  const [held, executable] = [await hold(b, step), orFail(await b.compile(step)())]
  await load(held, start)
  let [state, same] = [start as unknown, true]
  for (const data of batches) {
    const [next, results] = orFail(await executable.run([state, data] as never)()) as readonly [unknown, unknown]
    same &&= isDeepStrictEqual(await take(held, data), results)
    state = next
  }
  same &&= isDeepStrictEqual(orFail(await held.read()), state)
  held.release()
  executable.release()
  return same
}
const backends: readonly (readonly [string, Backend])[] = [
  ['reference', reference],
  ['gpujs:cpu', gpujs({ mode: 'cpu' })],
  ['gpujs:webasm', gpujs({ mode: 'webasm' })],
  ['wasm', wasm()],
  ['wasm, 2 threads', wasm({ threads: 2 })],
]
const counter = build([{ a: real(2) }, { x: real(2) }], ([{ a }, { x }]) => [
  { a: P.add(a as Expr, x as Expr) },
  [a, P.mul(x as Expr, 2)],
])
const one = { x: Float32Array.of(1, 1) }
const at = async (h: Held): Promise<readonly number[]> => [...(orFail(await h.read()) as { a: Float32Array }).a]

describe.each(backends)('%s', (_, backend) => {
  test('resident steps are the fold of run', async () => {
    const draw = fc.array(fc.nat(11), { minLength: 5, maxLength: 5 })
    await fc.assert(
      fc.asyncProperty(draw, (choice) => isFold(backend, stepOf(choice))),
      // exchanged; both the same; the state as it is; an input becomes the state
      { numRuns: 25, seed: 1, examples: [[[1, 0, 0, 0, 0]], [[3, 3, 1, 2, 3]], [[0, 1, 0, 0, 1]], [[2, 2, 0, 1, 2]]] },
    )
  })
  test('the state is 0 until one is loaded, and another can be loaded later', async () => {
    const held = await hold(backend, counter)
    await take(held, one)
    expect(await at(held)).toEqual([1, 1])
    await load(held, { a: [5, 6] })
    await take(held, one)
    expect(await at(held)).toEqual([6, 7])
    held.release()
  })
  test('nothing is shared with the caller: what was loaded, the results, what was read', async () => {
    const held = await hold(backend, counter)
    const mine = { a: Float32Array.of(1, 2) }
    await load(held, mine)
    mine.a.fill(9)
    const results = (await take(held, one)) as readonly Float32Array[]
    for (const r of results) r.fill(9)
    const read = orFail(await held.read()) as typeof mine
    read.a.fill(9)
    expect(await at(held)).toEqual([2, 3])
    await take(held, one)
    expect(results.map((r) => [...r])).toEqual([
      [9, 9],
      [9, 9],
    ])
    held.release()
  })
  test('calls made at once run one after another', async () => {
    const held = await hold(backend, counter)
    const loaded = held.load({ a: [1, 1] } as never)()
    const [first, second, state] = await Promise.all([take(held, one), take(held, one), held.read()])
    orFail(await loaded)
    expect([first, second, orFail(state)].map(plain)).toEqual([
      [
        [1, 1],
        [2, 2],
      ],
      [
        [2, 2],
        [2, 2],
      ],
      { a: [3, 3] },
    ])
    held.release()
  })
  test('what the caller writes after a call has no effect: neither on a running call nor on a queued one', async () => {
    const held = await hold(backend, counter)
    const state = { a: Float32Array.of(1, 2) }
    const [first, second] = [{ x: Float32Array.of(1, 1) }, { x: Float32Array.of(10, 10) }]
    const begun = [held.load(state as never)(), held.step(first as never)(), held.step(second as never)()]
    for (const array of [state.a, first.x, second.x]) array.fill(1000)
    for (const done of await Promise.all(begun)) orFail(done as never)
    expect(await at(held)).toEqual([12, 13])
    const alone = { x: Float32Array.of(1, 1) }
    const step = held.step(alone as never)()
    alone.x.fill(1000)
    orFail(await step)
    expect(await at(held)).toEqual([13, 14])
    held.release()
  })
  test('errors: by path, leaving the state as it was; after release', async () => {
    const held = await hold(backend, counter)
    await load(held, { a: [1, 2] })
    expect(await held.step({ x: [1] } as never)()).toMatchObject(E.left({ _tag: 'WrongLength', path: 'x' }))
    expect(await held.load({} as never)()).toMatchObject(E.left({ _tag: 'MissingInput', path: 'a' }))
    expect(await at(held)).toEqual([1, 2])
    held.release()
    held.release()
    const released = E.left({ _tag: 'Released', backend: held.backend })
    expect(await held.step(one as never)()).toEqual(released)
    expect(await held.load({ a: [1, 2] } as never)()).toEqual(released)
    expect(await held.read()).toEqual(released)
  })
  test('refused: a state that changes its type, an axis that nothing maps', async () => {
    const grows = build([real(2), real()] as never, (([s, x]: readonly [Expr, Expr]) => [sum()(s), x]) as never)
    expect(await backend.resident(grows)()).toMatchObject(
      E.left({ _tag: 'Unsupported', what: 'a step from a state of real[2] to one of real[]' }),
    )
    const free = build([real(), real()] as never, (([s, x]: readonly [Expr, Expr]) => [psum('batch')(s), x]) as never)
    expect(await backend.resident(free)()).toMatchObject(E.left({ _tag: 'Refused' }))
  })
})
test('a large step on two threads has the bits of one', async () => {
  const n = 160
  const power = build(
    [real(n, n), real()] as never,
    (([s, x]: readonly [Expr, Expr]) => [P.mul(matmul(s as never, s as never) as Expr, x), sum()(s)]) as never,
  )
  const matrix = Float32Array.from({ length: n * n }, (_, i) => 0.1 * Math.sin(i))
  const after = async (threads: number): Promise<unknown> => {
    const held = await hold(wasm({ threads }), power)
    await load(held, matrix)
    const results = [await take(held, 0.5), await take(held, 0.25)]
    const state = orFail(await held.read())
    held.release()
    return [results, state, held.reason]
  }
  const [one, two] = [await after(1), await after(2)]
  expect(two).toEqual(one)
})
