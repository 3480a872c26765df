/** The values of a program as sources: read where they have a symbol, computed where they have none. */

import { load, type Source } from '../../../lang/kernel/index.ts'
import { kernelOf } from '../../../lang/kernel/scatter.ts'
import { entryOf } from '../../../lang/primitives/index.ts'
import { type Closed, type Equation, typesOf } from '../../../lang/syntax/closed.ts'
import type { Type } from '../../../lang/syntax/shape.ts'

/** `named`: which values are read. Values that are no kernels are read too. */
export const sourcesOf = (p: Closed, named: (value: number) => boolean): ((value: number) => Source) => {
  const types = typesOf(p)
  const made = new Map<number, Equation>(p.equations.flatMap((q) => q.outs.map((_, k) => [q.first + k, q] as const)))
  const known = new Map<number, Source>()
  const fresh = (value: number): Source => {
    const type = types[value] as Type
    const q = made.get(value)
    const read: Source = { type, at: (i) => load(value, i, type.dtype) }
    if (named(value) || q === undefined || q.outs.length > 1) return read
    const args = q.args.map(source)
    const kernel = kernelOf(entryOf(q.op).meaning(q.attrs, args, q.outs), args)
    return kernel === undefined ? read : { type, at: kernel.at }
  }
  const source = (value: number): Source => {
    const hit = known.get(value) ?? fresh(value)
    known.set(value, hit)
    return hit
  }
  return source
}
