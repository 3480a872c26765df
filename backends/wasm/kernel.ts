/**
 * A kernel as a function of the range of its outermost axis: nested loops, every scalar in the outermost loop where it is
 * known, four elements at a time along the indices that were chosen for it.
 *
 * The axes of the output are written as loops of reductions whose value is an effect, the store; so one code motion serves
 * both. An address may point outside its buffer where a guard discards what is read: the memory has margins for that, and
 * what may point further, or nobody knows where, is moved to the nearest end.
 */

import { bug } from '../../lang/error.ts'
import { childrenOf, type Index, type Reduce, type Scalar } from '../../lang/kernel/index.ts'
import type { DType } from '../../lang/shape.ts'
import { type Block, blockOf, type Statement } from '../schedule/block.ts'
import { mentions } from '../schedule/scalars.ts'
import * as A from './accumulate.ts'
import { coefficient, isIndex, type Linear, rangeOf } from './address.ts'
import {
  type Code,
  count,
  type Func,
  f32,
  f32x4,
  i32,
  i32x4,
  type Local,
  type Locals,
  type ModuleBuilder,
  select,
  seq,
  v128,
  when,
} from './assembler/index.ts'
import type { Library } from './functions/library.ts'
import type { Surroundings } from './functions/single.ts'
import { type Load, type Lowered, opaqueTerms } from './lower.ts'
import {
  firstLane,
  type Lanes,
  lanesAs,
  lanesOf,
  type One,
  type Single,
  singleAs,
  singleOf,
  splat,
} from './operators.ts'

type V = Code<'v128'>
type Int = Code<'i32'>
/** Where a value stands in memory: the address of its first element, and how many there are. */
export interface Place {
  readonly base: number
  readonly size: number
  /** Added to every address: a thread's own part of a block. */
  readonly shift?: Int
}
/** Bytes before the first buffer and after the last that may be read, though nothing is there. */
export const margin = 1 << 16
export type Run = Func<readonly ['i32', 'i32'], 'none'>
export interface Written {
  /** Computes the elements whose outermost index is in a range. */
  readonly run: Run
  /** The size of the outermost axis. */
  readonly count: number
  /** Where the range may be cut. */
  readonly grain: number
}
/** Sums longer than this are accumulated in double. */
const longSum = 16
/** Innermost axes up to this size are written turn by turn. */
const writtenOut = 4

export const writeKernel = (
  m: ModuleBuilder,
  lib: Library,
  k: Lowered,
  reads: readonly Place[],
  out: Place,
  dtype: DType,
  label = 'kernel',
): Written => {
  const outer = k.axes[0]
  const run = m.func(
    ['i32', 'i32'],
    'none',
    (locals, from, to) => writeBody(locals, lib, k, reads, out, dtype, [from.get, to.get]),
    label,
  )
  return { run, count: outer?.size ?? 1, grain: outer !== undefined && k.lanes.has(outer) ? 4 : 1 }
}

/** out[axes] = body as reductions, so that code motion sees the axes as loops. */
const asLoops = (k: Lowered) => {
  const store: Scalar = {
    _tag: 'Call',
    dtype: k.body.dtype,
    fn: 'add',
    args: [k.body, ...k.axes, ...opaqueTerms(k.to)],
  }
  const loop = (body: Scalar, index: Index): Reduce => ({ _tag: 'Reduce', dtype: body.dtype, by: 'add', index, body })
  const root = k.axes.reduceRight<Scalar>(loop, store)
  return { store, block: blockOf([], [root]) }
}

