/** A kernel under construction: its statements, and the code of all scalars so far, in one lane and in all. */

import type { Index, Scalar } from '../../../lang/kernel/index.ts'
import { bug } from '../../../lang/syntax/error.ts'
import { all, type Code, i32, i32x4, type Local, type Locals } from '../assembler/index.ts'
import type { FunctionLibrary } from '../functions/library.ts'
import type { Surroundings } from '../functions/polynomial.ts'
import { type Lanes, type One, type Single, splat } from './operators.ts'

type V = Code<'v128'>
type Int = Code<'i32'>

export const makeScope = (locals: Locals, lib: FunctionLibrary, lanes: ReadonlySet<Index>) => {
  const { element } = lib
  const counters = new Map<Index, Local<'i32'>>()
  const ones = new Map<Scalar, One>()
  const vectors = new Map<Scalar, V>()
  let statements: Code[] = []
  let sharedHere = new Map<string, Map<unknown, unknown>>()

  const nested = (write: () => void): Code => {
    const [before, sharedBefore] = [statements, sharedHere]
    statements = []
    sharedHere = new Map()
    write()
    const body = all(statements)
    statements = before
    sharedHere = sharedBefore
    return body
  }
  const emit = (c: Code): void => {
    statements.push(c)
  }
  const keep = <C extends V | One>(c: C): C => {
    const l = locals(c.type)
    emit(l.set(c))
    return l.get as C // the local has the type of the code
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
      return of.get(x) as never // what `make` returned for this kind
    },
  }

  const counter = (i: Index): Int => (counters.get(i) ?? bug('an index without a loop')).get
  const one = (s: Scalar): One => {
    if (s._tag === 'Num') return s.dtype === 'real' ? element.one.const(s.value) : i32.const(Number(s.value))
    if (s._tag === 'Index') return counter(s)
    return ones.get(s) ?? bug(`a ${s._tag} is used before it is computed`)
  }
  const inLanes = (s: Scalar): V => {
    if (s._tag === 'Num' && s.dtype === 'real') return element.each.const(s.value)
    if (s._tag === 'Num') return i32x4.const(s.dtype === 'bool' ? -s.value : s.value)
    if (s._tag === 'Index' && lanes.has(s)) return i32x4.add(i32x4.splat(counter(s)), i32x4.lanes([0, 1, 2, 3]))
    return vectors.get(s) ?? splat(element, singleOperand(s))
  }
  const singleOperand = (s: Scalar): Single => ({ code: one(s), dtype: s.dtype, range: s.range })
  const laneOperand = (s: Scalar): Lanes => ({ code: inLanes(s), dtype: s.dtype, range: s.range })

  return {
    emit,
    nested,
    keep,
    surroundings,
    one,
    inLanes,
    singleOperand,
    laneOperand,
    /** Sets the counter of a loop. */
    count: (i: Index, l: Local<'i32'>) => counters.set(i, l),
    know: (s: Scalar, x: One) => ones.set(s, x),
    knowLanes: (s: Scalar, x: V) => vectors.set(s, x),
  }
}
export type Scope = ReturnType<typeof makeScope>
