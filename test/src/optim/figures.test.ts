/** The paths of optimisers, and rates of schedules, against PyTorch 2.15 and the equations of papers: figures.py. */
import { pipe } from 'fp-ts/lib/function.js'
import { describe, expect, test } from 'vitest'
import { evaluate, type Tensor } from '../../../lang/evaluate.ts'
import { matmul } from '../../../lang/operations/product.ts'
import { sum } from '../../../lang/primitives/broadcast.ts'
import { tensor } from '../../../lang/primitives/constant.ts'
import { add, div, integerPow, mul, sub } from '../../../lang/primitives/elementwise.ts'
import { programOrThrow } from '../../../lang/syntax/program.ts'
import { int, real } from '../../../lang/syntax/shape.ts'
import {
  adafactor,
  adam,
  adamax,
  asgd,
  clipAdaptive,
  cosine,
  cosineRestarts,
  decayed,
  exponential,
  groups,
  isWeight,
  joined,
  lamb,
  lars,
  lion,
  lookahead,
  muon,
  nadam,
  type Optimizer,
  oneCycle,
  piecewise,
  polynomial,
  radam,
  rprop,
  type Schedule,
  sgd,
  startState,
  stateTypes,
  stepwise,
  update,
  warmUp,
  weightAverage,
  where,
} from '../../../src/optim/index.ts'
import { descentStepOrThrow } from '../../../src/train/index.ts'
import { close } from '../../laws/close.ts'
import { first } from '../programs.ts'
import figures from './figures.json' with { type: 'json' }

const leaves = (tree: unknown): readonly Tensor[] =>
  ArrayBuffer.isView(tree)
    ? [Float64Array.from(tree as Float64Array)]
    : Object.values((tree ?? {}) as object).flatMap(leaves)
const types = { w: real(2, 3), b: real(3) } as const
const loss = programOrThrow([types, null], ([{ w, b }]) => {
  const x = tensor([4, 2], [0.5, -1, 1.5, 0.25, -0.75, 2, 1, 1])
  const y = tensor([4, 3], [1, 0, -1, 0.5, 2, 0, -1, 1, 0.5, 0, -0.5, 1.5])
  const off = sub(add(matmul(x, w), b), y)
  return add(div(sum()(mul(off, off)), 4), div(sum()(integerPow(4)(w)), 40))
})
const start = [
  [0.3, -0.6, 0.9, -1.2, 0.45, 0.15],
  [0.1, -0.2, 0.05],
] as const
type Path = { readonly [steps: string]: readonly number[] }
/** The parameters, and another slot of each, after these steps. */
const path = (o: Optimizer, at: readonly number[], slot?: string): Path => {
  const step = descentStepOrThrow(o)(loss)
  let state: readonly Tensor[] = [...start.map((x) => Float64Array.from(x)), ...leaves(startState(o)(types))]
  const place = slot === undefined ? 0 : 3 + 2 * Object.keys(o.slots).indexOf(slot)
  const found: { [steps: string]: readonly number[] } = {}
  for (let k = 1; k <= Math.max(...at); k++) {
    state = evaluate(step.closed, state).slice(0, -1)
    if (at.includes(k)) found[k] = [...(state[place] as Tensor), ...(state[place + 1] as Tensor)]
  }
  return found
}
const isPath = (found: Path, expected: Path): boolean =>
  Object.entries(expected).every(([k, xs]) => xs.every((x, i) => close(found[k]?.[i] as number, x, 1e-9)))

const rows: readonly (readonly [name: keyof typeof figures, o: Optimizer, slot: string | undefined])[] = [
  ['adamax', adamax({ rate: 0.05, weightDecay: 0.1 }), undefined],
  ['nadam', nadam({ rate: 0.05, weightDecay: 0.1, momentumDecay: 0.3 }), undefined],
  ['radam', radam({ rate: 0.05, weightDecay: 0.1 }), undefined],
  ['rprop', rprop({ rate: 0.3 }), undefined],
  ['asgd', asgd({ rate: 0.1, decay: 0.3, from: 4, weightDecay: 0.1 }), undefined],
  ['adafactor', adafactor({ rate: 0.3, weightDecay: 0.1, eps: [1e-7, 1e-3] }), undefined],
  ['lamb', lamb({ rate: 0.05, weightDecay: 0.1 }), undefined],
  ['lars', lars({ rate: 1, weightDecay: 0.01, trust: 0.02 }), undefined],
  ['lion', lion({ rate: 0.02, weightDecay: 0.1 }), undefined],
  ['muon', where(isWeight, muon({ rate: 0.05 }), sgd({ rate: 0.05 })), undefined],
  ['clipAdaptive', pipe(sgd({ rate: 0.1 }), clipAdaptive(0.1)), undefined],
  ['lookahead', pipe(adam({ rate: 0.05 }), lookahead()), undefined],
  ['weightAverage', pipe(sgd({ rate: 0.05 }), weightAverage({ from: 2, every: 2 })), 'average'],
]
describe('parameters after 1, 2, 6 and 12 steps', () => {
  test.each(rows)('%s', (name, o, slot) => {
    const expected = figures[name] as unknown as Path
    const found = path(o, Object.keys(expected).map(Number), slot)
    expect(isPath(found, expected), `${name} goes to ${JSON.stringify(found)}`).toBe(true)
  })
  test('an average holds the parameters before its first step', () => {
    const o = pipe(sgd({ rate: 0.05 }), weightAverage({ from: 3 }))
    expect(path(o, [2], 'average')).toEqual(path(o, [2]))
    expect(path(o, [4], 'average')).toEqual(path(o, [4]))
  })
})

