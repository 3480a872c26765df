/**
 * The types agree with plain rules on numbers, on shapes drawn with a fixed seed. All claims of an operation are one
 * generated file, compiled once: `true satisfies T.Identical<T.Joined<[2, 1], [3]>, [2, 3]>`.
 */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { compile, importTypes, same } from './compile.ts'

type Shape = readonly number[]
/** What a rule gives: a shape, or undefined where it refuses. */
type Result = Shape | undefined

const product = (s: Shape): number => s.reduce((a, b) => a * b, 1)
const axisOf = (rank: number, axis: number): number | undefined =>
  axis >= -rank && axis < rank ? (axis + rank) % rank : undefined
const range = (n: number): Shape => Array.from({ length: n }, (_, i) => i)

// -- the rules, on numbers -------------------------------------------------------------------------

const broadcast = (a: Shape, b: Shape): Result => {
  const rank = Math.max(a.length, b.length)
  const at = (s: Shape, d: number): number => s[d - rank + s.length] ?? 1
  const meets = (d: number): boolean => at(a, d) === at(b, d) || at(a, d) === 1 || at(b, d) === 1
  return range(rank).every(meets) ? range(rank).map((d) => (at(a, d) === 1 ? at(b, d) : at(a, d))) : undefined
}
const broadcastTo = (a: Shape, t: Shape): Result =>
  `${broadcast(a, t)}` === `${t}` && a.length <= t.length ? t : undefined
const reduce = (s: Shape, axes: Shape): Result => {
  const found = axes.map((a) => axisOf(s.length, a))
  return found.includes(undefined) || new Set(found).size < found.length
    ? undefined
    : s.filter((_, d) => !found.includes(d))
}
const keep = (s: Shape, axes: Shape): Result =>
  reduce(s, axes) && s.map((n, d) => (axes.some((a) => axisOf(s.length, a) === d) ? 1 : n))
const permute = (s: Shape, p: Shape): Result =>
  p.length === s.length && reduce(s, p) ? p.map((a) => s.at(a) as number) : undefined
const move = (s: Shape, from: number, to: number): Result => {
  const [f, t] = [axisOf(s.length, from), axisOf(s.length, to)]
  return f === undefined || t === undefined ? undefined : s.toSpliced(f, 1).toSpliced(t, 0, s[f] as number)
}
const square = (s: Shape): Result => (s.length > 1 && s.at(-1) === s.at(-2) ? s.slice(0, -2) : undefined)
const reshape = (s: Shape, t: Shape): Result => {
  const given = product(t.filter((n) => n !== -1)),
    size = product(s)
  const solved = t.map((n) => (n === -1 ? size / given : n))
  return t.filter((n) => n === -1).length < 2 && given > 0 && size % given === 0 && product(solved) === size
    ? solved
    : undefined
}
const concat = (shapes: readonly Shape[], axis: number): Result => {
  const [first = []] = shapes,
    k = axisOf(first.length, axis)
  const agree = shapes.every((s) => s.length === first.length && s.every((n, d) => d === k || n === first[d]))
  return k !== undefined && agree
    ? first.map((n, d) => (d === k ? shapes.reduce((sum, s) => sum + (s[d] as number), 0) : n))
    : undefined
}
const slice = (s: Shape, axis: number, start: number, stop: number): Result => {
  const k = axisOf(s.length, axis)
  return k === undefined ? undefined : s.map((n, d) => (d === k ? [...range(n)].slice(start, stop).length : n))
}
const matmul = (a: Shape, b: Shape): Result => {
  if (a.length === 0 || b.length === 0 || a.at(-1) !== (b.at(-2) ?? b.at(-1))) return undefined
  const front = broadcast(a.slice(0, -2), b.slice(0, -2))
  return front && [...front, ...a.slice(-2, -1), ...(b.length > 1 ? b.slice(-1) : [])]
}
interface Window {
  readonly stride: number
  readonly pad: number
  readonly dilation: number
}
const places = (h: number, k: number, { stride, pad, dilation }: Window): number =>
  Math.floor((h + 2 * pad - dilation * (k - 1) - 1) / stride) + 1
