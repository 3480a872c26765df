/** A program as a flat list of meanings, each built once; Inline forms are replaced by their bodies. */
import { load, type Meaning, type Scatter, type Source } from '../../lang/kernel/index.ts'
import { scatterKernel, scatterSizes } from '../../lang/kernel/scatter.ts'
import { entryOf } from '../../lang/primitives/index.ts'
import type { Closed, Equation } from '../../lang/syntax/closed.ts'
import { nth } from '../../lang/syntax/list.ts'
import { sizeOf, type Type } from '../../lang/syntax/shape.ts'
import { addNoise, type MeaningOver, type NoisePlaces } from './noise.ts'
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

interface Expansion {
  /** As in `Limits`. */
  readonly segments?: number | undefined
  /** Every number that is rounded is changed by it; of the outermost program, the inputs too. */
  readonly noise?: NoisePlaces | undefined
  readonly outermost?: boolean
}
/** Equations over value numbers, as they are found. */
const makeEquations = (inputs: readonly Type[]) => {
  const types: Type[] = [...inputs]
  const equations: Expanded[] = []
  const sources: Source[] = []
  return {
    types,
    equations,
    source: (v: number): Source => {
      const known = sources[v]
      if (known !== undefined) return known
      const type = types[v] as Type
      const fresh: Source = { type, at: (i) => load(v, i, type.dtype) }
      sources[v] = fresh
      return fresh
    },
    /** Adds an equation, and returns the number of its first output. */
    push: (q: Omit<Expanded, 'first'>): number => {
      const first = types.length
      equations.push({ ...q, first })
      types.push(...q.outs)
      return first
    },
  }
}
type Equations = ReturnType<typeof makeEquations>

/** Adds a Scatter: as a form, or as what the back end has instead. Returns the number of the result. */
const pushScatter = (
  { push, source }: Equations,
  { op, meaning: m, args, out }: Pick<Expanded, 'op' | 'args'> & { readonly meaning: Scatter; readonly out: Type },
  segments: number | undefined,
): number => {
  const given = args.map(source)
  const { batches, places } = scatterSizes(m, nth(given, 0).type.shape, nth(given, 1).type.shape)
  const elements = sizeOf(out.shape)
  const isRow = segments === undefined && batches * places > 0 && batches * places <= fewPlaces
  if ((places <= fewPlaces && !(isRow && elements >= largeArray)) || isShort(m, places, elements, segments))
    return push({ op, meaning: scatterKernel(m, given), args, outs: [out] })
  if (segments === undefined) return push({ op, meaning: m, args, outs: [out] })
  const store = (meaning: Expanded['meaning'], of: readonly number[], type: Type): number =>
    push({ op, meaning, args: of, outs: [type] })
  return segmentsOf(m, args, out, { store, source })
}

export const expand = (p: Closed, { segments, noise, outermost = false }: Expansion = {}): ExpandedProgram => {
  const found = makeEquations(p.inputs.map((i) => i.type))
  const { types, equations, push, source } = found
  const plainly = (q: Equation, args: readonly number[]): MeaningOver => ({
    meaning: entryOf(q.op).meaning(q.attrs, args.map(source), q.outs),
    args,
    finish: (result) => result,
  })
  const noisy = noise && addNoise(noise, { push, source, plainly })
  const meaningOf = noisy?.meaningOf ?? plainly
  /** Adds the equations of a body over these inputs, and returns its outputs. All values have one numbering. */
  const run = (body: Closed, inputs: readonly number[]): readonly number[] => {
    const v = [...inputs]
    for (const q of body.equations) {
      const { meaning, args, finish } = meaningOf(
        q,
        q.args.map((a) => v[a] as number),
      )
      if (meaning._tag === 'Inline') for (const o of run(meaning.body, args)) v.push(o)
      else {
        const first =
          meaning._tag === 'Scatter'
            ? pushScatter(found, { op: q.op, meaning, args, out: nth(q.outs, 0) }, segments)
            : push({ op: q.op, meaning, args, outs: q.outs })
        q.outs.forEach((_, k) => {
          v.push(finish(first + k))
        })
      }
    }
    return body.outputs.map((o) => v[o] as number)
  }
  const inputs = p.inputs.map((_, k) => k)
  const outputs = run(p, outermost && noisy ? inputs.map(noisy.rounded) : inputs)
  return { inputs: p.inputs.map((i) => i.type), types, equations, outputs }
}
