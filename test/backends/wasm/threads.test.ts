/** Threads: the same bits for any number of them, in every form of a plan; released with the program; only where they pay. */
import { Worker } from 'node:worker_threads'
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, test, vi } from 'vitest'
import { wasm } from '../../../backends/wasm/index.ts'
import { words } from '../../../backends/wasm/threads/protocol.ts'
import { cond, scan, whileLoop } from '../../../lang/control/index.ts'
import * as O from '../../../lang/operations/index.ts'
import { sum } from '../../../lang/primitives/broadcast.ts'
import * as P from '../../../lang/primitives/elementwise.ts'
import { argsort } from '../../../lang/primitives/indexing.ts'
import { inTypes } from '../../../lang/syntax/closed.ts'
import { bug } from '../../../lang/syntax/error.ts'
import type { Expr } from '../../../lang/syntax/expr.ts'
import { programOrThrow } from '../../../lang/syntax/program.ts'
import { real, type Shape } from '../../../lang/syntax/shape.ts'
import { valuesFrom } from '../../../src/testing/arbitrary/values.ts'
import { valueAndGradOrThrow } from '../../../src/transform/grad.ts'
import { subject } from '../../laws/backend.ts'
import { same } from '../../laws/close.ts'
import { type AnyProgram, orFail } from '../execution.ts'

type Build = (...xs: readonly Expr[]) => Expr
const make = programOrThrow as unknown as (types: unknown, f: (xs: readonly Expr[]) => Expr) => AnyProgram
const of = (shapes: readonly Shape[], f: Build): AnyProgram =>
  make(
    shapes.map((s) => real(...s)),
    (xs) => f(...xs),
  )
/** The sum of squares, with its gradient. */
const descent = (shapes: readonly Shape[], f: Build): AnyProgram =>
  valueAndGradOrThrow(of(shapes, (...xs) => sum()(O.square(f(...xs) as never) as Expr) as Expr) as never) as never
const matmul = (x: unknown, y: unknown): Expr => O.matmul(x as Expr, y as never)
const conv =
  (options: object): Build =>
  (x, w, b) =>
    O.conv(options as never)(x as never, w as never, b as never) as Expr
const pooled =
  (size: number): Build =>
  (...xs) =>
    O.maxPool({ kernel: [size, size] })(O.relu(conv({ pad: 1 })(...xs) as never) as never) as Expr
const attention: Build = (q, k, v) => {
  const scores = matmul(q, O.swapAxes(-1, -2)(k as never))
  return matmul(O.softmax(-1)(scores as never), v)
}

