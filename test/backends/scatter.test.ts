/** The form Scatter on every back end: any monoid, duplicates, places outside, empty ones, into an array, with threads. */
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Backend } from '../../backends/backend.ts'
import { gpujs } from '../../backends/gpujs/index.ts'
import { expand } from '../../backends/schedule/expand.ts'
import { generous } from '../../backends/schedule/fuse.ts'
import { memoryOf } from '../../backends/schedule/memory.ts'
import type { Into, Plan, ScatterStep } from '../../backends/schedule/plan.ts'
import { scatterInto } from '../../backends/schedule/scatterInto.ts'
import { schedule } from '../../backends/schedule/schedule.ts'
import { segmentsOf } from '../../backends/schedule/segments.ts'
import { engine } from '../../backends/wasm/host/engine.ts'
import { wasm } from '../../backends/wasm/index.ts'
import { compilePlan } from '../../backends/wasm/steps/compile.ts'
import { planOf } from '../../backends/wasm/steps/planOf.ts'
import { evaluate } from '../../lang/evaluate.ts'
import { runKernel, type Tensor } from '../../lang/kernel/evaluate.ts'
import { load, type Meaning, type Monoid, type Scatter } from '../../lang/kernel/index.ts'
import { sortedOrder } from '../../lang/kernel/order.ts'
import { scatterKernel } from '../../lang/kernel/scatter.ts'
import { inTypes } from '../../lang/syntax/closed.ts'
import { nth } from '../../lang/syntax/list.ts'
import type { Type } from '../../lang/syntax/shape.ts'
import {
  add,
  type Expr,
  gather,
  gradOrThrow,
  indexAdd,
  int,
  mul,
  programOrThrow,
  real,
  type Shape,
  scan,
  scatterAdd,
  scatterAddAlong,
  sin,
  sort,
  sub,
  sum,
  vmap,
} from '../../src/index.ts'
import { unit, valuesFrom } from '../../src/testing/arbitrary/values.ts'
import { agrees, deterministic, keepsInputs, subject } from '../laws/backend.ts'
import { closeAll, same, type Values } from '../laws/close.ts'
import { placesAreSafe } from '../laws/schedule.ts'
import { evaluatePlan } from './evaluatePlan.ts'
import { type AnyProgram, compiled, orFail } from './execution.ts'

const float32 = 1e-5
/** A scatter of rows [B.., J.., R..], and numbers for it: places from -2 to size + 1, most of them several times. */
interface Case {
  readonly form: Scatter
  readonly types: readonly [rows: Type, places: Type, out: Type]
  readonly inputs: readonly [rows: Tensor, places: Tensor]
}
const dims = (least: number, most: number): fc.Arbitrary<Shape> =>
  fc.array(fc.nat({ max: most }), { minLength: least, maxLength: 2 })
const cases = (bys: readonly Monoid[], dtype: 'real' | 'int' = 'real'): fc.Arbitrary<Case> =>
  fc
    .record({
      by: fc.constantFrom(...bys),
      lead: fc.array(fc.integer({ min: 1, max: 3 }), { maxLength: 2 }),
      each: dims(0, 9),
      row: fc.array(fc.integer({ min: 0, max: 40 }), { maxLength: 1 }),
      size: fc.integer({ min: 1, max: 9 }),
      seed: fc.nat(),
    })
    .map(({ by, lead, each, row, size, seed }) => {
      const types = [
        { dtype, shape: [...lead, ...each, ...row] },
        int(...lead, ...each),
        { dtype, shape: [...lead, size, ...row] },
      ] as const
      const [x, u] = valuesFrom(
        seed,
        [
          { ...types[0], dtype: 'real' },
          { ...types[1], dtype: 'real' },
        ],
        [0, 1],
      ) as [Tensor, Tensor]
      const rows = x.map((v) => (dtype === 'int' ? Math.floor(9 * v) - 4 : Math.fround(0.5 + v)))
      const places = u.map((v) => Math.floor(v * (size + 4)) - 2)
      return { form: { _tag: 'Scatter', by, batch: lead.length, size }, types, inputs: [rows, places] }
    })
