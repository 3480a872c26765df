/** Training as a fold: it learns, stops, resumes, and frees memory. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { describe, expect, expectTypeOf, test } from 'vitest'
import { type BackendError, reference, showBackendError, wasm } from '../../../backends/index.ts'
import { crossEntropy } from '../../../lang/operations/classLoss.ts'
import { mseLoss } from '../../../lang/operations/distanceLoss.ts'
import { softmax } from '../../../lang/operations/index.ts'
import { sum } from '../../../lang/primitives/broadcast.ts'
import { iota } from '../../../lang/primitives/constant.ts'
import { eq, exp, log, mul, neg, select, sqrt, sub, tanh } from '../../../lang/primitives/elementwise.ts'
import type { Expr } from '../../../lang/syntax/expr.ts'
import { int, real } from '../../../lang/syntax/shape.ts'
import { fileStore } from '../../../src/disk/index.ts'
import { dense, dropout, sequential, zeros } from '../../../src/nn/index.ts'
import { adam, sgd } from '../../../src/optim/index.ts'
import { randomKey, uniform } from '../../../src/random/key.ts'
import { progress } from '../../../src/report/progress.ts'
import {
  accuracy,
  earlyStopping,
  type FitReport,
  fit as fitNetwork,
  measure,
  measurementOrThrow,
  type Runner,
  showTrainError,
  shuffled,
  startTraining,
  train,
  trainStepOrThrow,
} from '../../../src/train/index.ts'

const right = <A>(result: E.Either<unknown, A>): A => {
  if (E.isLeft(result)) throw new Error(JSON.stringify(result.left))
  return result.right
}
/** Points of the square [-1, 1]^2, not within 0.1 of an axis, labelled 1 where the signs of the coordinates differ. */
const exclusiveOr = (seed: number, count: number) => {
  const x = Float32Array.from(uniform(2 * count)(randomKey(seed)), (u) => (u < 0.5 ? 1.8 * u - 1 : 1.8 * u - 0.8))
  const label = (_: unknown, i: number): number => ((x[2 * i] ?? 0) * (x[2 * i + 1] ?? 0) < 0 ? 1 : 0)
  return { x, y: Int32Array.from({ length: count }, label), count }
}
const options = {
  backend: reference,
  network: sequential(dense(2, 8), tanh, dense(8, 2)),
  loss: crossEntropy(),
  optimizer: adam({ rate: 0.1 }),
  shapes: { x: real(2), y: int(), batch: 20 },
  examples: exclusiveOr(1, 200),
  heldOut: exclusiveOr(2, 130),
  metrics: { accuracy, loss: crossEntropy() },
  key: randomKey(3),
} as const