const conv = (x: Shape, w: Shape, o: Window): Result => {
  const rank = w.length - 2,
    image = x.slice(x.length - rank)
  const out = image.map((h, d) => places(h, w[d + 2] as number, o))
  const fits = image.every((h, d) => o.dilation * ((w[d + 2] as number) - 1) + 1 <= h + 2 * o.pad)
  const right = x.length - rank === 1 || x.length - rank === 2
  return right && fits && x[x.length - rank - 1] === w[1]
    ? [...x.slice(0, -rank - 1), w[0] as number, ...out]
    : undefined
}
const pool = (x: Shape, k: Shape, o: Window): Result => {
  const rank = k.length,
    image = x.slice(x.length - rank)
  const spans = k.map((n) => o.dilation * (n - 1) + 1)
  const fits =
    image.length === rank &&
    image.every((h, d) => (spans[d] as number) <= h + 2 * o.pad && 2 * o.pad <= (spans[d] as number))
  return x.length >= rank && fits
    ? [...x.slice(0, x.length - rank), ...image.map((h, d) => places(h, k[d] as number, o))]
    : undefined
}
const einsum = (words: readonly string[], out: string, shapes: readonly Shape[]): Result => {
  const named = words.flatMap((w, k) => [...w].map((l, d) => [l, shapes[k]?.[d]] as const))
  const sizes = new Map([...named.filter(([, n]) => n === 1), ...named.filter(([, n]) => n !== 1)])
  const alone = (w: string, k: number): boolean => [...w].every((l, d) => shapes[k]?.[w.indexOf(l)] === shapes[k]?.[d])
  const fits =
    words.every((w, k) => w.length === shapes[k]?.length && alone(w, k)) &&
    named.every(([l, n]) => n === 1 || sizes.get(l) === n)
  return fits && [...out].every((l) => sizes.has(l)) ? [...out].map((l) => sizes.get(l) as number) : undefined
}

// -- the claims ------------------------------------------------------------------------------------

const tuple = (s: Shape): string => `readonly [${s.join(', ')}]`
const tuples = (s: readonly Shape[]): string => `readonly [${s.map(tuple).join(', ')}]`
/** A type and the Fits beside it give what a rule gives: the shape and unknown, or `any` and a sentence. */
const claims = (type: string, fits: string, args: string, result: Result, asked = args): readonly string[] => [
  same(`T.${type}<${args}>`, result ? tuple(result) : 'any'),
  same(`T.${fits}<${asked}> extends string ? 'refused' : T.${fits}<${asked}>`, result ? 'unknown' : `'refused'`),
]

const some = <A>(arbitrary: fc.Arbitrary<A>): readonly A[] => fc.sample(arbitrary, { seed: 20_260_101, numRuns: 40 })
const size = fc.oneof({ weight: 4, arbitrary: fc.integer({ min: 1, max: 3 }) }, fc.integer({ min: 0, max: 2000 }))
const shape = fc.array(size, { maxLength: 4 })
const axis = fc.integer({ min: -4, max: 3 })
const window = fc.record({
  stride: fc.integer({ min: 1, max: 12 }),
  pad: fc.nat(3),
  dilation: fc.integer({ min: 1, max: 3 }),
})
const natural = fc.oneof(fc.nat(30), fc.nat(9_999_999))
/** A shape and another one like it: the axes moved, one replaced, or one dropped. */
const alike = shape.chain((s) =>
  fc.tuple(
    fc.constant(s),
    fc.oneof(
      fc.constant(s),
      fc.shuffledSubarray(s),
      fc.subarray(s),
      fc.constant(s.map((n, d) => (d % 2 ? n : 1))),
      shape,
    ),
  ),
)
const image = fc.record({
  rank: fc.integer({ min: 1, max: 3 }),
  batch: fc.subarray([5]),
  channels: fc.constantFrom(1, 3, 3, 3),
  features: size,
  x: fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 3, maxLength: 3 }),
  k: fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 3, maxLength: 3 }),
  options: window,
})
const options = (o: object): string => JSON.stringify(o)
const letters = fc.string({ unit: fc.constantFrom(...'ijkl'), maxLength: 3 })
const equation = fc.record({
  words: fc.array(letters, { minLength: 1, maxLength: 3 }),
  out: fc.shuffledSubarray([...'ijkl'], { maxLength: 3 }),
  sizes: fc.tuple(size, size, size, size),
  wrong: fc.constantFrom(0, 0, 0, 1),
  tail: fc.constantFrom([], [], [], [7]),
})

