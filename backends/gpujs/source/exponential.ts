/**
 * The exponential function, and functions computed from it, as gpu.js source. In WebAssembly gpu.js calls JavaScript's
 * Math.exp once per lane, where sums and products take four lanes at a time.
 */
import { erfLarge, erfMiddle, erfSmall } from './erf.ts'
import { type Bind, polynomial, repeating, type SourceTerm } from './sourceTerms.ts'

/** e^x; x is a name. */
type Exp = (x: string, bind: Bind) => string
export const mathExp: Exp = (x) => `Math.exp(${x})`

/** 2^m for an integer -75 <= m <= 64, bit by bit: gpu.js cannot set the exponent of a float. */
const powerOfTwo = (m: string, bind: Bind): string => {
  let rest = bind(`${m}+75.0`)
  let power = '2.6469779601696886e-23'
  for (const step of [64, 64, 32, 16, 8, 4, 2, 1]) {
    const is = bind(`(${rest}>=${step}.0)`)
    power = bind(`(${is}?${power}*${2 ** step}.0:${power})`)
    rest = bind(`(${is}?${rest}-${step}.0:${rest})`)
  }
  return power
}
/**
 * e^x = 2^n e^r with n = round(x / log 2). 2^n is two factors, so that neither leaves the range of float32; results
 * beyond the range are infinity and 0. Source: S. L. Moshier, Cephes, single/expf.c.
 */
export const seriesExp: Exp = (x, bind) => {
  const y = bind(`Math.max(Math.min(${x},89.0),-104.0)`)
  const n = bind(`Math.floor(${y}*1.4426950408889634+0.5)`)
  const r = bind(`(${y}-${n}*0.693359375)+${n}*2.12194440e-4`)
  const tail = [5.0000001201e-1, 1.6666665459e-1, 4.1665795894e-2, 8.3334519073e-3, 1.3981999507e-3, 1.98756915e-4]
  const p = bind(`(1.0+${r})+${r}*${r}*${polynomial(r, tail)}`)
  const half = bind(`Math.floor(${n}*0.5)`)
  const power = powerOfTwo(half, bind)
  return bind(`(${p}*${power})*(${n}-${half}>${half}?${power}+${power}:${power})`)
}

/** e^(-factor x^2), where x^2 = high^2 + (x - high)(x + high) and high^2 is exact: exp magnifies the error of x * x. */
const bell = (exp: Exp, x: string, factor: number, bind: Bind): string => {
  const y = bind(`Math.min(Math.abs(${x}),40.0)`)
  const high = bind(`Math.floor(${y}*16.0)*0.0625`)
  const first = exp(bind(`-${factor}*${high}*${high}`), bind)
  const second = exp(bind(`-${factor}*(${y}-${high})*(${y}+${high})`), bind)
  return bind(`${first}*${second}`)
}
/** erf x for |x| < 1. */
const erfNear0 = (x: string, bind: Bind): string => {
  const s = bind(`${x}*${x}`)
  return bind(`${x}*${polynomial(s, erfSmall)}`)
}
/** e^(y^2) erfc y for y >= 1. */
const scaledErfc = (y: string, bind: Bind): string => {
  const z = bind(`Math.min(Math.max(${y},1.0),40.0)`)
  const v = bind(`1.0/${z}`)
  const w = bind(`${v}*${v}`)
  return bind(`${v}*(${z}<2.0?${polynomial(w, erfMiddle)}:${polynomial(w, erfLarge)})`)
}
/** near for |y| < 1, below for y < -1, above for y > 1; NaN stays. */
const pieces = (y: string, near: string, below: string, above: string): string =>
  `(Math.abs(${y})<1.0?${near}:(${y}<0.0?${below}:(${y}===${y}?${above}:${y})))`

type Derived = 'exp' | 'expm1' | 'tanh' | 'logistic' | 'sech' | 'erf' | 'erfc' | 'gaussian' | 'normalCdf' | 'normalPdf'
/** The functions that are computed from an exponential. */
export const exponentials = (exp: Exp): { readonly [F in Derived]: SourceTerm } => ({
  exp: repeating(([x], bind) => exp(x, bind)),
  expm1: repeating(([x], bind) => {
    const small = polynomial(x, [1, 1 / 2, 1 / 6, 1 / 24, 1 / 120, 1 / 720, 1 / 5040])
    return `(Math.abs(${x})<0.4?${x}*${small}:${exp(x, bind)}-1.0)`
  }),
  /** 1 - 2 / (e^2x + 1): the definition would give infinity over infinity. */
  tanh: repeating(([x], bind) => {
    const y = bind(`Math.min(Math.abs(${x}),15.0)`)
    const z = bind(`${y}*${y}`)
    const large = bind(`1.0-2.0/(${exp(bind(`2.0*${y}`), bind)}+1.0)`)
    const small = polynomial(z, [1, -1 / 3, 2 / 15, -17 / 315, 62 / 2835, -1382 / 155925])
    return `(${y}<0.3?${x}*${small}:(${x}<0.0?(-${large}):${large}))`
  }),
  /** e^-|x| cannot overflow. */
  logistic: repeating(([x], bind) => {
    const e = exp(bind(`-Math.abs(${x})`), bind)
    return `((${x}<0.0?${e}:1.0)/(1.0+${e}))`
  }),
  sech: repeating(([x], bind) => {
    const e = exp(bind(`-Math.abs(${x})`), bind)
    return `(2.0*${e}/(1.0+${e}*${e}))`
  }),
  gaussian: repeating(([x], bind) => bell(exp, x, 1, bind)),
  normalPdf: repeating(([x], bind) => `(0.3989422804014327*${bell(exp, x, 0.5, bind)})`),
  erf: repeating(([x], bind) => {
    const y = bind(`Math.abs(${x})`)
    const tail = bind(`${bell(exp, x, 1, bind)}*${scaledErfc(y, bind)}`)
    return pieces(x, erfNear0(x, bind), `(${tail}-1.0)`, `(1.0-${tail})`)
  }),
  erfc: repeating(([x], bind) => {
    const y = bind(`Math.abs(${x})`)
    const tail = bind(`${bell(exp, x, 1, bind)}*${scaledErfc(y, bind)}`)
    return pieces(x, `(1.0-${erfNear0(x, bind)})`, `(2.0-${tail})`, tail)
  }),
  normalCdf: repeating(([x], bind) => {
    const y = bind(`${x}*0.7071067811865476`)
    const tail = bind(`0.5*${bell(exp, x, 0.5, bind)}*${scaledErfc(bind(`Math.abs(${y})`), bind)}`)
    return pieces(y, `(0.5+0.5*${erfNear0(y, bind)})`, tail, `(1.0-${tail})`)
  }),
})
