/** A program as a flat list of meanings, each built once; Inline forms are replaced by their bodies. */
import { load, type Meaning, type Scatter, type Source } from '../../lang/kernel/index.ts'
import { scatterKernel, scatterSizes } from '../../lang/kernel/scatter.ts'
import { entryOf } from '../../lang/primitives/index.ts'
import type { Closed } from '../../lang/syntax/closed.ts'
import { nth } from '../../lang/syntax/list.ts'
import { sizeOf, type Type } from '../../lang/syntax/shape.ts'
import { isShort, segmentsOf } from './segments.ts'

/** An equation over value numbers; a Load of source v is a use of the value v. */
export interface Expanded {
  readonly op: string
  readonly meaning: Exclude<Meaning, { readonly _tag: 'Inline' }>
  readonly args: readonly number[]
  /** Its outputs are the values first, first + 1, ... */
  readonly first: number
  readonly outs: readonly Type[]
}
export interface ExpandedProgram {
  readonly inputs: readonly Type[]
  readonly types: readonly Type[]
  readonly equations: readonly Expanded[]
  readonly outputs: readonly number[]
}
/** A Scatter of so few places is a kernel, which fuses with its readers; but not one of few rows into a large array. */
const fewPlaces = 2
const largeArray = 1 << 12

/** `segments`: see `Limits`. */
export const expand = (p: Closed, segments?: number): ExpandedProgram => {
  const types: Type[] = p.inputs.map((i) => i.type)
  const equations: Expanded[] = []
  const sources: Source[] = []
  const source = (v: number): Source => {
    const known = sources[v]
    if (known !== undefined) return known
    const type = types[v] as Type
    const fresh: Source = { type, at: (i) => load(v, i, type.dtype) }
    sources[v] = fresh
    return fresh
  }
  /** The numbers of the outputs. */
  const store = (
    op: string,
    meaning: Expanded['meaning'],
    args: readonly number[],
    outs: readonly Type[],
  ): readonly number[] => {
    const first = types.length
    equations.push({ op, meaning, args, first, outs })
    return outs.map((t) => types.push(t) - 1)
  }
  const scatter = (op: string, m: Scatter, args: readonly number[], out: Type): readonly number[] => {
    const given = args.map(source)
    const { batches, places } = scatterSizes(m, nth(given, 0).type.shape, nth(given, 1).type.shape)
    const elements = sizeOf(out.shape)
    const isRow = segments === undefined && batches * places > 0 && batches * places <= fewPlaces
    if ((places <= fewPlaces && !(isRow && elements >= largeArray)) || isShort(m, places, elements, segments))
      return store(op, scatterKernel(m, given), args, [out])
    if (segments === undefined) return store(op, m, args, [out])
    const one = (meaning: Expanded['meaning'], of: readonly number[], type: Type): number =>
      nth(store(op, meaning, of, [type]), 0)
    return [segmentsOf(m, args, out, { store: one, source })]
  }
  /** Adds the equations of a body over these inputs, and returns its outputs. All values have one numbering. */
  const run = (body: Closed, inputs: readonly number[]): readonly number[] => {
    const v = [...inputs]
    for (const q of body.equations) {
      const args = q.args.map((a) => v[a] as number)
      const meaning = entryOf(q.op).meaning(q.attrs, args.map(source), q.outs)
      const outs =
        meaning._tag === 'Inline'
          ? run(meaning.body, args)
          : meaning._tag === 'Scatter'
            ? scatter(q.op, meaning, args, nth(q.outs, 0))
            : store(q.op, meaning, args, q.outs)
      for (const o of outs) v.push(o)
    }
    return body.outputs.map((o) => v[o] as number)
  }
  const inputs = p.inputs.map((_, k) => k)
  const outputs = run(p, inputs)
  return { inputs: p.inputs.map((i) => i.type), types, equations, outputs }
}
