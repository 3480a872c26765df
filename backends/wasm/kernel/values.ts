/** Scalars as values in locals, in one lane, in all, or in both; and the store of the finished element. */
import type { Computed } from '../../rewrite/codeMotion.ts'
import { coefficient } from '../../rewrite/linear.ts'
import { accessOf, i32, v128 } from '../assembler/index.ts'
import type { ActiveLanes, Context } from './context.ts'
import { laneAxis } from './demand.ts'
import { asInt, asReal, lanesAs, lanesOf, singleAs, singleOf, splat } from './operators.ts'

export const writeValue = ({ scope, lib, reader, demand, laneOf }: Context, x: Computed): void => {
  const { keep, laneOperand, singleOperand, surroundings } = scope
  if (!demand.needs(x)) return
  const lane = laneOf(x)
  if (lane !== undefined) {
    const code =
      x._tag === 'Load' ? reader.readLanes(x, lane) : lanesOf(x.fn, x.dtype, x.args.map(laneOperand), surroundings, lib)
    scope.knowLanes(x, keep(code))
    return
  }
  const splatted = x._tag === 'Load' && !demand.asOne.has(x) && x.dtype !== 'bool' ? reader.readSplat(x) : undefined
  if (splatted !== undefined) {
    scope.knowLanes(x, keep(splatted))
    return
  }
  const code =
    x._tag === 'Load' ? reader.readOne(x) : singleOf(x.fn, x.dtype, x.args.map(singleOperand), surroundings, lib)
  const kept = keep(code)
  scope.know(x, kept)
  if (demand.inLanes.has(x)) scope.knowLanes(x, keep(splat(lib.element, { code: kept, dtype: x.dtype })))
}

export const writeStore = ({ nest, out, dtype, scope, reader, lib }: Context, { stored }: ActiveLanes): void => {
  const { emit, keep } = scope
  const { element } = lib
  const { storeLane } = accessOf(element, dtype)
  const last = laneAxis(nest)
  if (last === undefined) {
    const [at, offset] = reader.address(nest.to, out)
    const code = singleAs(element, dtype, scope.singleOperand(nest.body))
    emit(dtype === 'real' ? element.one.store(at, asReal(code), offset) : i32.store(at, asInt(code), offset))
    return
  }
  const value = lanesAs(element, dtype === 'bool' ? 'int' : dtype, scope.laneOperand(nest.body))
  const [at, offset] = reader.address(nest.to, out)
  const by = coefficient(nest.to, last)
  // a vector of integers beside float64 is half empty
  if (by === 1 && last.size >= element.lanes && stored === element.lanes && out.width * stored === 16) {
    emit(v128.store(at, value, offset))
    return
  }
  const [start, kept] = [keep(at), keep(value)]
  for (let n = 0; n < Math.min(stored, last.size); n++) emit(storeLane(start, kept, n, offset + out.width * n * by))
}