const square = [120, 120] as const
const step = (x: Expr, y: Expr): Expr => P.tanh(P.mul(0.1, matmul(x, y))) as Expr
/** Loops and branches whose bodies threads share, and others whose bodies are too small. */
const loop = of(
  [square, square, [3, 120]],
  (x, y, rows) =>
    (scan as never as (f: unknown) => (...a: unknown[]) => readonly [Expr, Expr])(
      (c: Expr, row: Expr): readonly [Expr, Expr] => [P.add(step(c, y as Expr), row) as Expr, sum()(row) as Expr],
    )(x, rows)[0],
)
const until = of([square, square], (x, y) => {
  const below = (c: { readonly n: Expr }): Expr => P.lt(c.n, 4) as Expr
  const iterate = (c: { readonly n: Expr; readonly x: Expr }) => ({ n: P.add(c.n, 1), x: step(c.x, y as Expr) })
  return (whileLoop as never as (t: unknown, b: unknown) => (c: unknown) => { readonly x: Expr })(
    below,
    iterate,
  )({
    n: sum()(P.mul(0, x as Expr) as Expr),
    x,
  }).x
})
const either = of([square, square], (x, y) =>
  (cond as never as (p: Expr, ...f: readonly unknown[]) => (x: unknown) => Expr)(
    P.lt(0, sum()(x as Expr) as Expr) as Expr,
    (v: Expr) => step(v, y as Expr),
    (v: Expr) => v,
  )(x),
)
const large: readonly (readonly [string, AnyProgram])[] = [
  [
    'product',
    of(
      [
        [130, 100],
        [100, 99],
      ],
      matmul,
    ),
  ],
  [
    'wide product',
    of(
      [
        [64, 100],
        [100, 2000],
      ],
      matmul,
    ),
  ],
  [
    'tall product',
    of(
      [
        [2000, 100],
        [100, 24],
      ],
      matmul,
    ),
  ],
  [
    'long sum',
    descent(
      [
        [24, 9000],
        [9000, 16],
      ],
      matmul,
    ),
  ],
  // no arithmetic, but comparisons, or numbers read and stored
  ['sorted rows', of([[130, 2000]], (x) => argsort()(x as Expr) as Expr)],
  ['transposition', of([[1100, 1300]], (x) => O.swapAxes(0, 1)(x as never) as Expr)],
  ['convolution', descent([[8, 4, 14, 14], [16, 4, 5, 5], [16]], conv({ pad: 2 }))],
  ['windows', descent([[16, 4, 14, 14], [16, 4, 3, 3], [16]], pooled(2))],
  [
    'attention',
    descent(
      [
        [4, 4, 40, 24],
        [4, 4, 40, 24],
        [4, 4, 40, 24],
      ],
      attention,
    ),
  ],
  ['scan', loop],
  ['while', until],
  ['cond', either],
  ['elements', descent([[400003]], (x) => P.tanh(P.sin(P.mul(x as Expr, 3) as Expr) as Expr) as Expr)],
]
describe.each(large)('%s', (_, p) => {
  test('the same bits for 1, 2 and 3 threads', async () => {
    const x = valuesFrom(1, inTypes(p.closed), [-1, 1])
    const one = await subject(wasm(), p)
    const expected = await one.run(x)
    for (const threads of [2, 3]) {
      const many = await subject(wasm({ threads }), p)
      expect(many.executable.reason).toBe('asked for')
      for (let k = 0; k < 3; k++) expect(same(await many.run(x), expected)).toBe(true)
      many.release()
    }
  })
})

