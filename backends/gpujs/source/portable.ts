/**
 * The scalar functions for graphics processors, whose languages promise little accuracy: WGSL allows sin an absolute
 * error of 2^-11, atan 4096 units in the last place, tanh and sinh the cancellation of their definitions, and
 * division 2.5 units. As sums and products the functions have float32 accuracy on every device.
 *
 * Source of the coefficients: S. L. Moshier, Cephes, single/{sinf,atanf,asinf}.c.
 */
import { exponentials, mathExp } from './exponential.ts'
import { native, remainder } from './functions.ts'
import { gpujsNotation } from './notation.ts'
import { type Bind, polynomial, repeating, type SourceTerm } from './sourceTerms.ts'
import type { Functions, Syntax } from './syntax.ts'

const one = (f: (x: string, bind: Bind) => string): SourceTerm => repeating(([x], bind) => f(x, bind))

/** floor(x / y) for integers, y positive: of x + 1/2, so that rounding does not matter up to 2^20; then corrected. */
const quotientOf = (x: string, y: string, bind: Bind): string => {
  const q = bind(`Math.floor((${x}+0.5)/${y})`)
  const r = bind(`${x}-${q}*${y}`)
  return `(${r}<0.0?${q}-1.0:(${r}>=${y}?${q}+1.0:${q}))`
}

/** 2 artanh s = 2 s (1 + s^2/3 + s^4/5 + ...) for small s; log x = 2 artanh((x - 1) / (x + 1)). */
const artanhSeries = (s: string, bind: Bind): string => {
  const w = bind(`${s}*${s}`)
  return `2.0*${s}*${polynomial(w, [1, 1 / 3, 1 / 5, 1 / 7, 1 / 9, 1 / 11])}`
}
/** The logarithm outside of its domain: NaN for a negative number, -infinity for 0. */
const logOutside = (x: string): string => `(${x}<0.0?Math.sqrt(${x}):(0.0-1.0)/Math.abs(${x}))`
const logOf = (x: string, bind: Bind): string => {
  const near = bind(artanhSeries(bind(`(${x}-1.0)/(${x}+1.0)`), bind))
  return `(${x}>0.0?(Math.abs(${x}-1.0)<0.3?${near}:Math.log(${x})):${logOutside(x)})`
}
const log1pOf = (x: string, bind: Bind): string => {
  const near = bind(artanhSeries(bind(`${x}/(2.0+${x})`), bind))
  const y = bind(`1.0+${x}`)
  return `(Math.abs(${x})<0.3?${near}:(${y}>0.0?Math.log(${y}):${logOutside(y)}))`
}
const sinhSeries = [1, 1 / 6, 1 / 120, 1 / 5040, 1 / 362880]
/** Half of e^y and of e^-y. The first is a product of two e^(y/2), so that it overflows only where the result does. */
const halves = (y: string, bind: Bind): { readonly up: string; readonly down: string } => {
  const h = bind(`Math.exp(0.5*${y})`)
  return { up: bind(`(0.5*${h})*${h}`), down: bind(`0.5*Math.exp(-${y})`) }
}
const signed = (x: string, y: string): string => `(${x}<0.0?(-${y}):${y})`

/** The sum of these and the rest is pi/2 to 2^-63. These have at most 12 bits each. */
const halfPi = [1.5703125, 4.837512969970703e-4, 7.549533620476723e-8] as const
const halfPiRest = 2.5633440682570896e-12
/**
 * The sine and cosine of r = x - n pi/2, where n pi/2 is the multiple nearest to x, and q = n mod 4. n = high + low,
 * of 11 bits each: their products with the pieces of pi/2 are exact for |x| < 10^6, and so are the differences.
 * Beyond, n is inexact, so r is clamped to [-1, 1], a little more than pi/4, and no sine exceeds 1.
 */