const every: readonly Monoid[] = ['add', 'mul', 'max', 'min']
const reference = ({ form, types: [rows, places, out], inputs }: Case): Tensor =>
  runKernel(out, form, [rows, places], inputs)

/** A plan of one Scatter, into a third input if there is one. */
const planFor = ({ form, types: [rows, places, out] }: Case, into?: Omit<Into, 'value'>): Plan => {
  const given = [rows, places, ...(into ? [out] : [])]
  const step: ScatterStep = {
    ...form,
    rows: 0,
    places: 1,
    out: given.length,
    ...(into && { into: { ...into, value: 2 } }),
  }
  return { inputs: given, types: [...given, out], steps: [step], outputs: [given.length] }
}
/** A plan in WebAssembly on one thread. */
const runInWasm = async (plan: Plan, inputs: Values): Promise<Tensor> => {
  const found = compilePlan(plan)
  const memory = new engine.Memory({ initial: found.pages })
  new Uint32Array(memory.buffer).fill(0x00000003) // nothing may depend on memory being clear
  const instance = await engine.instantiate(await engine.compile(found.bytes), { env: { memory } })
  const at = (v: number, { base, size }: { readonly base: number; readonly size: number }) =>
    plan.types[v]?.dtype === 'real'
      ? new Float32Array(memory.buffer, base, size)
      : new Int32Array(memory.buffer, base, size)
  inputs.forEach((x, k) => {
    at(k, nth(found.inputs, k)).set(x)
  })
  const run = instance.exports.run as () => void
  run()
  return Float64Array.from(at(nth(plan.outputs, 0), nth(found.outputs, 0)))
}

describe('the meaning', () => {
  test('is that of a kernel in which every element reads all places', () => {
    fc.assert(
      fc.property(cases(every), (c) => {
        const [rows, places, out] = c.types
        const sources = [rows, places].map((type, k) => ({ type, at: (i: never) => load(k, i, type.dtype) }))
        const kernel = scatterKernel(c.form, sources as never)
        expect(closeAll([reference(c)], [runKernel(out, kernel, [rows, places], c.inputs)])).toBe(true)
      }),
      { seed: 1 },
    )
  })
})
describe('in WebAssembly', () => {
  test.each(['real', 'int'] as const)('every monoid, of %s', async (dtype) => {
    const law = fc.asyncProperty(cases(dtype === 'real' ? every : ['add', 'mul'], dtype), async (c) => {
      expect(closeAll([await runInWasm(planFor(c), c.inputs)], [reference(c)], float32)).toBe(true)
    })
    await fc.assert(law, { seed: 2, numRuns: 60 })
  })
  const joins: readonly (readonly [Monoid, Omit<Into, 'value'>])[] = [
    ['add', { by: 'add', factor: 1 }],
    ['add', { by: 'sub', factor: 1 }],
    ['add', { by: 'sub', factor: 0.25 }],
    ['add', { by: 'add', factor: -3 }],
    ['mul', { by: 'mul', factor: 1 }],
    ['max', { by: 'max', factor: 1 }],
    ['min', { by: 'min', factor: 1 }],
  ]
  test.each(joins)('%s, joined into an array: %o', async (by, into) => {
    const law = fc.asyncProperty(cases([by]), fc.nat(), async (c, seed) => {
      const [value] = valuesFrom(seed, [c.types[2]], [0.5, 1.5]) as [Tensor]
      const plan = planFor(c, into)
      const inputs = [...c.inputs, value.map(Math.fround)]
      expect(closeAll([await runInWasm(plan, inputs)], evaluatePlan(plan, inputs), float32)).toBe(true)
    })
    await fc.assert(law, { seed: 3, numRuns: 30 })
  })
  test('a million terms of one place keep their digits', async () => {
    const n = 1_000_000
    const p = programOrThrow({ x: real(n), at: int(n) }, ({ x, at }) => scatterAdd(2)(x, at))
    const s = await subject(wasm({ threads: 1 }), p as never)
    const x = Float64Array.from({ length: n }, (_, k) => Math.fround(0.1 + (k % 7) / 10))
    const y = await s.run([x, new Float64Array(n).fill(1)])
    expect(
      closeAll(
        y,
        [
          Float64Array.of(
            0,
            x.reduce((a, b) => a + b, 0),
          ),
        ],
        1e-7,
      ),
    ).toBe(true)
    s.release()
  })
})
describe('as sums over segments', () => {
  /** Evaluates the equations that replace a Scatter. */
  const bySegments = ({ form, types: [rows, places, out], inputs }: Case): Tensor => {
    const types: Type[] = [rows, places]
    const values: Tensor[] = [...inputs]
    const store = (m: Exclude<Meaning, { readonly _tag: 'Inline' }>, args: readonly number[], type: Type): number => {
      const read = args.map((v) => nth(values, v))
      values.push(
        m._tag === 'Sort'
          ? Float64Array.from(sortedOrder(nth(read, 0), type.shape.at(-1) ?? 1, m.descending))
          : runKernel(type, m as Scatter, types, values),
      )
      return types.push(type) - 1
    }
    const source = (v: number) => ({ type: nth(types, v), at: (i: never) => load(v, i, nth(types, v).dtype) })
    return nth(values, segmentsOf(form, [0, 1], out, { store, source } as never))
  }
  test('every monoid', () => {
    const some = cases(every).filter((c) => c.inputs[1].length > 0)
    fc.assert(
      fc.property(some, (c) => {
        expect(closeAll([bySegments(c)], [reference(c)])).toBe(true)
      }),
      { seed: 4 },
    )
  })
  test('a long Scatter has no form and no long kernel; a short one is one kernel', () => {
    const p = programOrThrow({ x: real(1000, 8), at: int(1000) }, ({ x, at }) => scatterAdd(300)(x, at)).closed
    const tags = (limit: number) => expand(p, { segments: limit }).equations.map((q) => q.meaning._tag)
    expect(tags(1 << 16)).toContain('Sort')
    expect(tags(1 << 16)).not.toContain('Scatter')
    expect(tags(1 << 30)).toEqual(['Kernel'])
  })
})

