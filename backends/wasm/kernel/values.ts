/** Scalars as values in locals, in one lane, in four, or in both; and the store of the finished element. */
import type { Computed } from '../../rewrite/codeMotion.ts'
import { coefficient } from '../../rewrite/linear.ts'
import { f32, i32, v128 } from '../assembler/index.ts'
import type { ActiveLanes, Context } from './context.ts'
import { laneAxis } from './demand.ts'
import { asInt, asReal, lanesAs, lanesOf, singleAs, singleOf, splat } from './operators.ts'

export const writeValue = ({ scope, lib, reader, demand, laneOf }: Context, x: Computed): void => {
  const { keep, laneOperand, singleOperand, surroundings } = scope
  if (!demand.needs(x)) return
  const lane = laneOf(x)
  if (lane !== undefined) {
    const code =
      x._tag === 'Load' ? reader.readFour(x, lane) : lanesOf(x.fn, x.dtype, x.args.map(laneOperand), surroundings, lib)
    scope.knowFour(x, keep(code))
    return
  }
  const splatted = x._tag === 'Load' && !demand.asOne.has(x) && x.dtype !== 'bool' ? reader.readSplat(x) : undefined
  if (splatted !== undefined) {
    scope.knowFour(x, keep(splatted))
    return
  }
  const code =
    x._tag === 'Load' ? reader.readOne(x) : singleOf(x.fn, x.dtype, x.args.map(singleOperand), surroundings, lib)
  const kept = keep(code)
  scope.know(x, kept)
  if (demand.asFour.has(x)) scope.knowFour(x, keep(splat({ code: kept, dtype: x.dtype })))
}

export const writeStore = ({ nest, out, dtype, scope, reader }: Context, { stored }: ActiveLanes): void => {
  const { emit, keep } = scope
  const last = laneAxis(nest)
  if (last === undefined) {
    const [at, offset] = reader.address(nest.to, out)
    const code = singleAs(dtype, scope.singleOperand(nest.body))
    emit(dtype === 'real' ? f32.store(at, asReal(code), offset) : i32.store(at, asInt(code), offset))
    return
  }
  const value = lanesAs(dtype === 'bool' ? 'int' : dtype, scope.laneOperand(nest.body))
  const [at, offset] = reader.address(nest.to, out)
  const by = coefficient(nest.to, last)
  if (by === 1 && last.size >= 4 && stored === 4) {
    emit(v128.store(at, value, offset))
    return
  }
  const [start, kept] = [keep(at), keep(value)]
  for (let n = 0; n < Math.min(stored, last.size); n++) emit(v128.storeLane(start, kept, n, offset + 4 * n * by))
}
