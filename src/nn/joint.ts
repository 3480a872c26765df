/** A layer of several layers: each of its trees is a tuple or a record, with a member for each part. */
import type { AnyTree } from '../../lang/control/types.ts'
import { typed } from '../../lang/syntax/typed.ts'
import { foldIn } from '../random/key.ts'
import { type Context, type Layer, layer, layerAs, type Mode } from './layer.ts'
import type { EachNumber, Opaque } from './rule.ts'

/** A layer; or a plain function of one array: relu, softmax(), (x) => mul(x, 2); or an array of such, in sequence. */
export type Stage = Layer | ((x: AnyTree) => unknown) | readonly Stage[]
const isList = (s: Stage): s is readonly Stage[] => Array.isArray(s)

const nameOf = (f: object & { readonly name: string }): string =>
  // a function that is a primitive has its entry
  'entry' in f ? (f.entry as { readonly name: string }).name : f.name || 'a function'
/** A function without parameters, or layers in sequence, as one layer. */
export const stage = (s: Stage): Layer =>
  isList(s)
    ? inSequence(s)
    : typeof s === 'function'
      ? layer<EachNumber | Opaque>()({ name: nameOf(s), apply: (_, state, __, a) => [s(a), state] })
      : s

/** `apply` on untyped trees of expressions. */
type Apply = (params: unknown, state: unknown, context: Context<unknown>, a: unknown) => readonly [unknown, unknown]
/** A member for each part. */
type Members<T = AnyTree> = { readonly [part: string | number]: T }
type Run = (part: string | number, a: unknown) => unknown

/**
 * A layer of parts, in a tuple or a record, which also is the form of its trees. `through` says what every part gets, and
 * what comes out. Each part starts from its own child of the key.
 */
export const joint = <L extends Layer>(
  name: string,
  stages: Members<Stage> | readonly Stage[],
  through: (run: Run, a: AnyTree) => unknown,
  parts: readonly Layer[] = [],
): L => {
  const keys = Object.keys(stages)
  const layers = Object.values(stages).map(stage)
  const stepped = (length: number): Members<Stage> | readonly Stage[] => {
    const steps = layers.map((l) => l.step(length))
    return Array.isArray(stages) ? steps : Object.fromEntries(steps.map((l, k) => [keys[k], l]))
  }
  const applies = Object.fromEntries(layers.map((l, k) => [keys[k], typed<Apply>(l.apply)]))
  const members = (of: readonly unknown[]): Members =>
    Array.isArray(stages) ? of : Object.fromEntries(of.map((x, k) => [keys[k], x]))
  return layerAs({
    name,
    params: members(layers.map((l) => l.params)),
    state: members(layers.map((l) => l.state)),
    keys: members(layers.map((l) => l.keys)),
    takes: layers[0]?.rule.takes,
    parts,
    step: (length) => joint(name, stepped(length), through),
    init: (key) => {
      const starts = layers.map((l, k) => l.init(foldIn(k)(key)))
      return { params: members(starts.map((s) => s.params)), state: members(starts.map((s) => s.state)) }
    },
    apply: (params: Members, state: Members, { mode, key }: { readonly mode: Mode; readonly key: Members }, a) => {
      const next: { [part: string | number]: unknown } = { ...state }
      const run: Run = (k, x) => {
        const apply = applies[k] as Apply // `through` runs the parts that there are
        const [b, after] = apply(params[k], next[k], { mode, key: key[k] }, x)
        next[k] = after
        return b
      }
      const b = through(run, a)
      return [b, members(keys.map((k) => next[k]))]
    },
  })
}
/** `joint` on a tuple: name(part, part, ...). */
export const jointly = <L extends Layer>(
  name: string,
  stages: readonly Stage[],
  through: (run: Run, a: AnyTree) => unknown,
): L => {
  const parts = stages.map(stage)
  return joint(`${name}(${parts.map((p) => p.name).join(', ')})`, parts, through, name === 'sequential' ? parts : [])
}
/** Each takes the output of the one before it. */
export const inSequence = <L extends Layer>(stages: readonly Stage[]): L =>
  jointly('sequential', stages, (run, a) => stages.reduce((x, _, i) => run(i, x), a))
