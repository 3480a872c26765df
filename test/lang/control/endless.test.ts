/** Loops that must end: under vmap, an example that does not take a branch, or is done, must not loop for ever. */
import * as fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, test } from 'vitest'
import { wasm } from '../../../backends/index.ts'
import {
  add,
  boundedWhile,
  call,
  checkpoint,
  cond,
  type Expr,
  evaluate,
  int,
  lt,
  mul,
  not,
  parse,
  print,
  program,
  programOrThrow,
  psum,
  real,
  scan,
  sub,
  whileLoop,
} from '../../../lang/index.ts'
import type { Diagnostics } from '../../../lang/syntax/error.ts'
import { jvp, simplify, vmap } from '../../../src/index.ts'
import { everyBackend, onBackends, valuesOn } from './onBackends.ts'

type Real = Expr<readonly [], 'real'>
/** Doubled until it is at least 100: for ever, where x is not positive. */
const grown = (x: Real): Real =>
  whileLoop(
    (c: Real) => lt(c, 100),
    (c) => mul(c, 2),
  )(x)
const same = (x: Real): Real => x
const positive = (x: Real) => lt(0, x)
/** What grown means, as JavaScript. */
const doubled = (x: number): number => (x < 100 ? doubled(2 * x) : x)

describe('vmap of a loop in a branch ends', () => {
  const programs: readonly (readonly [string, (x: Real) => Real, (x: number) => number])[] = [
    ['a branch', (x) => cond(positive(x), grown, same)(x), (x) => (x > 0 ? doubled(x) : x)],
    ['the other branch', (x) => cond(not(positive(x)), same, grown)(x), (x) => (x > 0 ? doubled(x) : x)],
    [
      'a branch in a branch',
      (x) => cond(lt(x, 50), (a: Real) => cond(positive(a), grown, same)(a), same)(x),
      (x) => (x < 50 && x > 0 ? doubled(x) : x),
    ],
    [
      'a branch that captures',
      (x) => cond(positive(x), (a: Real) => call((b: Real) => add(grown(b), x))(a), same)(x),
      (x) => (x > 0 ? doubled(x) + x : x),
    ],
    [
      'a loop in a loop: those that are done keep their carry',
      (x) =>
        whileLoop(
          positive,
          // for ever, where c is not positive
          (c: Real) =>
            sub(
              whileLoop(
                (d: Real) => lt(d, 64),
                (d) => mul(d, 2),
              )(c),
              200,
            ),
        )(x),
      (x) => {
        let c = x
        while (c > 0) {
          while (c < 64) c *= 2
          c -= 200
        }
        return c
      },
    ],
    [
      'a branch with a loop in a scan and a checkpoint',
      (x) =>
        scan(
          (c: Real) => [checkpoint((a: Real) => cond(positive(a), (b: Real) => sub(grown(b), 150), same)(a))(c), null],
          { length: 3 },
        )(x, null)[0],
      (x) => [0, 1, 2].reduce((c) => (c > 0 ? doubled(c) - 150 : c), x),
    ],
    [
      'a bounded loop around a loop',
      (x) => boundedWhile(3, positive, (c: Real) => sub(grown(c), 150))(x),
      (x) => [0, 1, 2].reduce((c) => (c > 0 ? doubled(c) - 150 : c), x),
    ],
  ]
  const inputs = [3, -1, 0, 70, -5, 120]
  test.each(programs)('%s', async (_, f, meaning) => {
    const p = programOrThrow(real(), f)
    const right = inputs.map(meaning)
    expect(await valuesOn(vmap(6)(p), inputs)).toEqual(everyBackend.map(() => right))
    // no example takes it
    expect(await valuesOn(vmap(2)(p), [-1, -2])).toEqual(everyBackend.map(() => [-1, -2]))
    expect(evaluate(vmap(2)(vmap(3)(p)).closed, [Float64Array.from(inputs)])).toEqual([Float64Array.from(right)])
    const [, tangents] = evaluate(vmap(6)(jvp(p)).closed, [Float64Array.from(inputs), new Float64Array(6).fill(1)])
    const one = jvp(p).closed
    expect([...(tangents ?? [])]).toEqual(
      inputs.map((x) => evaluate(one, [Float64Array.of(x), Float64Array.of(1)])[1]?.[0]),
    )
    expect(evaluate(jvp(vmap(6)(p)).closed, [Float64Array.from(inputs), new Float64Array(6).fill(1)])[1]).toEqual(
      tangents,
    )
  })
  test('random inputs', () => {
    const mapped = programs.map(([, f, meaning]) => [vmap(4)(programOrThrow(real(), f)).closed, meaning] as const)
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -50, max: 200 }), { minLength: 4, maxLength: 4 }), (xs) => {
        for (const [p, meaning] of mapped)
          expect([...(evaluate(p, [Float64Array.from(xs)])[0] ?? [])]).toEqual(xs.map(meaning))
      }),
      { numRuns: 40 },
    )
  })
})

