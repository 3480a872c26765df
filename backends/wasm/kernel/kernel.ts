/**
 * A kernel as a function of the range of its outermost axis: nested loops, every scalar in the outermost loop where it is
 * known, four elements at a time along the indices that were chosen for it.
 *
 * The axes of the output are written as loops of reductions whose value is an effect, the store; so one code motion serves
 * both.
 */

import { bug } from '../../../lang/error.ts'
import type { Reduce } from '../../../lang/kernel/index.ts'
import type { DType } from '../../../lang/shape.ts'
import type { Block, Statement } from '../../kernel/block.ts'
import { coefficient } from '../../kernel/linear.ts'
import { mentions } from '../../kernel/scalars.ts'
import {
  type Code,
  count,
  type Func,
  f32,
  i32,
  i32x4,
  type Locals,
  type ModuleBuilder,
  select,
  seq,
  v128,
  when,
} from '../assembler/index.ts'
import type { Library } from '../functions/library.ts'
import { chainsIn, type Lowered } from '../lower.ts'
import { firstLane, lanesAs, lanesOf, type One, singleAs, singleOf, splat } from '../operators.ts'
import * as A from './accumulate.ts'
import { asLoops, demand, laneAxis, makeLaneOf } from './demand.ts'
import type { Place } from './place.ts'
import { makeReader } from './read.ts'
import { makeScope } from './scope.ts'

type V = Code<'v128'>
type Int = Code<'i32'>
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
  const scope = makeScope(locals, lib, k.lanes)
  const { emit, keep, nested, one, four, singleOperand, laneOperand, surroundings } = scope
  const order = [...k.axes]
  const { address, readOne, readFour, readSplat } = makeReader(scope, k, reads, laneOf, order)
  const accumulators = new Map<Reduce, A.Accumulator>()
  /** In the last, incomplete turn of a loop over lanes: which lanes count. */
  let tail: V | undefined
  /** How many lanes are stored. */
  let stored = 4

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
      scope.knowFour(x, keep(code))
      return
    }
    const splatted = x._tag === 'Load' && !asOne.has(x) && x.dtype !== 'bool' ? readSplat(x) : undefined
    if (splatted !== undefined) {
      scope.knowFour(x, keep(splatted))
      return
    }
    const code = x._tag === 'Load' ? readOne(x) : singleOf(x.fn, x.dtype, x.args.map(singleOperand), surroundings, lib)
    const kept = keep(code as Int)
    scope.know(x, kept)
    if (asFour.has(x)) scope.knowFour(x, keep(splat({ code: kept, dtype: x.dtype })))
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

  const chains = chainsIn(k.body)
  const chained = (r: Reduce): Reduce | undefined => {
    const inner = chains.get(r)
    return inner && mentions(inner, r.index) ? inner : undefined
  }
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
    scope.count(s.index, i)
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
      const counts = (lane: number): number => (lane < n - whole ? -1 : 0)
      tail = i32x4.lanes([counts(0), counts(1), counts(2), counts(3)])
      body()
      tail = undefined
    }
    for (const r of started) {
      const result = keep((accumulators.get(r) ?? bug('no accumulator')).result() as Int)
      for (let x: Reduce | undefined = r; x; x = chained(x)) accumulators.delete(x)
      if (laneOf(r) !== undefined) {
        const v = result as unknown as V
        scope.knowFour(r, r.dtype === 'bool' ? keep(lanesAs('bool', { code: v, dtype: 'int' })) : v)
      } else {
        const code: One =
          isFour(r) && !k.lanes.has(bottom(r).index) ? firstLane(result as unknown as V, r.dtype) : result
        scope.know(r, code)
        if (asFour.has(r)) scope.knowFour(r, keep(splat({ code, dtype: r.dtype })))
      }
    }
  }
  const writeAxis = (s: Statement & { readonly _tag: 'For' }): void => {
    const i = locals('i32')
    scope.count(s.index, i)
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
    const turnAt = (at: Int): Code =>
      seq(
        i.set(at),
        nested(() => writeBlock(s.body)),
      )
    const overlaps = n % 4 !== 0 && n >= 4
    if (overlaps && reads.some((r) => r.base === out.base)) {
      // in place, no element may be computed twice: the last turn stores what is left
      const whole = i32.const(n - (n % 4))
      emit(count(turn, first, select(i32.gt(last, whole), whole, last), 4, turnAt(turn.get)))
      stored = n % 4
      emit(when(i32.gt(last, whole), turnAt(whole)))
      stored = 4
      return
    }
    // the last turn of a row moves back to end with it: it computes some elements again
    const start = overlaps ? select(i32.gt(turn.get, i32.const(n - 4)), i32.const(n - 4), turn.get) : turn.get
    emit(count(turn, first, last, 4, turnAt(start)))
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
