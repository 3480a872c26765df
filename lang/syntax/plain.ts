/**
 * Plain data: the values that an attribute may have. They hold no closures, so that programs print, parse, hash and
 * compare. A closed program is plain data too, and may be an attribute. JSON has no NaN, infinities and -0; they are
 * written as {"$": "NaN"} and so on.
 */
export type Plain = number | string | boolean | null | readonly Plain[] | { readonly [key: string]: Plain }
export type Attrs = { readonly [key: string]: Plain }

/** One object for all operations without attributes, because the text of attributes is cached per object. */
export const noAttrs: Record<never, never> = {}

const special = new Map([
  ['NaN', Number.NaN],
  ['Infinity', Number.POSITIVE_INFINITY],
  ['-Infinity', Number.NEGATIVE_INFINITY],
  ['-0', -0],
])
const isSpecial = (v: unknown): v is number => typeof v === 'number' && (!Number.isFinite(v) || Object.is(v, -0))
const spell = (v: number): string => (Object.is(v, -0) ? '-0' : String(v))

/** The text of plain data; equal data have equal texts. */
export const toJSON = (x: unknown): string => JSON.stringify(x, (_, v: unknown) => (isSpecial(v) ? { $: spell(v) } : v))

/** Law: parseJSON(toJSON(x)) = x. Throws SyntaxError, as JSON.parse: call it inside Either.tryCatch. */
export const parseJSON = (text: string): unknown =>
  JSON.parse(text, (_, v: unknown) => (v !== null && typeof v === 'object' && '$' in v ? special.get(String(v.$)) : v))

const keys = new WeakMap<object, string>()
/** Equal attributes have equal keys. */
export const keyOf = (attrs: object): string => {
  const known = keys.get(attrs)
  if (known !== undefined) return known
  const key = toJSON(attrs)
  keys.set(attrs, key)
  return key
}
export const sameAttrs = (a: object, b: object): boolean => a === b || keyOf(a) === keyOf(b)