const any = (p: unknown): AnyProgram => p as AnyProgram
type Named = readonly [name: string, program: AnyProgram, size: number]
/** Programs whose last input are places of an array of this size. */
const programs: readonly Named[] = [
  ['rows', any(programOrThrow({ x: real(50, 7), at: int(50) }, ({ x, at }) => scatterAdd(20)(x, at))), 20],
  ['numbers', any(programOrThrow({ x: real(90), at: int(90) }, ({ x, at }) => scatterAdd(30)(x, at))), 30],
  ['no rows', any(programOrThrow({ x: real(0, 7), at: int(0) }, ({ x, at }) => scatterAdd(20)(x, at))), 20],
  ['empty rows', any(programOrThrow({ x: real(9, 0), at: int(9) }, ({ x, at }) => scatterAdd(20)(x, at))), 20],
  [
    'places of two axes',
    any(programOrThrow({ x: real(8, 9, 5), at: int(8, 9) }, ({ x, at }) => scatterAdd(20)(x, at))),
    20,
  ],
  ['whole numbers', any(programOrThrow({ x: int(50, 3), at: int(50) }, ({ x, at }) => scatterAdd(20)(x, at))), 20],
  [
    'into an array',
    any(
      programOrThrow({ w: real(20, 7), x: real(50, 7), at: int(50) }, ({ w, x, at }) => add(w, scatterAdd(20)(x, at))),
    ),
    20,
  ],
  [
    'a step of descent',
    any(
      programOrThrow({ w: real(20, 7), x: real(50, 7), at: int(50) }, ({ w, x, at }) =>
        sub(w, mul(scatterAdd(20)(x, at), 0.1)),
      ),
    ),
    20,
  ],
  [
    'into what a kernel computes',
    any(
      programOrThrow({ w: real(20, 7), x: real(50, 7), at: int(50) }, ({ w, x, at }) =>
        add(scatterAdd(20)(x, at), sin(w)),
      ),
    ),
    20,
  ],
  [
    'into itself',
    any(programOrThrow({ x: real(20, 7), at: int(20) }, ({ x, at }) => add(x, scatterAdd(20)(x, at)))),
    20,
  ],
  [
    'into an array that is read later',
    any(
      programOrThrow({ w: real(20, 7), x: real(50, 7), at: int(50) }, ({ w, x, at }) => [
        add(w, scatterAdd(20)(x, at)),
        sin(w),
        w,
      ]),
    ),
    20,
  ],
  [
    'into a value that is read later',
    any(
      programOrThrow({ w: real(20, 7), x: real(50, 7), at: int(50) }, ({ w, x, at }) => {
        const h = gather(sin(w), gather(at, at))
        return [add(h, scatterAdd(50)(x, at)), sum(0)(mul(h, x))]
      }),
    ),
    20,
  ],
  [
    'in a loop',
    any(
      programOrThrow({ w: real(20, 7), x: real(4, 50, 7), at: int(50) }, ({ w, x, at }) =>
        scan((c: typeof w, row: Expr<readonly [50, 7], 'real'>) => [add(c, scatterAdd(20)(row, at)), sum()(c)])(w, x),
      ),
    ),
    20,
  ],
  [
    'two into one array',
    any(
      programOrThrow({ w: real(20, 7), x: real(50, 7), at: int(50) }, ({ w, x, at }) =>
        sub(add(w, scatterAdd(20)(x, at)), scatterAdd(20)(sin(x), at)),
      ),
    ),
    20,
  ],
  [
    'added along an axis',
    any(programOrThrow({ w: real(6, 20), x: real(6, 9), at: int(9) }, ({ w, x, at }) => indexAdd(1)(w, at, x))),
    20,
  ],
  [
    'elements added along an axis',
    any(
      programOrThrow({ w: real(6, 20), x: real(6, 9), at: int(6, 9) }, ({ w, x, at }) => scatterAddAlong(1)(w, at, x)),
    ),
    20,
  ],
  [
    'the gradient of a lookup',
    any(gradOrThrow(programOrThrow({ w: real(30, 4), at: int(60) }, ({ w, at }) => sum()(sin(gather(w, at)))))),
    30,
  ],
  [
    'the gradient of sorting',
    any(
      gradOrThrow(
        programOrThrow({ x: real(3, 40), y: real(3, 40) }, ({ x, y }) => sum()(mul(sin(sort(-1)(x).values), y))),
      ),
    ),
    3,
  ],
  [
    'under vmap',
    any(vmap(3)(programOrThrow({ x: real(50, 7), at: int(50) }, ({ x, at }) => scatterAdd(20)(x, at)))),
    20,
  ],
  [
    'under vmap, one array of places',
    any(
      vmap(3, { over: { x: true, at: false } } as never)(
        programOrThrow({ x: real(50, 7), at: int(50) }, ({ x, at }) => scatterAdd(20)(x, at)),
      ),
    ),
    20,
  ],
]
const inputsOf = ({ closed }: AnyProgram, size: number, seed: number): Values =>
  valuesFrom(seed, inTypes(closed), unit).map((x, k) => {
    const { dtype } = nth(inTypes(closed), k)
    if (dtype === 'real') return x
    const isPlaces = closed.inputs[k]?.name === 'at'
    return x.map((_, i) =>
      isPlaces ? Math.floor((((i + 1) * 0.7548776662 * (seed + 1)) % 1) * (size + 2)) - 1 : (i % 9) - 4,
    )
  })
