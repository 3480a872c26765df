/** Parsers for the values of options. */
import { InvalidArgumentError } from 'commander'

export const whole =
  (least: number, most = Number.MAX_SAFE_INTEGER) =>
  (text: string): number => {
    const n = Number(text)
    if (text.trim() !== '' && Number.isSafeInteger(n) && n >= least && n <= most) return n
    throw new InvalidArgumentError(
      `a whole number, ${most === Number.MAX_SAFE_INTEGER ? `at least ${least}` : `from ${least} to ${most}`}`,
    )
  }
export const interval = (text: string): readonly [number, number] => {
  const [low, high, ...rest] = text.split(',').map((x) => (x.trim() === '' ? Number.NaN : Number(x)))
  if (low === undefined || high === undefined || rest.length > 0 || !(low < high))
    throw new InvalidArgumentError('two numbers, the smaller first: -1,1')
  return [low, high]
}
