/** Reductions as loops around accumulators. Loops of one kind directly inside one another share an accumulator. */

import type { Reduce } from '../../../lang/kernel/index.ts'
import { bug } from '../../../lang/syntax/error.ts'
import type { LoopStatement } from '../../rewrite/codeMotion.ts'
import { mentions } from '../../rewrite/scalars.ts'
import { type Code, count, i32, i32x4, v128 } from '../assembler/index.ts'
import { type Accumulator, lanes, single, unitLanes } from './accumulate.ts'
import type { ActiveLanes, Context, WriteBlock } from './context.ts'
import { chainsIn } from './lower.ts'
import { asLanes, asOne, firstLane, lanesAs, splat } from './operators.ts'

type V = Code<'v128'>
/** Sums longer than this are accumulated in double. */
const longSum = 16

export const makeReductions = (
  context: Context,
  writeBlock: WriteBlock,
): ((s: LoopStatement, active: ActiveLanes) => void) => {
  const { nest, locals, scope, demand, laneOf, enter } = context
  const { emit, keep } = scope
  const accumulators = new Map<Reduce, Accumulator>()

  const chains = chainsIn(nest.body)
  const chained = (r: Reduce): Reduce | undefined => {
    const inner = chains.get(r)
    return inner && mentions(inner, r.index) ? inner : undefined
  }
  /** A reduction and those that share its accumulator, the innermost last. */
  const chainOf = (r: Reduce): readonly [Reduce, ...Reduce[]] => {
    const inner = chained(r)
    return inner ? [r, ...chainOf(inner)] : [r]
  }
  const bottom = (r: Reduce): Reduce => chainOf(r).at(-1) as Reduce
  const isAcross = (r: Reduce): boolean => nest.lanes.has(bottom(r).index)
  const isFour = (r: Reduce): boolean => laneOf(bottom(r).body) !== undefined || isAcross(r)

  const start = (r: Reduce): void => {
    const chain = chainOf(r)
    const long = chain.reduce((n, x) => n * x.index.size, 1) > longSum
    const a = isFour(r) ? lanes(r.by, r.dtype, long, isAcross(r), locals) : single(r.by, r.dtype, long, locals)
    for (const x of chain) accumulators.set(x, a)
    emit(a.start)
  }
  const add = (r: Reduce, { added }: ActiveLanes): void => {
    if (chained(r)) return
    const a = accumulators.get(r) ?? bug('a reduction that was never started')
    // masks are summed as 0 and 1
    const bits = (v: V): V => (r.dtype === 'bool' ? lanesAs('int', { code: v, dtype: 'bool' }) : v)
    const value = isFour(r) ? bits(scope.four(r.body)) : scope.one(r.body)
    emit(a.add(added === undefined ? value : v128.select(added, asLanes(value), unitLanes(r.by, r.dtype))))
  }
  const finish = (r: Reduce): void => {
    const a = accumulators.get(r) ?? bug('a reduction that was never started')
    const result = keep(a.result())
    for (const x of chainOf(r)) accumulators.delete(x)
    if (laneOf(r) !== undefined) {
      const v = asLanes(result)
      scope.knowFour(r, r.dtype === 'bool' ? keep(lanesAs('bool', { code: v, dtype: 'int' })) : v)
      return
    }
    const code = isFour(r) && !isAcross(r) ? firstLane(asLanes(result), r.dtype) : asOne(result)
    scope.know(r, code)
    if (demand.asFour.has(r)) scope.knowFour(r, keep(splat({ code, dtype: r.dtype })))
  }

  return (s, active) => {
    const reduces = s.reduces.filter(demand.needs)
    if (reduces.length === 0) return
    const started = reduces.filter((r) => !accumulators.has(r))
    started.forEach(start)
    const i = locals('i32')
    scope.count(s.index, i)
    enter(s.index)
    const body = (inside: ActiveLanes): void => {
      writeBlock(s.body, inside)
      for (const r of reduces) add(r, inside)
    }
    const n = s.index.size
    const by = nest.lanes.has(s.index) ? 4 : 1
    const whole = n - (n % by)
    if (whole > 0) {
      const loop = scope.nested(() => body(active))
      emit(count(i, i32.const(0), i32.const(whole), by, loop))
    }
    if (whole < n) {
      const counts = (lane: number): number => (lane < n - whole ? -1 : 0)
      emit(i.set(i32.const(whole)))
      body({ ...active, added: i32x4.lanes([counts(0), counts(1), counts(2), counts(3)]) })
    }
    started.forEach(finish)
  }
}