const backends: readonly (readonly [string, Backend])[] = [
  ['wasm', wasm({ threads: 1 })],
  ['gpujs:cpu', gpujs({ mode: 'cpu' })],
  ['gpujs:webasm', gpujs({ mode: 'webasm' })],
]
describe.each(backends)('%s', (_, backend) => {
  test.each(programs)('%s', async (_name, p, size) => {
    const s = await subject(backend, p)
    for (const seed of [1, 2]) {
      const x = inputsOf(p, size, seed)
      expect(await agrees(s, x, float32)).toBe(true)
      expect(await deterministic(s, x)).toBe(true)
      expect(await keepsInputs(s, x)).toBe(true)
    }
    s.release()
  })
})
describe('plans', () => {
  test.each(programs)('%s: fused, sorted into segments and joined into arrays, it means the same', (_, p, size) => {
    const x = inputsOf(p, size, 3)
    const expected = evaluate(p.closed, x)
    expect(same(evaluatePlan(schedule(p.closed), x), expected)).toBe(true)
    expect(same(evaluatePlan(scatterInto(schedule(p.closed)), x), expected)).toBe(true)
    expect(closeAll(evaluatePlan(schedule(p.closed, { ...generous, segments: 0 }), x), expected)).toBe(true)
    expect(closeAll(evaluatePlan(planOf(p.closed), x), expected)).toBe(true)
    expect(placesAreSafe(p.closed)).toBe(true)
  })
  const rows = (name: string): readonly ScatterStep[] => {
    const [, p] = programs.find(([n]) => n === name) as Named
    return planOf(p.closed).steps.flatMap((s) => (s._tag === 'Scatter' ? [s] : []))
  }
  test('rows are joined into the array that they are added to', () => {
    expect(rows('into an array').map((s) => s.into)).toEqual([{ value: 0, by: 'add', factor: 1 }])
    expect(rows('a step of descent').map((s) => s.into)).toEqual([{ value: 0, by: 'sub', factor: 0.1 }])
    expect(rows('into what a kernel computes').map((s) => s.into?.by)).toEqual(['add'])
    expect(rows('two into one array').map((s) => s.into?.by)).toEqual(['add', 'sub'])
    expect(rows('rows').map((s) => s.into)).toEqual([undefined])
  })
  test('an array that nothing reads later is changed in place', () => {
    const [, p] = programs.find(([n]) => n === 'into what a kernel computes') as Named
    const plan = planOf(p.closed)
    const { offsetOf } = memoryOf(plan)
    const [step] = rows('into what a kernel computes')
    expect(offsetOf.get(step?.out as number)).toBe(offsetOf.get(step?.into?.value as number))
  })
  test('one row into a large array is a step of its own, and not a pass over the array', () => {
    const p = programOrThrow({ w: real(1000, 8), x: real(1, 8), at: int(1) }, ({ w, x, at }) =>
      add(w, scatterAdd(1000)(x, at)),
    )
    expect(planOf(p.closed).steps.map((s) => s._tag)).toEqual(['Scatter'])
  })
})
test('a state is changed in place, from step to step', async () => {
  const p = programOrThrow(
    [{ w: real(60, 5) }, { x: real(40, 5), at: int(40) }],
    ([{ w }, { x, at }]) => [{ w: add(w, scatterAdd(60)(x, at)) }, sum()(w)] as const,
  )
  const [w, x, at] = inputsOf(any(p), 60, 4) as readonly [Tensor, Tensor, Tensor]
  const held = orFail(await wasm({ threads: 1 }).resident(p)())
  orFail(await held.load({ w })())
  let expected: Values = [w]
  for (let k = 0; k < 3; k++) {
    const [next, total] = evaluate(p.closed, [nth(expected, 0), x, at]) as readonly [Tensor, Tensor]
    const found = orFail(await held.step({ x, at: Int32Array.from(at) })())
    expect(closeAll([Float64Array.of(Number(found))], [total], float32)).toBe(true)
    expected = [next]
  }
  expect(closeAll([Float64Array.from(orFail(await held.read()).w)], expected, float32)).toBe(true)
  held.release()
})
test('the same bits for any number of threads', async () => {
  const n = 4000
  const p = any(
    programOrThrow({ w: real(500, 33), x: real(n, 33), at: int(n) }, ({ w, x, at }) => [
      scatterAdd(500)(x, at),
      sub(sin(w), scatterAdd(500)(sin(x), at)),
    ]),
  )
  const x = inputsOf(p, 500, 5)
  const found: Values[] = []
  for (const threads of [1, 2, 3]) {
    const r = await compiled(wasm({ threads }), p)
    found.push(await r.run(x))
    r.release()
  }
  expect(found.every((y) => same(y, nth(found, 0)))).toBe(true)
})