const operations: Readonly<Record<string, readonly (readonly string[])[]>> = {
  arithmetic: some(fc.tuple(natural, natural)).map(([a, b]) => [
    same(`T.Add<${a}, ${b}>`, `${a + b}`),
    same(`T.Sub<${a}, ${b}>`, a < b ? 'never' : `${a - b}`),
    same(`T.Mul<${a}, ${b}>`, `${a * b}`),
    same(`T.Div<${a}, ${b}>`, b === 0 ? 'never' : `${Math.floor(a / b)}`),
    same(`T.Mod<${a}, ${b}>`, b === 0 ? 'never' : `${a % b}`),
    same(`[T.Less<${a}, ${b}>, T.AtMost<${a}, ${b}>, T.Max<${a}, ${b}>]`, `[${a < b}, ${a <= b}, ${Math.max(a, b)}]`),
  ]),
  broadcast: some(alike).map(([a, b]) => claims('Joined', 'Fits', `${tuple(a)}, ${tuple(b)}`, broadcast(a, b))),
  'broadcast to': some(alike).map(([a, b]) =>
    claims('BroadcastTo', 'FitsTo', `${tuple(b)}, ${tuple(a)}`, broadcastTo(b, a)),
  ),
  reduce: some(fc.tuple(shape, fc.array(axis, { maxLength: 2 }))).flatMap(([s, a]) => [
    claims('Reduced', 'FitsAxes', `${tuple(s)}, ${tuple(a)}`, reduce(s, a)),
    claims('Kept', 'FitsAxes', `${tuple(s)}, ${tuple(a)}`, keep(s, a)),
  ]),
  permute: some(
    shape.chain((s) =>
      fc.tuple(fc.constant(s), fc.oneof(fc.shuffledSubarray([...s.keys()], { minLength: s.length }), fc.array(axis))),
    ),
  ).map(([s, p]) => claims('Permuted', 'FitsPermutation', `${tuple(s)}, ${tuple(p)}`, permute(s, p))),
  'move an axis': some(fc.tuple(shape, axis, axis)).map(([s, from, to]) =>
    claims('Moved', 'FitsMoved', `${tuple(s)}, ${from}, ${to}`, move(s, from, to)),
  ),
  'square matrices': some(fc.tuple(shape, fc.boolean())).flatMap(([s, twice]) => {
    const a = twice ? [...s, ...s.slice(-1)] : s
    return [
      claims('Leading', 'FitsSquare', tuple(a), square(a) ?? (a.length > 1 ? a.slice(0, -2) : undefined)).slice(0, 1),
      claims('Leading', 'FitsSquare', tuple(a), square(a)).slice(1),
    ]
  }),
  reshape: some(fc.tuple(alike, fc.array(fc.nat(4), { maxLength: 2 }))).map(([[s, t], holes]) => {
    const to = t.map((n, d) => (holes.includes(d) ? -1 : n))
    return claims('Reshaped', 'FitsReshape', `${tuple(s)}, ${tuple(to)}`, reshape(s, to))
  }),
  concat: some(fc.tuple(shape, fc.array(size, { maxLength: 3 }), axis, fc.nat(3))).map(([s, along, a, where]) => {
    const shapes = [s, ...along.map((n) => s.map((m, d) => (d === where ? n : m)))]
    return claims('Concat', 'FitsConcat', `${tuples(shapes)}, ${a}`, concat(shapes, a))
  }),
  slice: some(fc.tuple(shape, axis, fc.integer({ min: -3, max: 3 }), fc.integer({ min: -3, max: 3 }))).map(
    ([s, a, from, to]) =>
      claims('Sliced', 'FitsAxes', `${tuple(s)}, ${a}, ${from}, ${to}`, slice(s, a, from, to), `${tuple(s)}, ${a}`),
  ),
  matmul: some(fc.tuple(alike, size, size, fc.boolean())).map(([[s, t], m, n, match]) => {
    const [a, b] = match
      ? [
          [...s, m, n],
          [...t, n, m],
        ]
      : [[...s], [...t]]
    return claims('Matmul', 'FitsMatmul', `${tuple(a)}, ${tuple(b)}`, matmul(a, b))
  }),
  convolution: some(image).map(({ rank, batch, channels, features, x, k, options: o }) => {
    const [a, w] = [
      [...batch, 3, ...x.slice(0, rank)],
      [features, channels, ...k.slice(0, rank)],
    ]
    return claims('ConvShape', 'FitsConv', `${tuple(a)}, ${tuple(w)}, ${options(o)}`, conv(a, w, o))
  }),
  'transposed convolution': some(image).map(({ x: [h = 1], k: [k = 1], options: o }) => {
    const size = o.stride * (h - 1) + o.dilation * (k - 1) + 1 - 2 * o.pad
    return [same(`T.TransposedConvOut<${h}, ${k}, ${options(o)}>`, size < 0 ? 'never' : `${size}`)]
  }),
  pool: some(image).map(({ rank, batch, x, k, options: o }) => {
    const [s, kernel] = [[...batch, ...x.slice(0, 2)], k.slice(0, rank)]
    return claims('PoolShape', 'FitsPool', `${tuple(s)}, ${options({ kernel, ...o })}`, pool(s, kernel, o))
  }),
  einsum: some(equation).map(({ words, out, sizes, wrong, tail }) => {
    const sized = words.map((w, k) =>
      [...w].map((l, d) => (sizes['ijkl'.indexOf(l)] as number) + (k + d > 1 ? wrong : 0)),
    )
    const shapes = sized.map((s, k) => (k === 1 ? [...s, ...tail] : s))
    const text = `${words.join(',')}->${out.join('')}`
    return claims('Einsum', 'FitsEinsum', `'${text}', ${tuples(shapes)}`, einsum(words, out.join(''), shapes))
  }),
}

describe('types agree with numbers', () => {
  const lines = Object.values(operations).flat(2)
  test(`${lines.length} claims`, { timeout: 20_000 }, () => {
    const { errors } = compile([importTypes, ...lines].join('\n'))
    expect(errors.map((e) => `${lines[Number(/\((\d+),/.exec(e)?.[1]) - 2]}   ${e}`)).toEqual([])
  })
  const refusing = Object.entries(operations).filter(([name]) => !/arithmetic|transposed/.test(name))
  test.each(refusing)('%s is drawn where it fits and where it does not', (_, drawn) => {
    const refused = drawn.filter((claims) => claims.at(-1)?.endsWith("'refused'>")).length
    expect(refused).toBeGreaterThan(drawn.length / 10)
    expect(refused).toBeLessThan((drawn.length * 9) / 10)
  })
  test('a wrong claim is an error', () => {
    const wrong = [same('T.Add<1, 2>', '4'), same('T.Joined<readonly [2], readonly [3]>', 'readonly [2]')]
    expect(compile([importTypes, ...wrong].join('\n')).errors).toHaveLength(2)
  })
})