const reduced = (x: string, bind: Bind): { readonly sine: string; readonly cosine: string; readonly q: string } => {
  const n = bind(`Math.floor(${x}*0.6366197723675814+0.5)`)
  const high = bind(`1024.0*Math.floor(${n}*0.0009765625+0.5)`)
  const low = bind(`${n}-${high}`)
  const left = halfPi.reduce((rest, c) => bind(`(${rest}-${high}*${c})-${low}*${c}`), x)
  const r = bind(`Math.max(-1.0,Math.min(1.0,${left}-${n}*${halfPiRest}))`)
  const z = bind(`${r}*${r}`)
  return {
    sine: bind(`${r}+${r}*${z}*${polynomial(z, [-1.6666654611e-1, 8.3321608736e-3, -1.9515295891e-4])}`),
    cosine: bind(
      `1.0-0.5*${z}+${z}*${z}*${polynomial(z, [4.166664568298827e-2, -1.388731625493765e-3, 2.443315711809948e-5])}`,
    ),
    q: bind(`${n}-4.0*Math.floor(${n}*0.25)`),
  }
}
/** a, b, -a, -b for q = 0, 1, 2, 3. */
const quarters = (q: string, a: string, b: string): string =>
  `(${q}<0.5?${a}:(${q}<1.5?${b}:(${q}<2.5?(-${a}):(-${b}))))`

/** atan z for |z| <= tan(pi/8). */
const atanSmall = (z: string, bind: Bind): string => {
  const w = bind(`${z}*${z}`)
  return bind(
    `${z}+${z}*${w}*${polynomial(w, [-3.33329491539e-1, 1.99777106478e-1, -1.38776856032e-1, 8.05374449538e-2])}`,
  )
}
/** atan y for y >= 0. */
const atanOf = (y: string, bind: Bind): string => {
  const z = bind(`(${y}>2.414213562373095?-1.0/${y}:(${y}>0.4142135623730950?(${y}-1.0)/(${y}+1.0):${y}))`)
  const base = bind(`(${y}>2.414213562373095?1.5707963267948966:(${y}>0.4142135623730950?0.7853981633974483:0.0))`)
  return bind(`${base}+${atanSmall(z, bind)}`)
}
/** asin y for y <= 1/2, asin sqrt((1 - y) / 2) for larger y. */
const asinSmall = (y: string, bind: Bind): string => {
  const z = bind(`(${y}>0.5?0.5*(1.0-${y}):${y}*${y})`)
  const s = bind(`(${y}>0.5?Math.sqrt(${z}):${y})`)
  const c = [1.6666752422e-1, 7.4953002686e-2, 4.5470025998e-2, 2.4181311049e-2, 4.2163199048e-2]
  return bind(`${s}+${s}*${z}*${polynomial(z, c)}`)
}