/** The axis whose elements are computed four at a time, if it is not a loop of the body. */
const laneAxis = (k: Lowered): Index | undefined => k.axes.find((i) => k.lanes.has(i))
/** Which scalars are worth computing, and whether as one number, as four, or both. */
const demand = (k: Lowered, laneOf: (s: Scalar) => Index | undefined) => {
  const asOne = new Set<Scalar>()
  const asFour = new Set<Scalar>()
  const go = (s: Scalar, four: boolean): void => {
    const to = four ? asFour : asOne
    if (to.has(s)) return
    const fresh = !asOne.has(s) && !asFour.has(s)
    to.add(s)
    if (!fresh) return
    const inside = laneOf(s) !== undefined
    if (s._tag === 'Load') {
      for (const t of (k.addresses.get(s) as Linear).terms.keys()) if (!isIndex(t)) go(t, laneOf(t) !== undefined)
    } else if (s._tag === 'Reduce') go(s.body, inside || k.lanes.has(s.index))
    else for (const c of childrenOf(s)) go(c, inside)
  }
  go(k.body, laneAxis(k) !== undefined)
  for (const t of opaqueTerms(k.to)) go(t, laneOf(t) !== undefined)
  return { asOne, asFour, needs: (s: Scalar) => asOne.has(s) || asFour.has(s) }
}
const makeLaneOf = (lanes: ReadonlySet<Index>) => {
  const known = new Map<Scalar, Index | undefined>()
  const laneOf = (s: Scalar): Index | undefined => {
    if (known.has(s)) return known.get(s)
    let found = s._tag === 'Index' && lanes.has(s) ? s : undefined
    for (const c of childrenOf(s)) found ??= laneOf(c)
    if (s._tag === 'Reduce' && found === s.index) found = undefined
    known.set(s, found)
    return found
  }
  return laneOf
}

