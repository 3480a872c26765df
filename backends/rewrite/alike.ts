/**
 * Kernels of one form are equal but for the names of their indices. Real programs consist of few forms, each many times:
 * what depends on the form alone is computed once for all of them.
 */
import type { Index, Scalar } from '../../lang/kernel/index.ts'

export interface KernelBody {
  readonly indices: readonly Index[]
  readonly body: Scalar
}
const spell = (x: number): string => (Object.is(x, -0) ? '-0' : String(x))

/** The text of a kernel, part by part, each numbered: equal texts mean equal forms. */
const textOf = ({ indices, body }: KernelBody): string => {
  const numbers = new Map<Scalar, number>()
  let text = ''
  const add = (s: Scalar, line: string): number => {
    text += s.range === undefined ? `${line};` : `${line} ${s.range[0]} ${s.range[1]};`
    numbers.set(s, numbers.size)
    return numbers.size - 1
  }
  const index = (i: Index): number => numbers.get(i) ?? add(i, `i${i.size}`)
  const list = (xs: readonly Scalar[]): string => {
    let numbered = ''
    for (const x of xs) numbered += ` ${go(x)}`
    return numbered
  }
  const go = (s: Scalar): number => {
    const known = numbers.get(s)
    if (known !== undefined) return known
    switch (s._tag) {
      case 'Num':
        return add(s, `n${s.dtype} ${spell(s.value)}`)
      case 'Index':
        return index(s)
      case 'Load':
        return add(s, `l${s.dtype} ${s.source}:${list(s.at)}`)
      case 'Call':
        return add(s, `${s.fn} ${s.dtype}${list(s.args)}`)
      case 'Reduce': {
        const loop = index(s.index)
        return add(s, `r${s.by} ${s.dtype} ${loop} ${go(s.body)}`)
      }
    }
  }
  for (const i of indices) index(i)
  const whole = go(body)
  return `${text}${whole}`
}
const known = new WeakMap<Scalar, { readonly indices: readonly Index[]; readonly form: string }>()
/** Kernels have equal texts only if they are equal but for the names of their indices. */
export const formOf = (k: KernelBody): string => {
  const found = known.get(k.body)
  if (found?.indices === k.indices) return found.form
  const form = textOf(k)
  known.set(k.body, { indices: k.indices, form })
  return form
}
/**
 * The same function, computed once for all kernels of a form: with the names of the first one. `more`: what else the
 * result depends on.
 */
export const oncePerForm = <K extends KernelBody, A>(
  f: (k: K) => A,
  more: (k: K) => string = () => '',
): ((k: K) => A) => {
  const results = new Map<string, { readonly result: A }>()
  return (k) => {
    const form = `${more(k)} ${formOf(k)}`
    const found = results.get(form) ?? { result: f(k) }
    results.set(form, found)
    return found.result
  }
}
