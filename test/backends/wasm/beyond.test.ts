/** The memory of a module: its plan says what an instance asks for, and one that needs too much is refused. */
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, test } from 'vitest'
import { plan, showBackendError, wasm } from '../../../backends/index.ts'
import type { Expr } from '../../../lang/syntax/expr.ts'
import type { Program } from '../../../lang/syntax/program.ts'
import {
  add,
  cholesky,
  exp,
  gradOrThrow,
  matmul,
  programOrThrow,
  real,
  scan,
  sort,
  sum,
  tanh,
} from '../../../src/index.ts'
import { type AnyProgram, orFail } from '../execution.ts'

type Rows = Expr<readonly [number, 64], 'real'>
/** The gradient by w of six layers on n rows. */
const gradient = (n: number): AnyProgram => {
  const p = programOrThrow({ w: real(64, 64), x: real(n, 64) }, ({ w, x }) =>
    sum()(Array.from({ length: 6 }).reduce<Rows>((a) => tanh(matmul(a, w)), x)),
  )
  return gradOrThrow(p as Program<unknown, never>, { wrt: { w: true, x: false } } as never) as unknown as AnyProgram
}
const host = (globalThis as unknown as { readonly WebAssembly: { Memory: new (limits: Limits) => object } }).WebAssembly
interface Limits {
  readonly initial: number
}
/** The bytes of the memories that are asked for while a program is compiled. */
const askedFor = async (p: AnyProgram, options = {}): Promise<number> => {
  const asked: number[] = []
  const { Memory } = host
  host.Memory = class extends Memory {
    constructor(limits: Limits) {
      super(limits)
      asked.push(limits.initial * 65536)
    }
  }
  try {
    orFail(await wasm(options).compile(p)()).release()
  } finally {
    host.Memory = Memory
  }
  return asked.reduce((a, b) => a + b, 0)
}
const programs: readonly (readonly [string, AnyProgram])[] = [
  ['a sum', programOrThrow(real(100000), (x) => sum()(tanh(x)))],
  ['a gradient of layers', gradient(300)],
  ['a sort', programOrThrow(real(3, 5000), (x) => sort()(x))],
  ['a factorisation', programOrThrow(real(20, 20), (x) => cholesky(x))],
  [
    'a loop',
    programOrThrow({ h: real(64), w: real(64, 64), rows: real(50, 64) }, ({ h, w, rows }) =>
      scan((a: Expr<readonly [64], 'real'>, row: Expr<readonly [64], 'real'>) => {
        const next = tanh(matmul(w, matmul(w, matmul(w, a)))) as typeof a
        return [next, sum()(row)] as const
      })(h, rows),
    ) as unknown as AnyProgram,
  ],
]
test.each(programs)('the plan of %s states the memory that its instance asks for', async (_, p) => {
  for (const options of [{}, { precision: 'float64' }] as const) {
    const text = orFail(await plan(p, wasm(options))())
    const [, stated, inputs, constants, others, code] =
      /\n(\d+) bytes of memory \(inputs ([\d.]+) MB, constants ([\d.]+) MB, values and packed operands ([\d.]+) MB\), (\d+) bytes of code/.exec(
        text,
      ) ?? []
    expect(Number(stated)).toBe(await askedFor(p, options))
    expect(Math.abs(Number(inputs) + Number(constants) + Number(others) - Number(stated) / 1e6)).toBeLessThan(0.2)
    expect(Number(code)).toBeGreaterThan(100)
  }
})
test('the memories of the engine are as they were after a program that is refused', async () => {
  const { Memory } = host
  await expect(askedFor(gradient(300), { memory: 1e4 })).rejects.toThrow()
  expect(host.Memory).toBe(Memory)
})
type Step = Parameters<ReturnType<typeof wasm>['resident']>[0]
/** A state of 4 MB that is replaced in place. */
const inPlace = programOrThrow([real(1000000), real()], ([s, x]) => [tanh(add(s, x)), exp(x)] as const)
/** An update that needs all of a state before it is replaced. */
const copied = programOrThrow([real(1000, 1000), real()], ([s]) => [matmul(s, s), sum()(s)] as const)
/** A body that reads a matrix of 4 MB where it is. */
const read = programOrThrow({ h: real(1000), w: real(1000, 1000), rows: real(3) }, ({ h, w, rows }) =>
  scan((a: Expr<readonly [1000], 'real'>, row: Expr<readonly [], 'real'>) => [tanh(matmul(w, a)), row] as const)(
    h,
    rows,
  ),
)
describe('as much memory as a program needs is enough', () => {
  const smallest = async (step: Step): Promise<number> => {
    const refused = await wasm({ memory: 1 }).resident(step)()
    if (E.isLeft(refused) && refused.left._tag === 'BeyondMemory') return refused.left.needed
    throw new Error('not refused')
  }
  test.each([
    ['a state that is replaced in place', inPlace, 4.3e6],
    ['a state that is copied', copied, 14e6],
  ])('%s', async (_, step, most) => {
    const needed = await smallest(step as unknown as Step)
    expect(needed).toBeLessThan(most)
    orFail(await wasm({ memory: needed }).resident(step as unknown as Step)()).release()
    expect(E.isLeft(await wasm({ memory: needed - 1 }).resident(step as unknown as Step)())).toBe(true)
  })
  test('a matrix that a loop reads counts once', async () => {
    orFail(await wasm({ memory: 4.3e6 }).compile(read)()).release()
  })
})