const functions: Functions = {
  ...native,
  ...exponentials(mathExp),
  rem: remainder,
  log: one(logOf),
  log1p: one(log1pOf),
  sin: one((x, bind) => {
    const { sine, cosine, q } = reduced(x, bind)
    return quarters(q, sine, cosine)
  }),
  cos: one((x, bind) => {
    const { sine, cosine, q } = reduced(x, bind)
    return quarters(q, cosine, `(-${sine})`)
  }),
  tan: one((x, bind) => {
    const { sine, cosine, q } = reduced(x, bind)
    const odd = bind(`${q}-2.0*Math.floor(${q}*0.5)`)
    return `(${odd}<0.5?${sine}/${cosine}:(-${cosine})/${sine})`
  }),
  asin: one((x, bind) => {
    const y = bind(`Math.abs(${x})`)
    const p = asinSmall(y, bind)
    return signed(x, bind(`(${y}>0.5?1.5707963267948966-2.0*${p}:${p})`))
  }),
  acos: one((x, bind) => {
    const y = bind(`Math.abs(${x})`)
    const p = asinSmall(y, bind)
    return `(${y}>0.5?(${x}<0.0?3.141592653589793-2.0*${p}:2.0*${p}):1.5707963267948966-${signed(x, p)})`
  }),
  atan: one((x, bind) => signed(x, atanOf(bind(`Math.abs(${x})`), bind))),
  atan2: repeating(([y, x], bind) => {
    const [a, b] = [bind(`Math.abs(${y})`), bind(`Math.abs(${x})`)]
    const t = atanOf(bind(`(${a}>${b}?${b}/${a}:(${b}>0.0?${a}/${b}:0.0))`), bind)
    const steep = bind(`(${a}>${b}?1.5707963267948966-${t}:${t})`)
    return signed(y, bind(`(${x}<0.0?3.141592653589793-${steep}:${steep})`))
  }),
  sinh: one((x, bind) => {
    const { up, down } = halves(bind(`Math.abs(${x})`), bind)
    const z = bind(`${x}*${x}`)
    return `(Math.abs(${x})<1.0?${x}*${polynomial(z, sinhSeries)}:${signed(x, `(${up}-${down})`)})`
  }),
  cosh: one((x, bind) => {
    const { up, down } = halves(bind(`Math.abs(${x})`), bind)
    return `(${up}+${down})`
  }),
  asinh: one((x, bind) => {
    const y = bind(`Math.abs(${x})`)
    const z = bind(`Math.min(${y},1e4)`)
    const t = bind(`${z}+${z}*${z}/(1.0+Math.sqrt(${z}*${z}+1.0))`)
    return signed(x, bind(`(${y}<1e4?${log1pOf(t, bind)}:Math.log(${y})+0.6931471805599453)`))
  }),
  acosh: one((x, bind) => {
    const y = bind(`Math.min(${x},1e4)-1.0`)
    const t = bind(`${y}+Math.sqrt(${y})*Math.sqrt(2.0+${y})`)
    return `(${x}<1e4?${log1pOf(t, bind)}:Math.log(${x})+0.6931471805599453)`
  }),
  atanh: one((x, bind) => {
    const y = bind(`Math.abs(${x})`)
    return signed(x, bind(`0.5*(${log1pOf(bind(`2.0*${y}/(1.0-${y})`), bind)})`))
  }),
  /** The power of |x|, then the sign: shading languages define no power of a negative number. */
  pow: repeating(([x, y], bind) => {
    const a = bind(`Math.abs(${x})`)
    const m = bind(`(${y}===0.0?1.0:(${a}===0.0?(${y}>0.0?0.0:1.0/${a}):Math.pow(${a},${y})))`)
    const n = bind(`Math.floor(${y})`)
    const odd = bind(`${n}-2.0*Math.floor(${n}*0.5)`)
    return `(${x}<0.0?(${n}===${y}?(${odd}>0.5?(-${m}):${m}):Math.sqrt(${x})):${m})`
  }),
}

const division: Pick<Functions, 'idiv' | 'mod'> = {
  idiv: repeating(([x, y], bind) => quotientOf(x, y, bind)),
  mod: repeating(([x, y], bind) => `(${x}-${y}*${quotientOf(x, y, bind)})`),
}
/** |x| / |y| rounded down, with the sign of x / y; division by 0 gives 0. */
const towardsZero = (x: string, y: string, bind: Bind): string => {
  const [a, b] = [bind(`Math.abs(${x})`), bind(`Math.max(Math.abs(${y}),1.0)`)]
  const q = bind(quotientOf(a, b, bind))
  return bind(`(${y}===0.0?0.0:(${x}*${y}<0.0?0.0-${q}:${q}))`)
}

/**
 * Truth is the number 1 or 0. `&&` and `||` are branches in shading languages, and an unrolled sum with guards has
 * dozens of them: one of 20 terms took a software device's compiler minutes and 20 GB.
 */
const logic: Pick<Functions, 'and' | 'or' | 'not'> = {
  and: { text: ([x, y]) => `(${x}*${y})` },
  or: { text: ([x, y]) => `Math.max(${x},${y})` },
  not: { text: ([x]) => `(1.0-${x})` },
}

export const portable: Syntax = {
  ...gpujsNotation,
  functions: { ...functions, ...division, ...logic },
  integral: {
    ...functions,
    ...division,
    ...logic,
    neg: { text: ([x]) => `(0.0-${x})` },
    div: repeating(([x, y], bind) => towardsZero(x, y, bind)),
    rem: repeating(([x, y], bind) => `(${y}===0.0?0.0:${x}-${y}*${towardsZero(x, y, bind)})`),
  },
  quotient: (x, n, size) => {
    const q = `Math.floor((${x}+0.5)/${n})`
    const r = `(${x}-${n}*${q})`
    // for x < 2^20, (x + 1/2) / n differs from the next integer by 1/(2n), at least four units in the last place
    return size <= 2 ** 20 || (n & (n - 1)) === 0 ? q : `(${q}+(${r}<0.0?-1.0:(${r}>=${n}?1.0:0.0)))`
  },
  hasSpecials: false,
  traps: false,
}