describe('fit', () => {
  test('a 2-8-2 network learns the exclusive or in 300 steps', async () => {
    const seen: FitReport[] = []
    const onEpoch = (r: FitReport) => () => {
      seen.push(r)
      return 'continue' as const
    }
    const { history, steps, epochs, state } = right(await fitNetwork({ ...options, epochs: 30, onEpoch })())
    expectTypeOf(state.params[1]).toEqualTypeOf<null>()
    expect([steps, epochs]).toEqual([300, 30])
    expect(seen).toEqual(history)
    expect(history[0]?.metrics.accuracy).toBeLessThan(0.8)
    expect(history.at(-1)?.metrics.accuracy).toBeGreaterThan(0.95)
    expect(history.at(-1)?.metrics.loss).toBeLessThan(0.15)
  })
  const bits = (x: unknown): string => JSON.stringify(x, (_, v) => (ArrayBuffer.isView(v) ? Array.from(v as never) : v))
  const random = {
    ...options,
    examples: exclusiveOr(5, 60),
    heldOut: exclusiveOr(6, 10),
    network: sequential(dense(2, 4), tanh, dropout(0.2), dense(4, 2)),
  }
  test('the same options give the same bits, and a run that goes on has the bits of one that never stopped', async () => {
    const whole = right(await fitNetwork({ ...random, epochs: 4 })())
    const again = right(await fitNetwork({ ...random, epochs: 4 })())
    expect(bits(again)).toBe(bits(whole))
    const half = right(await fitNetwork({ ...random, epochs: 2 })())
    const rest = right(await fitNetwork({ ...random, epochs: 4, from: half })())
    expect(bits(rest.state)).toBe(bits(whole.state))
    expect([...half.history, ...rest.history]).toEqual(whole.history)
    const other = right(await fitNetwork({ ...random, epochs: 4, key: randomKey(4) })())
    expect(bits(other.state)).not.toBe(bits(whole.state))
  })
  test('early stopping answers with the best epoch, and with the last one to go on from', async () => {
    const stopping = { watch: 'loss', best: 'least', patience: 2 } as const
    // a rate at which the loss soon rises
    const o = { ...random, optimizer: adam({ rate: 0.4 }), heldOut: random.examples }
    const callback = earlyStopping(stopping)
    const fitted = right(await fitNetwork({ ...o, epochs: 30, callback })())
    const { epoch, epochs } = fitted
    expect(epochs).toBe(epoch + 2)
    const until = async (n: number) => right(await fitNetwork({ ...o, epochs: n })())
    const [best, last] = [await until(epoch), await until(epochs)]
    expect(bits(fitted.state)).toBe(bits(best.state))
    expect(bits(fitted.last)).toBe(bits(last.last))
    expect(bits(fitted.last.state)).not.toBe(bits(best.state))
    expect(fitted.history).toEqual(last.history)
    const gone = right(await fitNetwork({ ...o, epochs: epochs + 1, from: fitted.last })())
    expect(bits(gone.state)).toBe(bits((await until(epochs + 1)).state))
    const unkept = right(
      await fitNetwork({ ...o, epochs: 30, callback: earlyStopping({ ...stopping, restoreBest: false }) })(),
    )
    expect([unkept.epoch, bits(unkept.state)]).toEqual([epochs, bits(last.state)])
  })
  test('every epoch has its own order', async () => {
    const losses: number[] = []
    const onStep =
      ({ loss }: { readonly loss: number }) =>
      () =>
        void losses.push(loss)
    right(await fitNetwork({ ...options, optimizer: sgd({ rate: 0 }), epochs: 2, onStep })())
    expect(losses.slice(0, 10)).not.toEqual(losses.slice(10))
  })
  test('releases what it compiled', async () => {
    const { backend, held } = counting()
    right(await fitNetwork({ ...options, backend, epochs: 1 })())
    expect(held()).toBe(0)
  })
  test('stops if onEpoch answers stop', async () => {
    const { epochs } = right(
      await fitNetwork({
        ...options,
        epochs: 9,
        onEpoch:
          ({ epoch }) =>
          () =>
            epoch === 2 ? 'stop' : 'continue',
      })(),
    )
    expect(epochs).toBe(2)
  })
  test('an ill-typed network is an error with every diagnostic', async () => {
    const narrow = {
      ...options,
      network: sequential(dense(2, 8), (x: Expr) => tanh(x), dense(8, 2)),
      shapes: { x: real(3), y: int(), batch: 20 },
    }
    // @ts-expect-error dense(2, 8) takes [..., 2], not [3]
    const result = await fitNetwork({ ...narrow, epochs: 1 })()
    expect(E.isLeft(result) && result.left._tag).toBe('IllTyped')
  })
  test('the progress bar prints nothing without a terminal', async () => {
    const written: string[] = []
    const stream = { isTTY: false, write: (s: string) => written.push(s) } as never
    right(await fitNetwork({ ...options, epochs: 1, ...progress({ stream }) })())
    expect(written).toEqual([])
  })
})

/** A back end that counts what it has compiled and what was not released. */
const counting = (): { readonly backend: Runner<BackendError, BackendError>; readonly held: () => number } => {
  let held = 0
  const counted = (a: { readonly release: () => void }): never => {
    held += 1
    const release = () => {
      held -= 1
      a.release()
    }
    return { ...a, release } as never
  }
  const backend: Runner<BackendError, BackendError> = {
    compile: (p) => TE.map(counted)(reference.compile(p) as never),
    resident: (step) => TE.map(counted)(reference.resident(step) as never),
  }
  return { backend, held: () => held }
}
const line = sequential(dense(1, 1))
const points = { x: Float32Array.of(1, 2, 3, 4), y: Float32Array.of(2, 4, 6, 8), count: 4 }
const training = (rate: number, examples = points) => {
  const o = sgd({ rate })
  const step = trainStepOrThrow(line, mseLoss(), o, { x: real(1), y: real(1), batch: 2 })
  const batches = () => shuffled(randomKey(1), step.in[1], examples)
  return { step, start: startTraining(line, o, randomKey(1)), batches, epochs: 500 }
}

describe('training ends with', () => {
  test('a loss that is not finite: the error names step and epoch, memory is freed', async () => {
    const { backend, held } = counting()
    const losses: number[] = []
    const onStep =
      ({ loss }: { readonly loss: number }) =>
      () =>
        void losses.push(loss)
    const result = await train({ ...training(10), backend, onStep })()
    if (E.isRight(result)) throw new Error('it must diverge')
    expect(losses.every(Number.isFinite)).toBe(true)
    expect(result.left).toEqual({
      _tag: 'NotFinite',
      step: losses.length + 1,
      epoch: Math.floor(losses.length / 2) + 1,
      batch: (losses.length % 2) + 1,
      loss: Number.POSITIVE_INFINITY,
    })
    expect(showTrainError(showBackendError)(result.left)).toContain(`in   step ${losses.length + 1}: epoch`)
    expect(held()).toBe(0)
  })
  test('an epoch without a batch', async () => {
    const { backend, held } = counting()
    const result = await train({ ...training(0.01, { ...points, count: 1 }), backend })()
    expect(result).toEqual(E.left({ _tag: 'NoBatches', epoch: 1 }))
    expect(held()).toBe(0)
  })
  test('an error of the back end', async () => {
    const { backend, held } = counting()
    const batches = () => [{ x: Float32Array.of(1), y: Float32Array.of(1, 2) }] as never
    const result = await train({ ...training(0.01), backend, batches })()
    expect(E.isLeft(result) && result.left).toMatchObject({ _tag: 'BackendFailed', error: { _tag: 'WrongLength' } })
    expect(held()).toBe(0)
  })
  test('all epochs done: it finds least squares, and the losses fall', async () => {
    const { backend, held } = counting()
    const { state, losses, steps } = right(await train({ ...training(0.05), backend })())
    expect([steps, losses.length, held()]).toEqual([1000, 500, 0])
    const [w] = Object.values(state.params[0] ?? {}) as readonly Float64Array[]
    expect(w?.[0]).toBeCloseTo(2, 6)
    expect(losses.at(-1)).toBeLessThan(1e-9)
  })
})