const writeBody = (
  locals: Locals,
  lib: Library,
  k: Lowered,
  reads: readonly Place[],
  out: Place,
  dtype: DType,
  [from, to]: readonly [Int, Int],
): Code => {
  const { store, block } = asLoops(k)
  const laneOf = makeLaneOf(k.lanes)
  const { asOne, asFour, needs } = demand(k, laneOf)
  const counters = new Map<Index, Local<'i32'>>()
  const ones = new Map<Scalar, One>()
  const fours = new Map<Scalar, V>()
  const accumulators = new Map<Reduce, A.Accumulator>()
  /** In the last, incomplete turn of a loop over lanes: which lanes count. */
  let tail: V | undefined
  /** How many lanes are stored. */
  let stored = 4
  let statements: Code[] = []
  let sharedHere = new Map<string, Map<unknown, unknown>>()

  const nested = (write: () => void): Code => {
    const [before, sharedBefore] = [statements, sharedHere]
    statements = []
    sharedHere = new Map()
    write()
    const made = seq(...statements)
    statements = before
    sharedHere = sharedBefore
    return made
  }
  const emit = (c: Code): void => {
    statements.push(c)
  }
  const keep = <T extends 'i32' | 'f32' | 'v128'>(c: Code<T>): Code<T> => {
    const l = locals(c.type as T)
    emit(l.set(c))
    return l.get
  }
  const surroundings: Surroundings = {
    emit,
    bind: keep,
    local: locals,
    call: lib.call,
    shared: (kind, x, make) => {
      const of = sharedHere.get(kind) ?? new Map<unknown, unknown>()
      sharedHere.set(kind, of)
      if (!of.has(x)) of.set(x, make())
      return of.get(x) as never
    },
  }

  // -- operands ------------------------------------------------------------------------------------------------------

  const counter = (i: Index): Int => (counters.get(i) ?? bug('an index without a loop')).get
  const one = (s: Scalar): One => {
    if (s._tag === 'Num') return s.dtype === 'real' ? f32.const(s.value) : i32.const(Number(s.value))
    if (s._tag === 'Index') return counter(s)
    return ones.get(s) ?? bug(`a scalar before its time: ${s._tag}`)
  }
  const four = (s: Scalar): V => {
    if (s._tag === 'Num' && s.dtype === 'real') return f32x4.const(s.value)
    if (s._tag === 'Num') {
      const v = s.dtype === 'bool' ? -s.value : s.value
      return i32x4.const([v, v, v, v])
    }
    if (s._tag === 'Index' && k.lanes.has(s)) return i32x4.add(i32x4.splat(counter(s)), i32x4.const([0, 1, 2, 3]))
    return fours.get(s) ?? splat(singleOperand(s))
  }
  const singleOperand = (s: Scalar): Single => ({ code: one(s), dtype: s.dtype, range: s.range })
  const laneOperand = (s: Scalar): Lanes => ({ code: four(s), dtype: s.dtype, range: s.range })

  // -- addresses -----------------------------------------------------------------------------------------------------

  const bytes = (x: Int, by: number): Int => (by === 1 ? i32.shl(x, i32.const(2)) : i32.mul(x, i32.const(4 * by)))
  const total = (terms: readonly Int[]): Int =>
    terms.length === 0 ? i32.const(0) : terms.reduce((a, b) => i32.add(a, b))
  const order = [...k.axes]
  const sorted = (a: Linear): readonly (readonly [Scalar, number])[] => {
    const rank = (t: Scalar): number => (isIndex(t) ? (order.indexOf(t) < 0 ? 1000 : order.indexOf(t)) : 500)
    return [...a.terms].sort(([s], [t]) => rank(s) - rank(t))
  }
  /** The address of a form whose terms are all single numbers, and a constant to add to it. */
  const address = (a: Linear, { base, shift }: Place): readonly [Int, number] => {
    const dynamic = total([...(shift ? [shift] : []), ...sorted(a).map(([t, by]) => bytes(one(t) as Int, by))])
    const low = rangeOf({ ...a, constant: 0 })?.[0] ?? -1
    const fixed = base + 4 * a.constant
    return low >= 0 && fixed >= 0 ? [dynamic, fixed] : [i32.add(dynamic, i32.const(fixed)), 0]
  }
  /** Is everything that four lanes may touch inside the memory's margins? */
  const safe = (a: Linear, lane: Index | undefined, size: number): boolean => {
    const r = rangeOf(a)
    if (r === undefined) return false
    const over = lane === undefined ? 0 : 3 * Math.abs(coefficient(a, lane))
    return 4 * (r[0] - over) > -margin && 4 * (r[1] + over + 4 - size) < margin
  }
  const readOne = (s: Load): One => {
    const a = k.addresses.get(s) as Linear
    const place = reads[s.source] ?? bug('a load of nothing')
    const load = s.dtype === 'real' ? f32.load : i32.load
    if (safe(a, undefined, place.size)) return load(...address(a, place))
    const at = keep(
      total([...sorted(a).map(([t, by]) => i32.mul(one(t) as Int, i32.const(by))), i32.const(a.constant)]),
    )
    const low = keep(select(i32.lt(at, i32.const(0)), i32.const(0), at))
    const last = i32.const(Math.max(0, place.size - 1))
    return load(bytes(select(i32.gt(low, last), last, low), 1), place.base)
  }
  const asStored = (v: V, s: Scalar): V => (s.dtype === 'bool' ? i32x4.ne(v, i32x4.const([0, 0, 0, 0])) : v)
  const readFour = (s: Load, lane: Index): V => {
    const a = k.addresses.get(s) as Linear
    const place = reads[s.source] ?? bug('a load of nothing')
    const by = coefficient(a, lane)
    const moves = [...a.terms.keys()].some((t) => t !== lane && laneOf(t) !== undefined)
    if (moves || !safe(a, lane, place.size)) return asStored(readScattered(a, place), s)
    if (by === 1) return asStored(v128.load(...address(a, place)), s)
    if (by === -1) {
      const [at, offset] = address({ ...a, constant: a.constant - 3 }, place)
      const v = keep(v128.load(at, offset))
      return asStored(v128.shuffle(v, v, [3, 2, 1, 0]), s)
    }
    const [at, offset] = address(a, place)
    const start = keep(at)
    const spread = [1, 2, 3].reduce(
      (v, n) => {
        const next = offset + 4 * n * by
        return next >= 0 && by > 0 && offset > 0
          ? v128.loadLane(v, n, start, next)
          : v128.loadLane(v, n, i32.add(start, i32.const(4 * n * by)), offset)
      },
      v128.loadSplat(start, offset),
    )
    return asStored(spread, s)
  }
  /** Positions in four lanes, each moved to the nearest end of the buffer. */
  const readScattered = (a: Linear, place: Place): V => {
    const all = (n: number): V => i32x4.const([n, n, n, n])
    const term = (t: Scalar, by: number): V => (by === 1 ? four(t) : i32x4.mul(four(t), all(by)))
    const sum = [...a.terms].reduce((v, [t, by]) => i32x4.add(v, term(t, by)), all(a.constant))
    const inside = i32x4.max(i32x4.min(sum, all(Math.max(0, place.size - 1))), all(0))
    const at = keep(i32x4.shl(inside, 2))
    return [1, 2, 3].reduce(
      (v, n) => v128.loadLane(v, n, i32x4.lane(at, n), place.base),
      v128.loadSplat(i32x4.lane(at, 0), place.base),
    )
  }

  // -- statements ----------------------------------------------------------------------------------------------------

  const writeLet = (s: Statement & { readonly _tag: 'Let' }): void => {
    const x = s.scalar
    if (x === store) {
      writeStore()
      return
    }
    if (!needs(x)) return
    const lane = laneOf(x)
    if (lane !== undefined) {
      const code =
        x._tag === 'Load' ? readFour(x, lane) : lanesOf(x.fn, x.dtype, x.args.map(laneOperand), surroundings, lib)
      fours.set(x, keep(code))
      return
    }
    if (x._tag === 'Load' && !asOne.has(x) && x.dtype !== 'bool') {
      const a = k.addresses.get(x) as Linear
      const place = reads[x.source] ?? bug('a load of nothing')
      if (safe(a, undefined, place.size)) {
        fours.set(x, keep(v128.loadSplat(...address(a, place))))
        return
      }
    }
    const code = x._tag === 'Load' ? readOne(x) : singleOf(x.fn, x.dtype, x.args.map(singleOperand), surroundings, lib)
    const kept = keep(code as Int)
    ones.set(x, kept)
    if (asFour.has(x)) fours.set(x, keep(splat({ code: kept, dtype: x.dtype })))
  }
  const writeStore = (): void => {
    const last = laneAxis(k)
    if (last === undefined) {
      const [at, offset] = address(k.to, out)
      const code = singleAs(dtype, singleOperand(k.body))
      emit(dtype === 'real' ? f32.store(at, code as Code<'f32'>, offset) : i32.store(at, code as Int, offset))
      return
    }
    const value = lanesAs(dtype === 'bool' ? 'int' : dtype, laneOperand(k.body))
    const [at, offset] = address(k.to, out)
    const by = coefficient(k.to, last)
    if (by === 1 && last.size >= 4 && stored === 4) {
      emit(v128.store(at, value, offset))
      return
    }
    const [start, kept] = [keep(at), keep(value)]
    for (let n = 0; n < Math.min(stored, last.size); n++) emit(v128.storeLane(start, kept, n, offset + 4 * n * by))
  }

  const chained = (r: Reduce): Reduce | undefined => {
    const inner = r.body
    const only = inner._tag === 'Reduce' && inner.by === r.by && alone(r) && alone(inner) && readers(inner) === 1
    return only && mentions(inner, r.index) ? inner : undefined
  }
  const { alone, readers } = reductionsIn(k.body)
  const bottom = (r: Reduce): Reduce => {
    const inner = chained(r)
    return inner ? bottom(inner) : r
  }
  const turns = (r: Reduce): number => r.index.size * (chained(r) ? turns(chained(r) as Reduce) : 1)
  const accumulator = (r: Reduce): A.Accumulator => {
    const last = bottom(r)
    const long = turns(r) > longSum
    return laneOf(last.body) !== undefined || k.lanes.has(last.index)
      ? A.lanes(r.by, r.dtype, long, k.lanes.has(last.index), locals)
      : A.single(r.by, r.dtype, long, locals)
  }
  const isFour = (r: Reduce): boolean => laneOf(bottom(r).body) !== undefined || k.lanes.has(bottom(r).index)
  const add = (r: Reduce): void => {
    if (chained(r)) return
    const a = accumulators.get(r) ?? bug('a reduction that was never started')
    // truth is summed as 0 and 1
    const bits = (v: V): V => (r.dtype === 'bool' ? lanesAs('int', { code: v, dtype: 'bool' }) : v)
    const value = isFour(r) ? bits(four(r.body)) : one(r.body)
    emit(a.add(tail === undefined ? value : v128.select(tail, value as V, A.unitLanes(r.by, r.dtype))))
  }
  const writeReduces = (s: Statement & { readonly _tag: 'For' }): void => {
    const reduces = s.reduces.filter(needs)
    if (reduces.length === 0) return
    const started = reduces.filter((r) => !accumulators.has(r))
    for (const r of started) {
      const a = accumulator(r)
      for (let x: Reduce | undefined = r; x; x = chained(x)) accumulators.set(x, a)
      emit(a.start)
    }
    const i = locals('i32')
    counters.set(s.index, i)
    if (!order.includes(s.index)) order.push(s.index)
    const body = (): void => {
      writeBlock(s.body)
      for (const r of reduces) add(r)
    }
    const n = s.index.size
    const whole = k.lanes.has(s.index) ? n - (n % 4) : n
    if (whole > 0) emit(count(i, i32.const(0), i32.const(whole), k.lanes.has(s.index) ? 4 : 1, nested(body)))
    if (whole < n) {
      emit(i.set(i32.const(whole)))
      tail = i32x4.const([0, 1, 2, 3].map((l) => (l < n - whole ? -1 : 0)))
      body()
      tail = undefined
    }
    for (const r of started) {
      const result = keep((accumulators.get(r) ?? bug('no accumulator')).result() as Int)
      for (let x: Reduce | undefined = r; x; x = chained(x)) accumulators.delete(x)
      if (laneOf(r) !== undefined) {
        const v = result as unknown as V
        fours.set(r, r.dtype === 'bool' ? keep(lanesAs('bool', { code: v, dtype: 'int' })) : v)
      } else {
        const code: One =
          isFour(r) && !k.lanes.has(bottom(r).index) ? firstLane(result as unknown as V, r.dtype) : result
        ones.set(r, code)
        if (asFour.has(r)) fours.set(r, keep(splat({ code, dtype: r.dtype })))
      }
    }
  }
  const writeAxis = (s: Statement & { readonly _tag: 'For' }): void => {
    const i = locals('i32')
    counters.set(s.index, i)
    const [first, last] = s.index === k.axes[0] ? [from, to] : [i32.const(0), i32.const(s.index.size)]
    const n = s.index.size
    if (!k.lanes.has(s.index)) {
      if (s.index !== k.axes[0] && n <= writtenOut && s.body.every((x) => x._tag === 'Let')) {
        for (let turn = 0; turn < n; turn++) {
          emit(i.set(i32.const(turn)))
          writeBlock(s.body)
        }
        return
      }
      const body = nested(() => writeBlock(s.body))
      emit(count(i, first, last, 1, body))
      return
    }
    const turn = locals('i32')
    const overlaps = n % 4 !== 0 && n >= 4
    if (overlaps && reads.some((r) => r.base === out.base)) {
      // in place, no element may be computed twice: the last turn stores what is left
      const whole = n - (n % 4)
      const end = select(i32.gt(last, i32.const(whole)), i32.const(whole), last)
      emit(
        count(
          turn,
          first,
          end,
          4,
          seq(
            i.set(turn.get),
            nested(() => writeBlock(s.body)),
          ),
        ),
      )
      stored = n % 4
      emit(
        when(
          i32.gt(last, i32.const(whole)),
          seq(
            i.set(i32.const(whole)),
            nested(() => writeBlock(s.body)),
          ),
        ),
      )
      stored = 4
      return
    }
    // the last turn of a row moves back to end with it: it computes some elements again
    const start = overlaps ? select(i32.gt(turn.get, i32.const(n - 4)), i32.const(n - 4), turn.get) : turn.get
    emit(
      count(
        turn,
        first,
        last,
        4,
        seq(
          i.set(start),
          nested(() => writeBlock(s.body)),
        ),
      ),
    )
  }
  const writeBlock = (b: Block): void => {
    for (const s of b) {
      if (s._tag === 'Let') writeLet(s)
      else if (k.axes.includes(s.index)) writeAxis(s)
      else writeReduces(s)
    }
  }
  return nested(() => writeBlock(block))
}

/** Is a reduction the only one over its index, and how many read it? */
const reductionsIn = (root: Scalar) => {
  const uses = new Map<Scalar, number>()
  const over = new Map<Index, number>()
  const go = (s: Scalar): void => {
    uses.set(s, (uses.get(s) ?? 0) + 1)
    if (uses.get(s) !== 1) return
    if (s._tag === 'Reduce') over.set(s.index, (over.get(s.index) ?? 0) + 1)
    for (const c of childrenOf(s)) go(c)
  }
  go(root)
  return { alone: (r: Reduce) => over.get(r.index) === 1, readers: (r: Reduce) => uses.get(r) ?? 0 }
}
