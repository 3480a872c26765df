/** The assembler: encodings by hand, and small modules that run. */
import { expect, test } from 'vitest'
import * as A from '../../../backends/wasm/assembler/index.ts'
import { engine } from '../../../backends/wasm/host/engine.ts'

const { i32, f32, f64, f32x4, i32x4, f64x2, v128 } = A
const instance = async (build: (m: A.ModuleBuilder) => void) => {
  const m = A.makeModule()
  build(m)
  const memory = new engine.Memory({ initial: 1 })
  const made = await engine.instantiate(await engine.compile(m.finish({ pages: 1 })), { env: { memory } })
  return { memory, exports: made.exports as Record<string, (...xs: number[]) => number> }
}
/** A module with one function f. */
const one = <const P extends readonly A.Numeric[], R extends A.Numeric | 'none'>(
  params: P,
  result: R,
  body: Parameters<
    typeof A.makeModule extends () => infer M ? (M extends A.ModuleBuilder ? M['func'] : never) : never
  >[2],
) => instance((m) => m.export('f', m.func(params, result, body as never)))

test.each([
  [0, [0]],
  [127, [127]],
  [128, [0x80, 1]],
  [624485, [0xe5, 0x8e, 0x26]],
  [4294967295, [0xff, 0xff, 0xff, 0xff, 0x0f]],
])('unsigned %i', (n, bytes) => {
  expect(A.unsigned(n)).toEqual(bytes)
})
test.each([
  [0, [0]],
  [63, [63]],
  [64, [0xc0, 0]],
  [-1, [0x7f]],
  [-64, [0x40]],
  [-65, [0xbf, 0x7f]],
  [-123456, [0xc0, 0xbb, 0x78]],
  [-2147483648, [0x80, 0x80, 0x80, 0x80, 0x78]],
])('signed %i', (n, bytes) => {
  expect(A.signed(n)).toEqual(bytes)
})
test('an empty module is the header and an imported memory', () => {
  const bytes = [...A.makeModule().finish({ pages: 3 })]
  expect(bytes.slice(0, 8)).toEqual([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0])
  expect(engine.validate(Uint8Array.from(bytes))).toBe(true)
})
test('profilers find the names of functions', () => {
  const m = A.makeModule()
  m.func([], 'i32', () => i32.const(1))
  m.func([], 'i32', () => i32.const(2), 'two')
  // the last section: one function has a name, its number is 1
  expect([...m.finish({ pages: 1 }).slice(-8)]).toEqual([1, 6, 1, 1, 3, ...new TextEncoder().encode('two')])
})
test('a vector is selected as a number is', async () => {
  const { memory, exports } = await one(['i32'], 'i32', ((_: A.Locals, which: A.Local<'i32'>) =>
    A.giving(
      [v128.store(i32.const(0), A.select(which.get, f32x4.const(1), f32x4.const(2)), 0)],
      A.select(which.get, i32.const(7), i32.const(8)),
    )) as never)
  expect([exports.f?.(1), new Float32Array(memory.buffer)[3]]).toEqual([7, 1])
  expect([exports.f?.(0), new Float32Array(memory.buffer)[3]]).toEqual([8, 2])
})
test('arithmetic, locals and loops: the sum of squares below n', async () => {
  const { exports } = await one(['i32'], 'i32', ((local: A.Locals, n: A.Local<'i32'>) => {
    const [i, sum] = [local('i32'), local('i32')]
    const body = sum.set(i32.add(sum.get, i32.mul(i.get, i.get)))
    return A.giving([A.count(i, i32.const(0), n.get, 1, body)], sum.get)
  }) as never)
  expect([0, 1, 2, 10].map((n) => exports.f?.(n))).toEqual([0, 0, 1, 285])
})
test('a function calls another, branches, and steps through the halves of a number', async () => {
  const { exports } = await instance((m) => {
    const half = m.func(['i32'], 'i32', (_, n) => i32.shr(n.get, i32.const(1)))
    const steps = m.func(['i32'], 'i32', (local, n) => {
      const k = local('i32')
      const odd = i32.eq(i32.and(n.get, i32.const(1)), i32.const(1))
      const next = A.choose(odd, i32.add(i32.mul(n.get, i32.const(3)), i32.const(1)), half.call(n.get))
      const body = A.seq(n.set(next), k.set(i32.add(k.get, i32.const(1))))
      return A.giving([A.whileDo(i32.gt(n.get, i32.const(1)), body)], k.get)
    })
    m.export('f', steps)
  })
  expect([1, 2, 27].map((n) => exports.f?.(n))).toEqual([0, 1, 111])
})
test('floats round to their width, and every constant survives', async () => {
  for (const x of [0.1, -0, Number.NaN, Number.POSITIVE_INFINITY, 1e-45, 3.4e38]) {
    const single = await one([], 'f32', (() => f32.const(x)) as never)
    const double = await one([], 'f64', (() => f64.const(x)) as never)
    expect(single.exports.f?.()).toBe(Math.fround(x))
    expect(double.exports.f?.()).toBe(x)
  }
})
test('vectors: load, arithmetic, masks, lanes, store', async () => {
  const { memory, exports } = await one([], 'f32', ((local: A.Locals) => {
    const [x, y] = [local('v128'), local('v128')]
    const at = i32.const(0)
    const larger = v128.select(f32x4.gt(x.get, y.get), x.get, y.get)
    const turned = v128.shuffle(larger, larger, [3, 2, 1, 0])
    const ints = f32x4.ofI32(i32x4.add(i32x4.lanes([0, 1, 2, 3]), i32x4.splat(i32.const(10))))
    const doubles = f32x4.ofF64(f64x2.mul(f64x2.ofF32(x.get), f64x2.const(0.5)))
    return A.giving(
      [
        x.set(v128.load(at, 16)),
        y.set(v128.loadSplat(at, 32)),
        v128.store(at, turned, 48),
        v128.store(at, ints, 64),
        v128.store(at, doubles, 80),
        v128.storeLane(at, x.get, 2, 96),
      ],
      f32x4.lane(x.get, 3),
    )
  }) as never)
  const words = new Float32Array(memory.buffer)
  words.set([1, 5, 2, 7], 4)
  words.set([3], 8)
  expect(exports.f?.()).toBe(7)
  expect([...words.slice(12, 25)]).toEqual([7, 3, 5, 3, 10, 11, 12, 13, 0.5, 2.5, 0, 0, 2])
})
