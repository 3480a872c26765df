/**
 * The scalar functions as gpu.js source, for modes that run on the CPU. gpu.js has most of JavaScript's Math; the other
 * functions are formulas, in float32 accuracy.
 */

import { exponentials, mathExp, seriesExp } from './exponential.ts'
import { gpujsNotation } from './notation.ts'
import { type ConditionTerm, repeating, type SourceTerm } from './sourceTerms.ts'
import type { Functions, Syntax } from './syntax.ts'

const call = (name: string): SourceTerm => ({ text: (xs) => `Math.${name}(${xs.join(',')})` })
const infix = (op: string): SourceTerm => ({ text: ([x, y]) => `(${x}${op}${y})` })
const test = (op: string): ConditionTerm => ({ condition: true, text: ([x, y]) => `(${x}${op}${y})` })
/** x - y trunc(x / y), exact for quotients up to 2^22: the product is the sum of two floats, after Dekker. */
export const remainder = repeating(([x, y], bind) => {
  const huge = bind(`(Math.abs(${y})>1e30?5.9604644775390625e-8:1.0)`) // the splitting must not overflow
  const a = bind(`Math.abs(${x})*${huge}`)
  const b = bind(`Math.abs(${y})*${huge}`)
  const q = bind(`Math.floor(${a}/${b})`)
  const split = (v: string): readonly [string, string] => {
    const c = bind(`${v}*4097.0`)
    const high = bind(`${c}-(${c}-${v})`)
    return [high, bind(`${v}-${high}`)]
  }
  const [bh, bl] = split(b)
  const [qh, ql] = split(q)
  const p = bind(`${q}*${b}`)
  const e = bind(`((${qh}*${bh}-${p})+${qh}*${bl}+${ql}*${bh})+${ql}*${bl}`)
  const r = bind(`(${a}-${p})-${e}`)
  const up = bind(`(${r}<0.0?${r}+${b}:(${r}>=${b}?${r}-${b}:${r}))`)
  const large = bind(`(${a}<${b}?${a}:${up})/${huge}`)
  return `(${large}===0.0?${x}*0.0:(${x}<0.0?(-${large}):${large}))`
})

/** Rounds halves to the even neighbour. */
const round = repeating(([x], bind) => {
  const down = bind(`Math.floor(${x})`)
  const gap = bind(`${x}-${down}`)
  const even = bind(`${down}-2.0*Math.floor(${down}*0.5)`)
  const near = bind(`(${gap}<0.5?${down}:(${gap}>0.5?${down}+1.0:(${even}<0.5?${down}:${down}+1.0)))`)
  return `(${near}===0.0?${x}*0.0:(${down}===${x}?${x}:${near}))`
})

/** The larger times sqrt(1 + quotient^2), which neither overflows nor underflows. */
const hypot = repeating(([x, y], bind) => {
  const [a, b] = [bind(`Math.abs(${x})`), bind(`Math.abs(${y})`)]
  const [high, low] = [bind(`Math.max(${a},${b})`), bind(`Math.min(${a},${b})`)]
  const q = bind(`${low}/${high}`)
  const infinite = `(${a}>3.4028234663852886e38||${b}>3.4028234663852886e38)`
  return `(${infinite}?(${a}>3.4028234663852886e38?${a}:${b}):(${high}===0.0?0.0:${high}*Math.sqrt(1.0+${q}*${q})))`
})

/** Truncates. Saturates at the largest float32 below 2^31, because 2^31 - 1 is no float32. NaN gives 0. */
const toInt = repeating(
  ([x]) => `(${x}===${x}?Math.trunc(Math.min(Math.max(${x},-2147483648.0),2147483520.0))+0.0:0.0)`,
)

/** With JavaScript's own Math, in double precision or rounded once. */
export const native: Functions = {
  neg: { text: ([x]) => `(-${x})` },
  abs: call('abs'),
  sign: call('sign'),
  floor: call('floor'),
  ceil: call('ceil'),
  round,
  sqrt: call('sqrt'),
  rsqrt: { text: ([x]) => `(1.0/Math.sqrt(${x}))` },
  exp: call('exp'),
  expm1: call('expm1'),
  log: call('log'),
  log1p: call('log1p'),
  sin: call('sin'),
  cos: call('cos'),
  tan: call('tan'),
  asin: call('asin'),
  acos: call('acos'),
  atan: call('atan'),
  sinh: call('sinh'),
  cosh: call('cosh'),
  tanh: call('tanh'),
  asinh: call('asinh'),
  acosh: call('acosh'),
  atanh: call('atanh'),
  erf: exponentials(mathExp).erf,
  erfc: exponentials(mathExp).erfc,
  gaussian: exponentials(mathExp).gaussian,
  normalCdf: exponentials(mathExp).normalCdf,
  normalPdf: exponentials(mathExp).normalPdf,
  logistic: exponentials(mathExp).logistic,
  sech: exponentials(mathExp).sech,
  add: infix('+'),
  sub: infix('-'),
  mul: infix('*'),
  div: infix('/'),
  rem: infix('%'),
  pow: call('pow'),
  atan2: call('atan2'),
  hypot,
  max: call('max'),
  min: call('min'),
  idiv: { text: ([x, y]) => `Math.floor(${x}/${y})` },
  mod: repeating(([x, y]) => `(${x}-${y}*Math.floor(${x}/${y}))`),
  lt: test('<'),
  le: test('<='),
  eq: test('==='),
  ne: test('!=='),
  and: test('&&'),
  or: test('||'),
  not: { condition: true, text: ([x]) => `(!${x})` },
  toReal: { text: ([x]) => `(${x}+0.0)` },
  toInt,
}
/** The same on integers, exact to 2^24. A quotient rounds towards 0; division by 0 gives 0. */
const integral: Functions = {
  ...native,
  neg: { text: ([x]) => `(0.0-${x})` },
  div: repeating(([x, y]) => `(${y}===0.0?0.0:Math.trunc(${x}/${y}))`),
  rem: repeating(([x, y]) => `(${y}===0.0?0.0:${x}-${y}*Math.trunc(${x}/${y}))`),
}

/** JavaScript on the CPU: double precision, with all special floats and all functions. */
export const javascript: Syntax = {
  ...gpujsNotation,
  functions: native,
  integral,
  quotient: (x, n) => `Math.floor(${x}/${n})`,
  hasSpecials: true,
  traps: true,
}
/** WebAssembly: the same in float32. */
export const single: Syntax = { ...javascript, functions: { ...native, ...exponentials(seriesExp), rem: remainder } }
