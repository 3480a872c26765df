/** Parameters in files: what was saved is what is loaded, also from a checkpoint, and another network is refused. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { afterAll, describe, expect, expectTypeOf, test } from 'vitest'
import { reference } from '../../../backends/index.ts'
import { checkGradients } from '../../../src/check/index.ts'
import { showDataError, writeSafetensors } from '../../../src/data/index.ts'
import { fileStore, loadParams, saveParams } from '../../../src/disk/index.ts'
import {
  bfloat16,
  crossEntropy,
  evaluate,
  float16,
  int,
  mseLoss,
  programOrThrow,
  real,
  tanh,
} from '../../../src/index.ts'
import { batchNorm, dense, dropout, sequential } from '../../../src/nn/index.ts'
import { adam, sgd } from '../../../src/optim/index.ts'
import { randomKey, uniform } from '../../../src/random/index.ts'
import {
  decodeParams,
  descentStepOrThrow,
  earlyStopping,
  encodeParams,
  fit as fitNetwork,
  fitOrThrow,
  lossProgramOrThrow,
  showFitError,
} from '../../../src/train/index.ts'

const folder = mkdtempSync(join(tmpdir(), 'adjoint-params-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const at = (name: string) => join(folder, name)
const network = sequential(dense(2, 3), batchNorm(3), tanh, dense(3, 2))
const x = Float32Array.from(uniform(80)(randomKey(1)), (u) => 2 * u - 1)
const examples = { x, y: Int32Array.from({ length: 40 }, (_, i) => ((x[2 * i] ?? 0) > 0 ? 1 : 0)), count: 40 }
const options = {
  backend: reference,
  network,
  loss: crossEntropy(),
  optimizer: adam({ rate: 0.1 }),
  shapes: { x: real(2), y: int(), batch: 8 },
  examples,
  key: randomKey(2),
  epochs: 3,
} as const
const right = <A>(e: E.Either<unknown, A>): A => {
  if (E.isLeft(e)) throw new Error(JSON.stringify(e.left))
  return e.right
}

describe('parameters in 16 bits', () => {
  const types = { params: { w: real(1000), n: int() } }
  const w = Float32Array.from(uniform(1000)(randomKey(3)), (u) => u - 0.5)
  const values = { params: { w, n: 7 }, state: null } as const
  test.each([
    ['float16', float16],
    ['bfloat16', bfloat16],
  ] as const)('%s: the numbers of the operation, in half of the bytes', (storage, op) => {
    const [whole, half] = [right(encodeParams(types, values)), right(encodeParams(types, values, { storage }))]
    expect(Math.abs(whole.length - half.length - 2000)).toBeLessThanOrEqual(16)
    const found = right(decodeParams(types, half))
    const [rounded] = evaluate(programOrThrow(real(1000), (x) => op(x)).closed, [Float64Array.from(w)])
    expect(found.params.w).toEqual(Float32Array.from(rounded as Float64Array))
    expect(found.params.n).toEqual(Int32Array.of(7))
    // a second rounding changes nothing
    expect(right(encodeParams(types, found as never, { storage }))).toEqual(half)
  })
})
describe('parameters in a file', () => {
  test('what is saved is what is loaded, with running statistics', async () => {
    const { state } = await fitOrThrow(options)()
    right(await saveParams(at('a.safetensors'))(network, state)())
    const loaded = right(await loadParams(at('a.safetensors'))(network)())
    expectTypeOf(loaded.params[0].w).toEqualTypeOf<(typeof state)['params'][0]['w']>()
    expect(loaded.params).toEqual(state.params)
    expect(loaded.state).toEqual(state.state)
  })
  test('float32 stays float32, and a tree that is no network is kept as well', () => {
    const types = { params: { a: real(2), n: int() } }
    const values = { params: { a: Float32Array.of(0.1, -0), n: Int32Array.of(7) }, state: null }
    expect(right(decodeParams(types, right(encodeParams(types, values))))).toEqual(values)
  })
  test('from a checkpoint it is the epoch that early stopping kept', async () => {
    const store = fileStore(at('run.safetensors'))
    const callback = earlyStopping({ watch: 'loss', best: 'least', patience: 1 })
    const optimizer = adam({ rate: 1 })
    const fitted = right(await fitNetwork({ ...options, optimizer, epochs: 20, callback, checkpoint: { store } })())
    expect(fitted.epoch).toBeLessThan(fitted.epochs)
    expect(right(await loadParams(at('run.safetensors'))(network)()).params).toEqual(fitted.state.params)
  })
  test('another network, a damaged file and no file are errors in three lines', async () => {
    const { state } = await fitOrThrow({ ...options, epochs: 1 })()
    right(await saveParams(at('b.safetensors'))(network, state)())
    const said = async (path: string, other: typeof network) => {
      const found = await loadParams(at(path))(other)()
      return E.isLeft(found) ? showDataError(found.left) : 'loaded'
    }
    const wide = sequential(dense(2, 4), batchNorm(4), tanh, dense(4, 2)) as never
    expect(await said('b.safetensors', wide)).toMatch(/f64\[3, 2\] where params\.0\.w: real\[4, 2\] is wanted\n/)
    expect(await said('b.safetensors', sequential(network, dense(2, 2)) as never)).toMatch(/nothing where params\./)
    writeFileSync(at('c.safetensors'), readFileSync(at('b.safetensors')).subarray(0, 40))
    expect(await said('c.safetensors', network)).toMatch(/\n {2}in {3}.*c\.safetensors\n {2}try/)
    expect(await said('none.safetensors', network)).toMatch(/missing\n.*none\.safetensors\n {2}try {2}check the path/)
    const unwritable = await saveParams(join(at('b.safetensors'), 'below'))(network, state)()
    expect(E.isLeft(unwritable) && unwritable.left._tag).toBe('Unwritable')
  })
})

describe('damage is seen', () => {
  const types = { params: { a: real(2), b: real() } }
  const bytes = right(encodeParams(types, { params: { a: Float32Array.of(1, 2), b: 3 as never }, state: null }))
  test('any bit of the numbers that flips is a typed error', () => {
    expect(E.isRight(decodeParams(types, bytes))).toBe(true)
    for (let at = 1; at <= 16; at++) {
      const damaged = Uint8Array.from(bytes)
      damaged[bytes.length - at] = (damaged[bytes.length - at] ?? 0) ^ 1
      const found = decodeParams(types, damaged, 'w.safetensors')
      expect(E.isLeft(found) && showDataError(found.left)).toMatch(/its checksum is not that .*\n {2}in {3}w\.safe/)
    }
  })
  test('in a checkpoint as well', async () => {
    const store = fileStore(at('damaged.safetensors'))
    right(await fitNetwork({ ...options, epochs: 1, checkpoint: { store } })())
    const whole = readFileSync(at('damaged.safetensors'))
    whole[whole.length - 1] = (whole.at(-1) ?? 0) ^ 1
    writeFileSync(at('damaged.safetensors'), whole)
    const found = await loadParams(at('damaged.safetensors'))(network)()
    expect(E.isLeft(found) && found.left._tag).toBe('NotSafetensors')
  })
  test('a file of another program, without a checksum, is read', () => {
    const tensors = { 'params.a': { type: 'f32', shape: [2], data: Float32Array.of(1, 2) } } as const
    const found = decodeParams({ params: { a: real(2) } }, writeSafetensors({ tensors }))
    expect(found).toEqual(E.right({ params: { a: Float32Array.of(1, 2) }, state: null }))
  })
})

describe('values that are not those of the types are not written', () => {
  const types = { params: { a: real(2), b: real(2, 2) } }
  const b = new Float32Array(4)
  test.each([
    ['a missing array', { b }, /nothing where params\.a: real\[2\] is wanted\n {2}in {3}values in memory\n/],
    ['an array that is null', { a: null, b }, /nothing where params\.a/],
    ['too few numbers', { a: Float32Array.of(1), b }, /1 numbers where params\.a/],
    ['too many numbers', { a: Float32Array.of(1, 2), b: new Float32Array(5) }, /5 numbers where params\.b/],
    ['a number', { a: 1, b }, /1 numbers where params\.a/],
  ])('%s', async (_, params, said) => {
    const task = saveParams(at('never.safetensors'))(types, { params: params as never, state: null })
    const found = await task()
    expect(E.isLeft(found) && showDataError(found.left)).toMatch(said)
    expect(existsSync(at('never.safetensors'))).toBe(false)
  })
})

describe('the loss as a program', () => {
  const shapes = { x: real(2), y: int(), batch: 4 } as const
  test.each([
    ['running statistics', lossProgramOrThrow(network, crossEntropy(), shapes)],
    ['keys', lossProgramOrThrow(sequential(dense(2, 3), dropout(0.5), dense(3, 2)), crossEntropy(), shapes)],
  ] as const)('with %s, its gradient is checked', (_, loss) => {
    expect(loss.out).toEqual(real())
    expect(right(checkGradients(loss as never, { samples: 1 })).verdict).toBe('correct')
  })
  test('it is what fit minimises: the same first step', async () => {
    const line = sequential(dense(1, 1))
    const data = { x: Float32Array.of(1, 2), y: Float32Array.of(3, 4) }
    const loss = lossProgramOrThrow(line, mseLoss(), { x: real(1), y: real(1), batch: 2 })
    const step = descentStepOrThrow(sgd({ rate: 0.1 }))(loss)
    expect(step.in[1]).toMatchObject({ x: real(2, 1), y: real(2, 1) })
    const fitted = await fitOrThrow({
      ...options,
      network: line,
      loss: mseLoss(),
      optimizer: sgd({ rate: 0 }),
      shapes: { x: real(1), y: real(1), batch: 2 },
      examples: { ...data, count: 2 },
      epochs: 1,
    })()
    const run = right(await reference.compile(loss)()).run
    const params = fitted.state.params as never
    const found = right(await run([params, { state: [null], key: [null], ...data }] as never)())
    expect((found as Float64Array)[0]).toBeCloseTo(fitted.history[0]?.loss ?? 0, 12)
  })
})

describe('fitOrThrow', () => {
  test('throws what showFitError shows, with the error as cause', async () => {
    const wrong = { ...options, examples: { ...examples, y: Int32Array.from(examples.y, () => 5) } }
    const result = await fitNetwork(wrong)()
    const shown = E.isLeft(result) ? showFitError(String)(result.left) : ''
    expect(shown).toMatch(/the label 5 in example 0\n.*examples\.y\n.*0 \.\. 1/)
    const thrown: unknown = await fitOrThrow(wrong)().catch((e: unknown) => e)
    expect(thrown).toMatchObject({ message: shown, cause: E.isLeft(result) ? result.left : undefined })
    const failing = { ...reference, resident: () => async () => E.left({ _tag: 'Broken' }) }
    await expect(fitOrThrow({ ...options, backend: failing as never })()).rejects.toThrow(
      /the back end failed: \{"_tag":"Broken"\}/,
    )
    const narrow = { ...options, shapes: { x: real(3), y: int(), batch: 8 } }
    await expect(fitOrThrow(narrow as never)()).rejects.toThrow(/linear: axis in is 3 in \[3\]/)
  })
  test('one story: the mean of the last step, the report of the epoch and the history agree; the end tells the result', async () => {
    const told: string[] = []
    const callback = earlyStopping({ watch: 'loss', best: 'least', patience: 1 })
    const fitted = await fitOrThrow({
      ...options,
      optimizer: adam({ rate: 1 }),
      epochs: 20,
      callback,
      onStep:
        ({ step, mean }) =>
        () =>
          void (step % 5 === 0 && told.push(`${mean}`)),
      onEpoch:
        ({ loss }) =>
        () => {
          told.push(`${loss}`)
          return 'continue' as const
        },
      onEnd: (r) => () => void told.push(`end ${r?.epoch} ${r?.loss}`),
    })()
    const losses = fitted.history.flatMap(({ loss }) => [`${loss}`, `${loss}`])
    expect(told).toEqual([...losses, `end ${fitted.epoch} ${fitted.history[fitted.epoch - 1]?.loss}`])
  })
  test('a run that fails ends too', async () => {
    let ended: unknown = 'not yet'
    const bad = {
      ...options,
      examples: { ...examples, x: x.map(() => Number.NaN) },
      onEnd: (r: unknown) => () => {
        ended = r
      },
    }
    expect(E.isLeft(await fitNetwork(bad)())).toBe(true)
    expect(ended).toBeUndefined()
  })
})
