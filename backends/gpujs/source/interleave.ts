/**
 * Puts the results of threads that compute four elements each in row-major order. `inner`: the number of elements
 * after the axis along which a thread computes four. Component c of cell q inner + x is element (4 q + c) inner + x.
 */

import type { Syntax } from './syntax.ts'

/** The elements that one thread computes. */
export const lanes = 4

/** The elements in order, in host memory. */
export const inOrder = (cells: Float32Array, inner: number): Float32Array => {
  const result = new Float32Array(cells.length)
  let from = 0
  for (let to = 0; to < cells.length; to += lanes * inner)
    for (let x = to; x < to + inner; x++)
      for (let c = 0; c < lanes; c++) result[x + c * inner] = cells[from++] as number // cells has as many
  return result
}
/** A kernel that puts n elements in order. `byFours`: it reads cells of four numbers, else single numbers. */
export const orderingOf = (n: number, inner: number, byFours: boolean, { quotient }: Syntax): string => {
  const row = quotient('this.thread.x', inner, n)
  const cell = `q*${inner}+x`
  const head = `const y=${row};const x=this.thread.x-y*${inner};const q=${quotient('y', lanes, n)};const c=y-q*${lanes};`
  const body = byFours
    ? `const v=a[${cell}];return (c<0.5?v[0]:(c<1.5?v[1]:(c<2.5?v[2]:v[3])));`
    : `return a[(${cell})*${lanes}+c];`
  return `function(a){${head}${body}}`
}