describe('a body that reads the axis of the examples is computed for all of them', () => {
  const total = (x: Real): Real => psum('batch')(x)
  const problemOf = (f: (x: Real) => Real): unknown => {
    const p = programOrThrow(real(), f)
    const mapped = E.tryCatch(
      () => vmap(3, { axis: 'batch' })(p),
      (error) => (error as { readonly diagnostics: Diagnostics }).diagnostics.map((d) => [d.op, d.problem]),
    )
    return E.isLeft(mapped) ? mapped.left : 'mapped'
  }
  const refusal = (op: string) => [[op, { _tag: 'MayNotEnd', loop: 'whileLoop', axis: 'batch' }]]
  test.each<readonly [string, string, (x: Real) => Real]>([
    ['a loop and a sum in a branch', 'cond', (x) => cond(positive(x), (a: Real) => total(grown(a)), same)(x)],
    ['a loop and a sum in the other', 'cond', (x) => cond(positive(x), same, (a: Real) => add(grown(a), total(a)))(x)],
    [
      'either in a body of the branch',
      'cond',
      (x) => cond(positive(x), (a: Real) => checkpoint((b: Real) => add(call(grown)(b), call(total)(b)))(a), same)(x),
    ],
    [
      'a loop and a sum in a loop',
      'whileLoop',
      (x) => whileLoop(positive, (c: Real) => sub(total(grown(c)), 1000), { limit: 9 })(x),
    ],
  ])('%s is refused', (_, op, f) => expect(problemOf(f)).toEqual(refusal(op)))
  test('with a limit it is mapped, and the loops of all examples end or fail', async () => {
    const p = programOrThrow(real(), (x) =>
      cond(
        positive(x),
        (a: Real) =>
          total(
            whileLoop(
              (c: Real) => lt(c, 100),
              (c) => mul(c, 2),
              { limit: 8 },
            )(a),
          ),
        same,
      )(x),
    )
    const mapped = vmap(2, { axis: 'batch' })(p)
    expect(await valuesOn(mapped, [1, 150])).toEqual(everyBackend.map(() => [278, 278]))
    expect(await onBackends(mapped, [1, -1])).toEqual(
      everyBackend.map(() => E.left({ _tag: 'LoopLimit', loop: 'whileLoop', limit: 8 })),
    )
  })
  test('what does not depend on the example, and what has no loop, is mapped', () => {
    expect(problemOf((x) => cond(positive(x), total, same)(x))).toBe('mapped')
    expect(problemOf((x) => cond(lt(total(x), 3), (a: Real) => total(grown(a)), same)(x))).toBe('mapped')
  })
})

describe('a limit', () => {
  const limited = (x: Real): Real =>
    whileLoop(
      (c: Real) => lt(c, 100),
      (c) => mul(c, 2),
      { limit: 7, name: 'doubling' },
    )(x)
  const reached = E.left({ _tag: 'LoopLimit', loop: 'doubling', limit: 7 })
  const all = everyBackend.map(() => reached)
  const p = programOrThrow(real(), limited)
  test('is not felt by a loop that ends in time, at the last step too', async () => {
    expect(await valuesOn(p, 1)).toEqual(everyBackend.map(() => [128]))
    expect(await valuesOn(p, 200)).toEqual(everyBackend.map(() => [200]))
  })
  test('ends a run with an error that names the loop', async () => {
    expect(await onBackends(p, 0.5)).toEqual(all)
    expect(await onBackends(p, 0)).toEqual(all)
    expect(await onBackends(simplify(p), 0)).toEqual(all)
    expect(() => evaluate(p.closed, [Float64Array.of(0)])).toThrow(/the loop doubling has not ended after 7 steps/)
  })
  test('under vmap, in derivatives, and inside other bodies', async () => {
    expect(await onBackends(vmap(3)(p), [1, 0.5, 90])).toEqual(all)
    expect(await valuesOn(vmap(3)(p), [1, 64, 90])).toEqual(everyBackend.map(() => [128, 128, 180]))
    expect(await onBackends(jvp(p), [0.5, 1])).toEqual(all)
    expect(
      await onBackends(vmap(2)(jvp(p)), [
        [1, 0.5],
        [1, 1],
      ]),
    ).toEqual(all)
    const inside = programOrThrow(real(), (x) => cond(positive(x), (a: Real) => call(limited)(a), same)(x))
    expect(await onBackends(inside, 0.5)).toEqual(all)
    expect(await valuesOn(vmap(3)(inside), [-1, 3, 0])).toEqual(everyBackend.map(() => [-1, 192, 0]))
  })
  test('0 allows no step, and a run after the error is right', async () => {
    const none = programOrThrow(real(), (x) => whileLoop(positive, (c: Real) => sub(c, 1), { limit: 0 })(x))
    for (const backend of everyBackend) {
      const compiled = await backend.compile(none)()
      if (E.isLeft(compiled)) throw new Error('it compiles')
      const { run, release } = compiled.right
      expect(await run(1)()).toEqual(E.left({ _tag: 'LoopLimit', loop: 'whileLoop', limit: 0 }))
      const again = await run(-1)()
      expect(E.isRight(again) && [...again.right]).toEqual([-1])
      release()
    }
  })
  test('a state that stays in memory is invalid after the error, until one is loaded', async () => {
    const step = programOrThrow([real(2), real()] as const, ([s, x]) => [add(s, 1), limited(x)] as const)
    const opened = await wasm().resident(step)()
    if (E.isLeft(opened)) throw new Error('it compiles')
    const { load, step: next, read, release } = opened.right
    await load([1, 2])()
    expect(await next(0)()).toEqual(reached)
    expect(E.isLeft(await read())).toBe(true)
    await load([5, 6])()
    const after = await next(64)()
    expect(E.isRight(after) && [...after.right]).toEqual([128])
    const state = await read()
    expect(E.isRight(state) && [...state.right]).toEqual([6, 7])
    release()
  })
  test('is part of the text, and a wrong one is a diagnostic', () => {
    const again = parse(print(p))
    expect(E.isRight(again) && again.right.closed).toEqual(p.closed)
    for (const limit of [-1, 2.5, Number.NaN]) {
      const wrong = program(int(), (i) =>
        whileLoop(
          (c: typeof i) => lt(c, 3),
          (c) => add(c, 1),
          { limit },
        )(i),
      )
      expect(E.isLeft(wrong) && wrong.left.map((d) => `${d.op} ${d.problem._tag}`)).toEqual([
        'whileLoop InvalidAttribute',
      ])
    }
  })
})