const rates = (s: Schedule, steps: number, from = 0): readonly number[] => {
  const p = programOrThrow(real(), (k) => s(k))
  return Array.from({ length: steps }, (_, k) => first(p, [from + k])[0] as number)
}
describe('rates of schedules', () => {
  test.each<readonly [keyof typeof figures, Schedule, number]>([
    ['cosine', cosine(0.1, 8, 0.01), 0.01],
    ['polynomial', polynomial(0.1, 8, 0, 2), 0],
    ['oneCycle', oneCycle(0.1, 12), 0.1 / 25 / 1e4],
    ['cosineRestarts', cosineRestarts(0.1, 3, 2, 0.01), Number.NaN],
    ['cosineRestartsEqual', cosineRestarts(0.1, 4, 1, 0.01), Number.NaN],
    [
      'piecewise',
      piecewise(0.1, [
        [3, 0.1],
        [7, 0.1],
      ]),
      0.001,
    ],
    ['joined', joined([[5, 0.01]], exponential(0.1, 0.9)), Number.NaN],
  ])('%s', (name, s, end) => {
    const expected = figures[name] as readonly number[]
    const found = rates(s, expected.length)
    expect(
      found.every((r, k) => close(r, expected[k] as number, 1e-9)),
      `${name}: ${found}`,
    ).toBe(true)
    // they stay at their end
    if (!Number.isNaN(end)) expect(rates(s, 3, 40).every((r) => close(r, end, 1e-12))).toBe(true)
  })
  test('a line, joined to a cosine, is a warm-up', () => {
    const s = joined([[10, polynomial(0, 10, 0.1)]], cosine(0.1, 20))
    expect(rates(s, 3, 9).map((r) => Number(r.toFixed(6)))).toEqual([0.09, 0.1, 0.099384])
    expect(rates(s, 2, 100)).toEqual([0, 0])
    expect(rates(warmUp(4)(cosine(0.1, 8)), 2, 50)).toEqual([0, 0])
    expect(rates(joined([], stepwise(0.2, 3, 0.5)), 5)).toEqual(rates(stepwise(0.2, 3, 0.5), 5))
  })
})

describe('groups and decay', () => {
  test('each tensor has the optimiser of the first mask that selects it', () => {
    const o = groups(
      [
        [(at) => at[0] === 'b', sgd({ rate: 0 })],
        [isWeight, sgd({ rate: 0.1 })],
      ],
      adam({ rate: 1 }),
    )
    const found = path(o, [3])['3'] ?? []
    expect(found.slice(6)).toEqual(start[1])
    const alone =
      path(
        where((at) => at[0] === 'b', sgd({ rate: 0 }), sgd({ rate: 0.1 })),
        [3],
      )['3'] ?? []
    expect(found).toEqual(alone)
  })
  test('decayed: weights shrink by rate c, as in adamW; biases do not', () => {
    const shrunk = path(
      pipe(
        lion({ rate: 0.02 }),
        decayed(0.1, () => true),
      ),
      [5],
    )
    expect(isPath(shrunk, path(lion({ rate: 0.02, weightDecay: 0.1 }), [5]))).toBe(true)
    const masked = path(pipe(sgd({ rate: 0 }), decayed(0.1)), [1])['1'] ?? []
    expect(masked).toEqual([...start[0], ...start[1]])
  })
  test('the state of adafactor for a matrix has a row and a column', () => {
    const state = stateTypes(adafactor({ rate: 1 }))({ w: real(4, 2, 3), b: real(3), n: int() })
    expect(state.slots).toEqual({
      row: { w: real(4, 2, 1), b: real(), n: null },
      column: { w: real(4, 1, 3), b: real(), n: null },
      vector: { w: real(), b: real(3), n: null },
    })
    for (const o of [
      where(isWeight, adam({ rate: 1 }), adafactor({ rate: 1 })),
      pipe(adafactor({ rate: 1 }), lookahead()),
    ])
      expect(Object.keys(path(o, [2]))).toEqual(['2'])
  })
  test('a step in float32 has the types of its state', () => {
    const o = nadam({ rate: 0.1 })
    const p = programOrThrow([types, types, stateTypes(o)(types)] as const, ([x, g, s]) => update(o)(x, g, s as never))
    expect(p.out[1]).toEqual(stateTypes(o)(types))
  })
})
