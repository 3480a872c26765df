/**
 * A scalar function of a shading language, computed as a device with IEEE arithmetic in float32 would: the source is
 * read, and every result of an operation is rounded.
 */
import type { Functions } from '../../../backends/gpujs/source/syntax.ts'

const token = /\s*(Math\.\w+|[A-Za-z_]\w*|\d+(?:\.\d*)?(?:e[+-]?\d+)?|[=!]==|[<>]=|&&|\|\||.)/gy
const levels: readonly (readonly string[])[] = [
  ['||'],
  ['&&'],
  ['===', '!=='],
  ['<', '>', '<=', '>='],
  ['+', '-'],
  ['*', '/', '%'],
]
/** The same expression, in which F is Math.fround. */
const rounded = (source: string): string => {
  const tokens = [...source.matchAll(token)].map(([, t]) => t as string)
  let next = 0
  const take = (): string => tokens[next++] as string
  const skip = (t: string): void => {
    if (take() !== t) throw new Error(`expected ${t} in ${source}`)
  }
  const inBrackets = (): readonly string[] => {
    skip('(')
    const items = [choice()]
    while (tokens[next] === ',') {
      next++
      items.push(choice())
    }
    skip(')')
    return items
  }
  const atom = (): string => {
    const t = tokens[next] as string
    if (t === '(') return `(${inBrackets()[0]})`
    next++
    if (t === '-' || t === '!') return `(${t}${atom()})`
    return t.startsWith('Math.') ? `F(${t}(${inBrackets().join(',')}))` : /^\d/.test(t) ? `F(${t})` : t
  }
  const binary = (level: number): string => {
    const operators = levels[level]
    if (operators === undefined) return atom()
    let left = binary(level + 1)
    while (operators.includes(tokens[next] ?? '')) {
      const op = take()
      const both = `(${left}${op}${binary(level + 1)})`
      left = '+-*/%'.includes(op) ? `F${both}` : both
    }
    return left
  }
  const choice = (): string => {
    const test = binary(0)
    if (tokens[next] !== '?') return test
    next++
    const yes = choice()
    skip(':')
    return `(${test}?${yes}:${choice()})`
  }
  const all = choice()
  if (next !== tokens.length) throw new Error(`${source} is more than an expression`)
  return all
}

export const inFloat32 = (functions: Functions, name: keyof Functions): ((x: number, y: number) => number) => {
  const lines: string[] = []
  const bind = (code: string): string => {
    lines.push(`const v${lines.length}=${rounded(code)};`)
    return `v${lines.length - 1}`
  }
  const result = rounded(functions[name].text(['x', 'y'], bind))
  // the source consists of sums, products and choices: gpu.js evaluates it as JavaScript too
  return new Function('F', `return (x,y)=>{${lines.join('')}return ${result}}`)(Math.fround)
}