describe('workers', () => {
  const hostWith = (Made: typeof Worker): void => {
    const real = process.getBuiltinModule
    vi.spyOn(process, 'getBuiltinModule').mockImplementation(((name: string) =>
      name === 'node:worker_threads' ? { Worker: Made } : real(name)) as never)
  }
  /** Starts workers through the host's module, and counts those that still run. */
  const counted = () => {
    const seen = { made: 0, alive: 0 }
    class Counted extends Worker {
      constructor(...args: ConstructorParameters<typeof Worker>) {
        super(...args)
        seen.made++
        seen.alive++
        this.on('exit', () => seen.alive--)
      }
    }
    hostWith(Counted)
    return seen
  }
  const p = of(
    [
      [130, 100],
      [100, 99],
    ],
    matmul,
  )
  const x = valuesFrom(1, inTypes(p.closed), [-1, 1])

  test('none is left after release, however often', async () => {
    const seen = counted()
    const one = await subject(wasm(), p)
    const expected = await one.run(x)
    for (let k = 0; k < 25; k++) {
      const s = await subject(wasm({ threads: 3 }), p)
      expect(same(await s.run(x), expected)).toBe(true)
      s.release()
      s.release()
    }
    await expect.poll(() => seen.alive).toBe(0)
    expect(seen.made).toBe(50)
  })
  test('none is left of a program that never ran', async () => {
    const seen = counted()
    const s = await subject(wasm({ threads: 2 }), p)
    expect(seen.alive).toBe(1)
    s.release()
    await expect.poll(() => seen.alive).toBe(0)
    expect(E.isLeft(await s.executable.run(x as never)())).toBe(true)
  })
  /** Workers with this code in place of their own, each beside a worker of the test. */
  const replaced = (
    code: string,
    companion: string,
  ): { readonly stop: () => void; readonly rescued: () => boolean } => {
    const companions: Worker[] = []
    const said = new Int32Array(new SharedArrayBuffer(8))
    class Replaced extends Worker {
      constructor(
        _: string,
        { workerData: { memory } }: { workerData: { memory: { readonly buffer: SharedArrayBuffer } } },
      ) {
        const options = { eval: true, workerData: { at: new Int32Array(memory.buffer), said } }
        super(code, options)
        companions.push(new Worker(companion, options))
      }
    }
    hostWith(Replaced as never)
    return {
      stop: () => {
        for (const w of companions) w.terminate()
      },
      rescued: () => said[1] === 1,
    }
  }
  /** Takes the highest range, as a thread does, and never finishes it. */
  const dying = (death: string): string => `
    const { parentPort, workerData: { at, said } } = require('node:worker_threads')
    parentPort.postMessage('ready')
    for (let taken = false; !taken; ) {
      const seen = Atomics.load(at, ${words.range / 4})
      const free = seen >> 16 < (seen & 65535)
      taken = free && Atomics.compareExchange(at, ${words.range / 4}, seen, seen - 1) === seen
    }
    Atomics.store(said, 0, 1)
    Atomics.notify(said, 0)
    ${death}`
  /** Reports it done three seconds later, which is longer than any test may wait. */
  const rescue = `
    const { at, said } = require('node:worker_threads').workerData
    Atomics.wait(said, 0, 0)
    setTimeout(() => {
      said[1] = 1
      Atomics.add(at, ${words.done / 4}, 1)
      Atomics.notify(at, ${words.done / 4})
    }, 3000)`
  const n = 500
  const squared = programOrThrow([real(n, n), []], ([x]) => [step(x, x), []] as const)
  test.each([
    ['is killed', 'process.exit(0)'],
    ['throws', "throw new Error('on purpose')"],
    ['says that it ends', `Atomics.store(at, ${words.ended / 4}, 1); Atomics.wait(at, ${words.ended / 4}, 1)`],
  ])('one that %s inside a range is an error, and the program is lost', async (_, death) => {
    const { stop, rescued } = replaced(dying(death), rescue)
    const held = orFail(await wasm({ threads: 2 }).resident(squared)())
    orFail(await held.load(new Float32Array(n * n))())
    const lost = E.left({
      _tag: 'DeviceLost',
      backend: 'wasm',
      message: 'a worker thread has ended: killed, or out of memory',
    })
    // on a machine with other work the worker may come too late for the first
    for (let k = 0; k < 300 && E.isRight(await held.step([])()); k++);
    expect(rescued()).toBe(false)
    expect(await held.step([])()).toEqual(lost)
    expect(await held.read()).toEqual(lost)
    held.release()
    stop()
  })
  test('the first thread waits for a slow one, however often it checks', async () => {
    const late = `
      Atomics.wait(said, 1, 0, 400)
      Atomics.add(at, ${words.done / 4}, 1)
      Atomics.notify(at, ${words.done / 4})
      Atomics.wait(said, 1, 0)`
    const { stop, rescued } = replaced(dying(late), rescue)
    const held = orFail(await wasm({ threads: 2 }).resident(squared)())
    let longest = 0
    for (let k = 0; k < 300 && longest < 300; k++) {
      const start = performance.now()
      orFail(await held.step([])())
      longest = Math.max(longest, performance.now() - start)
    }
    expect(longest).toBeGreaterThan(300)
    expect(rescued()).toBe(false)
    held.release()
    stop()
  })
  test('if one ends before it is ready, the program runs on one thread, and the reason says so', async () => {
    replaced('process.exit(0)', '')
    const s = await subject(wasm({ threads: 2 }), p)
    expect(s.executable.reason).toBe('one thread: no worker can be started')
    expect((await s.run(x)).length).toBe(1)
  })
  // 20,000 sines are a kernel that is worth sharing in a program that is not
  test.each([4, 20_000])('a small program of %i elements starts none, and the reason says so', async (size) => {
    const seen = counted()
    const s = await subject(
      wasm({ threads: 2 }),
      of([[size]], (v) => P.sin(v as Expr) as Expr),
    )
    expect(s.executable.reason).toBe('one thread: the program is small')
    expect(seen.made).toBe(0)
  })
  test('a plan says how its steps are shared, and why not', async () => {
    const plan = async (program: AnyProgram, threads: number): Promise<string> =>
      orFail(await (wasm({ threads }).plan ?? bug('no plan'))(program)())
    const small = of([[4]], (v) => P.sin(v as Expr) as Expr)
    expect(await plan(small, 2)).toContain(
      'one thread: the program has fewer than 2000000 operations, numbers read and stored included',
    )
    expect(await plan(small, 2)).toContain('on one thread: 8 operations are fewer than 20000')
    expect(await plan(p, 2)).toContain('2 threads share the steps of 20000 operations or more')
    expect(await plan(p, 2)).not.toContain('on one thread')
    expect(await plan(p, 1)).not.toContain('thread')
  })
})