describe('measure', () => {
  test('the mean over all examples, with a partial last batch', async () => {
    const { network, heldOut, optimizer } = options
    const { params, state } = startTraining(network, optimizer, randomKey(9))
    const by = async (batch: number) => {
      const types = { x: real(2), y: int(), batch }
      const program = measurementOrThrow(network, options.metrics, types)
      return right(await measure(reference)(program)({ params, state }, heldOut)())
    }
    const [ones, sevens, all] = [await by(1), await by(7), await by(200)]
    expect(sevens.accuracy).toBe(ones.accuracy)
    expect(all.accuracy).toBe(ones.accuracy)
    expect(all.loss).toBeCloseTo(ones.loss, 12)
    expect(sevens.loss).toBeCloseTo(ones.loss, 12)
  })
})

const mseOfOne = (logits: Expr<readonly [2], 'real'>) =>
  sum()(mul(sub(logits, 1), sub(logits, 1)) as Expr) as Expr<readonly [], 'real'>
describe('a loss that is not finite', () => {
  const failing = async (o: object): Promise<string> => {
    const result = await fitNetwork({ ...options, epochs: 4, ...o } as never)()
    return E.isLeft(result) ? showTrainError(showBackendError)(result.left as never) : 'no error'
  }
  const naive = (logits: Expr<readonly [2], 'real'>, label: Expr<readonly [], 'int'>) =>
    neg(sum()(mul(log(softmax()(mul(logits, 1e5))), select(eq(iota([2]), label), 1, 0)) as Expr) as Expr) as Expr<
      readonly [],
      'real'
    >
  test('names the step, the batch, and the first equation: log of a probability that is 0', async () => {
    const text = await failing({ loss: naive })
    expect(text).toMatch(/^the loss is (NaN|Infinity)\n {2}in {3}step 1: epoch 1, batch 1\n/)
    expect(text).toMatch(/from step 1, seen in the loss\n {2}from mul\(real\[20, 2\], real\[20, 2\]\), equation \d+/)
    expect(text).toMatch(/is NaN, computed from -Infinity and 0\n.*comes from log\(real\[20, 2\]\), equation \d+\n/)
    expect(text).toMatch(/ is -Infinity, computed from (0|1e-\d+)/)
    expect(text).toMatch(/ as let [\s\S]*in log\(exp\(v\d+ - v\d+\) \/ a\)\n/)
  })
  test('finds the step that made the parameters not finite, before the step whose loss showed it', async () => {
    const root = (logits: Expr<readonly [2], 'real'>) =>
      sqrt(sum()(mul(logits, logits)) as Expr) as Expr<readonly [], 'real'>
    const dead = { x: new Float32Array(400), y: new Int32Array(200), count: 200 }
    const text = await failing({ network: dense(2, 2, { weights: zeros, bias: zeros }), loss: root, examples: dead })
    expect(text).toMatch(
      /^the loss is NaN\n {2}in {3}step 2: epoch 1, batch 2\n {2}from step 1, seen in the new state, params/,
    )
  })
  test('in float32, if the float64 reference has no infinity', async () => {
    const huge = (logits: Expr<readonly [2], 'real'>) =>
      exp(mul(sum()(mul(logits, 0)) as Expr, 0)) as Expr<readonly [], 'real'>
    const overflow = (logits: Expr<readonly [2], 'real'>) => mul(huge(logits), exp(mul(huge(logits), 100))) as never
    const text = await failing({ backend: wasm(), loss: overflow })
    expect(text).toMatch(/the loss is Infinity[\s\S]*exp\(real\[20\]\).*in float32/)
  })
  test('after a checkpoint in the middle of an epoch', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'adjoint-nan-'))
    const checkpoint = { store: fileStore(join(folder, 'run')), every: 3 }
    const text = await failing({ optimizer: sgd({ rate: 1e160 }), loss: mseOfOne, checkpoint })
    rmSync(folder, { recursive: true })
    expect(text).toMatch(
      /the loss is (NaN|Infinity)\n {2}in {3}step \d+: epoch \d+, batch \d+\n {2}from step \d+, seen in/,
    )
  })
})
