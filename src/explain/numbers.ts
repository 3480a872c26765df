/** Numbers as text for readers: six significant digits, and the first few elements of an array. */

export const showNumber = (x: number): string => {
  if (!Number.isFinite(x) || Object.is(x, -0)) return Object.is(x, -0) ? '0' : String(x)
  const short = Number(x.toPrecision(6))
  return Math.abs(short) >= 1e6 || (short !== 0 && Math.abs(short) < 1e-4) ? short.toExponential() : String(short)
}
const shown = 4
export const showNumbers = (xs: readonly number[]): string =>
  xs.length === 1
    ? showNumber(xs[0] as number)
    : `[${xs.slice(0, shown).map(showNumber).join(', ')}${xs.length > shown ? ', ...' : ''}]`