describe('a program beyond the memory that it may have', () => {
  const memory = 16e6
  test('is refused before anything is allocated, with the sizes, the largest values and what fits', async () => {
    const p = gradient(32768)
    const refused = await wasm({ memory }).compile(p)()
    expect(refused).toMatchObject(E.left({ _tag: 'BeyondMemory', backend: 'wasm', limit: memory }))
    if (E.isRight(refused) || refused.left._tag !== 'BeyondMemory') return
    const { needed, largest, fits } = refused.left
    expect(needed).toBeGreaterThan(6 * 32768 * 64 * 4)
    expect(largest[0]).toMatchObject({ type: 'real[32768, 64]', bytes: 32768 * 64 * 4 })
    expect(showBackendError(refused.left)).toMatch(
      /^the program needs \d+\.\d MB of memory; the limit is 16\.0 MB\n {2}in {3}wasm, among others real\[32768, 64\], .*: 8\.4 MB; .*\n {2}try {2}about \d+ instead of 32768 along the first axis/,
    )
    expect(fits?.of).toBe(32768)
    orFail(await wasm({ memory }).compile(gradient(fits?.size ?? 0))()).release()
    expect(E.isLeft(await wasm({ memory }).compile(gradient(2 * (fits?.size ?? 0)))())).toBe(true)
    expect(await plan(p, wasm({ memory }))()).toEqual(refused)
    expect(await wasm({ memory: 1e4 }).compile(gradient(8))()).toMatchObject(E.left({ _tag: 'BeyondMemory' }))
  })
  test('is refused as a step too, and in float64 earlier', async () => {
    const square = programOrThrow([real(250, 250), real()], ([s]) => [tanh(s), sum()(s)] as const)
    const limited = { memory: 8e5 }
    orFail(await wasm(limited).resident(square)()).release()
    const found = await wasm({ ...limited, precision: 'float64' }).resident(square)()
    expect(found).toMatchObject(E.left({ _tag: 'BeyondMemory', backend: 'wasm:float64' }))
  })
  test('one value that 32 bits cannot address', async () => {
    const huge = programOrThrow(real(40000), (x) => tanh(matmul(x, x)))
    orFail(await wasm().compile(huge)()).release()
    const outer = programOrThrow({ x: real(40000, 1), y: real(1, 40000) }, ({ x, y }) => tanh(matmul(x, y)))
    const found = await wasm().compile(outer)()
    expect(found).toMatchObject(E.left({ _tag: 'BeyondMemory', limit: 2 ** 32 }))
    expect(E.isLeft(found) && 'largest' in found.left && found.left.largest[0]?.bytes).toBe(6.4e9)
  })
})
