/** Points as one types them: x=1.2,y=[1, 2]. */
import * as E from 'fp-ts/lib/Either.js'
import type { UntypedProgram } from '../../lang/syntax/program.ts'
import { sizeOf, type Type } from '../../lang/syntax/shape.ts'
import { fault, perhaps } from './fault.ts'
import type { Read } from './read.ts'

type Inputs = UntypedProgram['closed']['inputs']
type Values = readonly number[]

const binding = /^\s*([\w.']+)\s*=\s*(?:\[([^\]]*)\]|([^,\s[\]]+))\s*(?:,|$)/
/** Names and values, in order; on the left the rest that is no binding. */
const bindings = (text: string): E.Either<string, readonly (readonly [name: string, values: Values])[]> => {
  const found: (readonly [string, Values])[] = []
  let rest = text
  while (rest.trim() !== '') {
    const [whole = '', name = '', list, single = ''] = binding.exec(rest) ?? []
    if (whole === '') return E.left(rest.trim())
    const words = list === undefined ? [single] : list.trim() === '' ? [] : list.split(',')
    found.push([name, words.map((w) => (w.trim() === '' ? Number.NaN : Number(w)))])
    rest = rest.slice(whole.length)
  }
  return E.right(found)
}
const sample = (name: string, { dtype, shape }: Type): string =>
  shape.length > 0 ? `${name}=[...]` : `${name}=${dtype === 'real' ? '1.5' : '1'}`

/** What is wrong with the values of an input, and what to write. */
const fits = (name: string, type: Type, values: Values): readonly [what: string, advice: string] | undefined => {
  const { dtype, shape } = type,
    n = sizeOf(shape)
  if (values.length !== n)
    return [
      `${name} has ${n} element${n === 1 ? '' : 's'}, and ${values.length} ${values.length === 1 ? 'is' : 'are'} given`,
      `${name}=[1, 2, ...], in row-major order`,
    ]
  if (dtype === 'int' && !values.every(Number.isInteger)) return [`${name} holds whole numbers`, `${name}=1`]
  if (dtype === 'bool' && !values.every((v) => v === 0 || v === 1)) return [`${name} is 0 or 1`, `${name}=1`]
  return undefined
}

/** The elements of every input in row-major order. `option`: the option that holds the text. */
export const parsePoint = (text: string, inputs: Inputs, option = '--at'): Read<readonly Values[]> => {
  const refused = (what: string, advice: string): Read<never> => E.left(fault(what, option, advice))
  const asked = inputs.map((i) => i.name)
  const all = inputs.map((i) => sample(i.name, i.type)).join(',')
  const read = bindings(text)
  if (E.isLeft(read)) return refused(`'${read.left}' gives no input a value`, all)
  const given = new Map(read.right)
  const unknown = [...given.keys()].find((name) => !asked.includes(name))
  if (unknown !== undefined)
    return refused(`no input is called ${unknown}`, perhaps(unknown, asked, `one of ${asked.join(', ')}`))
  if (given.size < read.right.length) return refused('an input has two values', all)
  const vague = inputs.find((i) => given.get(i.name)?.some(Number.isNaN))
  if (vague !== undefined) return refused(`the value of ${vague.name} is not a number`, sample(vague.name, vague.type))
  const missing = inputs.filter((i) => !given.has(i.name))
  if (missing.length > 0)
    return refused(
      `no value for ${missing.map((i) => i.name).join(', ')}`,
      missing.map((i) => sample(i.name, i.type)).join(','),
    )
  for (const { name, type } of inputs) {
    const wrong = fits(name, type, given.get(name) ?? [])
    if (wrong !== undefined) return refused(...wrong)
  }
  return E.right(inputs.map((i) => given.get(i.name) ?? []))
}
