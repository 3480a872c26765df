/**
 * A lint: no guard around a product. `select(c, 0, x * y)`, where c depends on numbers of the program, drops what the
 * product depends on, so that its derivative is 0 where c holds. `select(c, safe, x) * y` keeps it.
 *
 * A mask is no guard: its condition depends on indices, integers or truth values that were given. Nor is a bound, as in
 * relu: there the condition compares the product itself.
 */
import { at, type Closed, inTypes, isClosed } from '../../lang/syntax/closed.ts'
import { isReal } from '../../lang/syntax/shape.ts'

const products: ReadonlySet<string> = new Set(['mul', 'div', 'pow', 'integerPow', 'contract', 'prod'])
/** They move numbers and change their signs. */
const movements: ReadonlySet<string> = new Set(['neg', 'broadcast', 'reshape', 'permute', 'slice', 'pad', 'sum'])

/**
 * Every guard around a product, as text, in a program and in the programs inside it. `numbers`: which inputs the guard may
 * not depend on; all real ones by default.
 */
export const guardsAroundProducts = (
  p: Closed,
  numbers: readonly boolean[] = inTypes(p).map(isReal),
): readonly string[] => {
  const depends = [...numbers]
  const madeBy: (string | undefined)[] = p.inputs.map(() => undefined)
  const isZero: boolean[] = p.inputs.map(() => false)
  const compared: (readonly number[])[] = p.inputs.map(() => [])
  const found: string[] = []
  for (const q of p.equations) {
    for (const a of Object.values(q.attrs))
      if (isClosed(a)) found.push(...guardsAroundProducts(a).map((g) => `${q.op}: ${g}`))
    const on = at(depends, q.args).some(Boolean)
    const [first = -1, second = -1, third = -1] = q.args
    const guarded = isZero[second] ? third : isZero[third] ? second : undefined
    const product = guarded === undefined ? undefined : madeBy[guarded]
    const bound = compared[first]?.includes(guarded ?? -1)
    if (q.op === 'select' && depends[first] && guarded !== undefined && depends[guarded] && product && !bound)
      found.push(`select of 0 or ${product}`)
    const moved = movements.has(q.op)
    for (const _ of q.outs) {
      depends.push(on)
      compared.push(q.args)
      madeBy.push(products.has(q.op) ? q.op : moved ? madeBy[first] : undefined)
      isZero.push(q.op === 'constant' ? q.attrs.value === 0 : moved && isZero[first] === true)
    }
  }
  return found
}
