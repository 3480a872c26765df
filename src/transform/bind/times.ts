/** When the values of a program with known inputs are computed: once, or with the other inputs. */
import { isView } from '../../../lang/kernel/count.ts'
import { buffers, index } from '../../../lang/kernel/index.ts'
import { entryOf } from '../../../lang/primitives/index.ts'
import { at, type Closed, type Equation, typesOf } from '../../../lang/syntax/closed.ts'
import { type Expr, type Maybe, node } from '../../../lang/syntax/expr.ts'
import { sizeOf, type Type } from '../../../lang/syntax/shape.ts'

/** When the values of a program are computed: each is in `once`, in `rest`, or cheap enough for both. */
interface Times {
  /** Whether a value depends on known inputs alone. */
  readonly known: readonly boolean[]
  /** Whether `rest` computes a value, from other values there. */
  readonly late: readonly boolean[]
  /** The values that `once` hands over. */
  readonly handed: readonly number[]
}
/**
 * Whether storing the result would cost more than computing it again: constants, indices and tests of indices, and arrays
 * that repeat the numbers of a smaller one.
 */
const isCheap = (q: Equation, types: readonly Type[], generated: readonly boolean[]): boolean => {
  const [out] = q.outs
  if (q.outs.length !== 1 || out === undefined) return false
  if (q.args.length === 0) return true
  const meaning = entryOf(q.op).meaning(q.attrs, buffers(at(types, q.args)), q.outs)
  if (meaning._tag !== 'Kernel') return false
  const element = meaning.at(out.shape.map(index))
  const read = at(types, q.args).reduce((n, t) => n + sizeOf(t.shape), 0)
  return q.args.every((a) => generated[a]) && out.dtype !== 'real'
    ? element._tag !== 'Reduce'
    : isView(element) && sizeOf(out.shape) > read
}
/** `marks`: the inputs that are known. */
export const timesOf = (p: Closed, marks: readonly boolean[]): Times => {
  const types = typesOf(p)
  const unknown = marks.map((m) => !m)
  const generated: boolean[] = marks.map(() => false)
  const late = [...unknown]
  for (const q of p.equations) {
    const moves = q.args.some((a) => unknown[a])
    const cheap = !moves && isCheap(q, types, generated)
    for (const _ of q.outs) {
      unknown.push(moves)
      late.push(moves || cheap)
      generated.push(cheap && q.args.every((a) => generated[a]))
    }
  }
  return { late, known: unknown.map((u) => !u), handed: handedOver(p, late) }
}
/** The values that are not late, and that outputs or the late values behind them read. */
const handedOver = (p: Closed, late: readonly boolean[]): readonly number[] => {
  const needed = new Set(p.outputs)
  for (const q of [...p.equations].reverse())
    if (late[q.first] && q.outs.some((_, k) => needed.has(q.first + k))) for (const a of q.args) needed.add(a)
  return [...needed].filter((v) => !late[v]).sort((a, b) => a - b)
}

/** Every value that is late, from those that are handed over and from the unknown inputs. */
export const lateValues = (
  p: Closed,
  { late, handed }: Times,
  kept: readonly Expr[],
  inputs: readonly Maybe[],
): readonly Maybe[] => {
  const v: Maybe[] = [...inputs]
  handed.forEach((k, i) => {
    v[k] = kept[i]
  })
  for (const q of p.equations)
    if (late[q.first])
      node(q.op, q.attrs, at(v, q.args) as readonly Expr[], q.outs).forEach((e, i) => {
        v[q.first + i] = e
      })
  return v
}
