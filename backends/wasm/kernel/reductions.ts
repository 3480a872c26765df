/** Reductions as loops around accumulators. Loops of one kind directly inside one another share an accumulator. */
import type { Reduce } from '../../../lang/kernel/index.ts'
import { bug } from '../../../lang/syntax/error.ts'
import type { DType } from '../../../lang/syntax/shape.ts'
import type { LoopStatement } from '../../rewrite/codeMotion.ts'
import { mentions } from '../../rewrite/scalars.ts'
import { type Code, count, type Element, i32, i32x4, none, seq, v128 } from '../assembler/index.ts'
import { type Accumulator, lanes, single, unitLanes } from './accumulate.ts'
import type { ActiveLanes, Context, WriteBlock } from './context.ts'
import { chainsIn } from './lower.ts'
import { asLanes, asOne, firstLane, lanesAs, splat } from './operators.ts'

type V = Code<'v128'>
/** Sums longer than this are accumulated in double. */
const longSum = 16
/** Sums over lanes from this length on have parts, where few statements compute a term. */
const [partedSum, fewStatements, parts] = [128, 4, 2]

export const makeReductions = (
  context: Context,
  writeBlock: WriteBlock,
): ((s: LoopStatement, active: ActiveLanes) => void) => {
  const { nest, locals, scope, demand, enter, lib } = context
  const { isStarted, start, add, finish } = makeAccumulators(context)
  const isParted = ({ index, body }: LoopStatement): boolean =>
    nest.lanes.has(index) &&
    index.size >= partedSum &&
    body.length <= fewStatements &&
    body.every((x) => x._tag !== 'For')
  return (s, active) => {
    const reduces = s.reduces.filter(demand.needs)
    if (reduces.length === 0) return
    const started = reduces.filter((r) => !isStarted(r))
    started.forEach(start)
    const i = locals('i32')
    scope.count(s.index, i)
    enter(s.index)
    const body = (inside: ActiveLanes, part = 0): void => {
      writeBlock(s.body, inside)
      for (const r of reduces) add(r, inside, part)
    }
    const n = s.index.size
    const by = nest.lanes.has(s.index) ? lib.element.lanes : 1
    const whole = n - (n % by)
    const next = i.set(i32.add(i.get, i32.const(by)))
    const copies = isParted(s) ? parts : 1
    const loop = (some: number): Code =>
      seq(
        ...Array.from({ length: some }, (_, k) =>
          seq(
            k > 0 ? next : none,
            scope.nested(() => body(active, k)),
          ),
        ),
      )
    const parted = whole - (whole % (copies * by))
    if (parted > 0) scope.emit(count(i, i32.const(0), i32.const(parted), by, loop(copies)))
    if (parted < whole) scope.emit(count(i, i32.const(parted), i32.const(whole), by, loop(1)))
    if (whole < n) {
      scope.emit(i.set(i32.const(whole)))
      body({ ...active, added: n - whole })
    }
    started.forEach(finish)
  }
}
/** A mask of the first n lanes of an element type. */
const firstLanes = ({ lanes }: Element, dtype: DType, n: number): V => {
  const each = dtype === 'real' ? 4 / lanes : 1
  const bits = (word: number): number => (word < n * each ? -1 : 0)
  return i32x4.lanes([bits(0), bits(1), bits(2), bits(3)])
}

/** Which reductions share an accumulator, and whether it has lanes. */
const makeChains = ({ nest, laneOf }: Context) => {
  const chains = chainsIn(nest.body)
  /** The reduction inside that adds to the accumulator of this one. */
  const innerOf = (r: Reduce): Reduce | undefined => {
    const inner = chains.get(r)
    return inner && mentions(inner, r.index) ? inner : undefined
  }
  /** A reduction and those that share its accumulator, the innermost last. */
  const chainOf = (r: Reduce): readonly Reduce[] => {
    const inner = innerOf(r)
    return inner ? [r, ...chainOf(inner)] : [r]
  }
  const innermost = (r: Reduce): Reduce => {
    const inner = innerOf(r)
    return inner ? innermost(inner) : r
  }
  /** The lanes are terms of one result, to be added up at the end. */
  const isAcross = (r: Reduce): boolean => nest.lanes.has(innermost(r).index)
  const hasLanes = (r: Reduce): boolean => laneOf(innermost(r).body) !== undefined || isAcross(r)
  return { innerOf, chainOf, isAcross, hasLanes }
}

/** The statements of accumulators: before, in and after the loop of a reduction. */
const makeAccumulators = (context: Context) => {
  const { locals, scope, demand, laneOf, lib } = context
  const { element } = lib
  const { emit, keep } = scope
  const { innerOf, chainOf, isAcross, hasLanes } = makeChains(context)
  const accumulators = new Map<Reduce, Accumulator>()
  const accumulatorOf = (r: Reduce): Accumulator => accumulators.get(r) ?? bug('a reduction that was never started')

  const start = (r: Reduce): void => {
    const chain = chainOf(r)
    const long = chain.reduce((n, x) => n * x.index.size, 1) > longSum
    const a = hasLanes(r)
      ? lanes(element, r.by, r.dtype, long, isAcross(r), locals, isAcross(r) && long ? parts : 1)
      : single(element, r.by, r.dtype, long, locals)
    for (const x of chain) accumulators.set(x, a)
    emit(a.start)
  }
  const add = (r: Reduce, { added }: ActiveLanes, part: number): void => {
    if (innerOf(r)) return
    const a = accumulatorOf(r)
    // masks are summed as 0 and 1
    const bits = (v: V): V => (r.dtype === 'bool' ? lanesAs(element, 'int', { code: v, dtype: 'bool' }) : v)
    const value = hasLanes(r) ? bits(scope.inLanes(r.body)) : scope.one(r.body)
    const masked = (n: number): V =>
      v128.select(firstLanes(element, r.dtype, n), asLanes(value), unitLanes(element, r.by, r.dtype))
    emit(a.add(added === undefined ? value : masked(added), part))
  }
  const finish = (r: Reduce): void => {
    const result = keep(accumulatorOf(r).result())
    for (const x of chainOf(r)) accumulators.delete(x)
    if (laneOf(r) !== undefined) {
      const v = asLanes(result)
      scope.knowLanes(r, r.dtype === 'bool' ? keep(lanesAs(element, 'bool', { code: v, dtype: 'int' })) : v)
      return
    }
    const code = hasLanes(r) && !isAcross(r) ? firstLane(element, asLanes(result), r.dtype) : asOne(result)
    scope.know(r, code)
    if (demand.inLanes.has(r)) scope.knowLanes(r, keep(splat(element, { code, dtype: r.dtype })))
  }
  return { isStarted: (r: Reduce) => accumulators.has(r), start, add, finish }
}
