/**
 * Arithmetic on literal number types, as one learns it at school: digit by digit, with a carry.
 *
 * A number is its decimal text, reversed: the lowest digit first, since sums start there. So sizes of any
 * length are exact and cheap. (Counting with tuple lengths, the usual trick, ends at 999.)
 *
 * Numbers are non-negative integers below 2 ** 53. If a dimension is not known (`number` or any), the result is
 * not known. A result that does not exist (3 - 5) is `never`, and the result of an operation on `never` is `never`.
 */

/** The addition table; the row '10' is a nine that has a carry. */
type Plus = {
  '0': ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9']
  '1': ['1', '2', '3', '4', '5', '6', '7', '8', '9', '10']
  '2': ['2', '3', '4', '5', '6', '7', '8', '9', '10', '11']
  '3': ['3', '4', '5', '6', '7', '8', '9', '10', '11', '12']
  '4': ['4', '5', '6', '7', '8', '9', '10', '11', '12', '13']
  '5': ['5', '6', '7', '8', '9', '10', '11', '12', '13', '14']
  '6': ['6', '7', '8', '9', '10', '11', '12', '13', '14', '15']
  '7': ['7', '8', '9', '10', '11', '12', '13', '14', '15', '16']
  '8': ['8', '9', '10', '11', '12', '13', '14', '15', '16', '17']
  '9': ['9', '10', '11', '12', '13', '14', '15', '16', '17', '18']
  '10': ['10', '11', '12', '13', '14', '15', '16', '17', '18', '19']
}
/** The multiplication table: tens, then ones. */
type Times = {
  '0': ['00', '00', '00', '00', '00', '00', '00', '00', '00', '00']
  '1': ['00', '01', '02', '03', '04', '05', '06', '07', '08', '09']
  '2': ['00', '02', '04', '06', '08', '10', '12', '14', '16', '18']
  '3': ['00', '03', '06', '09', '12', '15', '18', '21', '24', '27']
  '4': ['00', '04', '08', '12', '16', '20', '24', '28', '32', '36']
  '5': ['00', '05', '10', '15', '20', '25', '30', '35', '40', '45']
  '6': ['00', '06', '12', '18', '24', '30', '36', '42', '48', '54']
  '7': ['00', '07', '14', '21', '28', '35', '42', '49', '56', '63']
  '8': ['00', '08', '16', '24', '32', '40', '48', '56', '64', '72']
  '9': ['00', '09', '18', '27', '36', '45', '54', '63', '72', '81']
}
type Next = {
  '0': '1', '1': '2', '2': '3', '3': '4', '4': '5', '5': '6', '6': '7', '7': '8', '8': '9', '9': '10'
}
type NineMinus = {
  '0': '9', '1': '8', '2': '7', '3': '6', '4': '5', '5': '4', '6': '3', '7': '2', '8': '1', '9': '0'
}
type Digit = keyof Next
type Bit = '0' | '1'

type Reversed<S extends string> = S extends `${infer H}${infer T}` ? `${Reversed<T>}${H}` : ''
type WithoutLeadingZeros<S extends string> =
  S extends `0${infer T}` ? T extends '' ? '0' : WithoutLeadingZeros<T> : S
type Parsed<S extends string> = S extends `${infer N extends number}` ? N : never
type Digits<N extends number> = Reversed<`${N}`>
type Value<S extends string> = Parsed<Reversed<S>>
type Trimmed<S extends string> = Parsed<WithoutLeadingZeros<Reversed<S>>>

/** a + b + carry */
type AddDigits<A extends string, B extends string, C extends Bit = '0'> =
  A extends `${infer a extends Digit}${infer As}`
    ? B extends `${infer b extends Digit}${infer Bs}` ? Carry<Plus[C extends '0' ? a : Next[a]][b], As, Bs>
      : C extends '0' ? A : Carry<Next[a], As, ''>
    : C extends '0' ? B : B extends '' ? '1' : AddDigits<B, '', C>
type Carry<Sum extends string, As extends string, Bs extends string> =
  Sum extends Digit ? `${Sum}${AddDigits<As, Bs>}`
    : Sum extends `1${infer d}` ? `${d}${AddDigits<As, Bs, '1'>}` : never

/** a - b = a + (nines - b) + 1, where the last carry drops out; without one a < b: the result is never. */
type SubDigits<A extends string, B extends string, C extends Bit = '1'> =
  A extends `${infer a extends Digit}${infer As}`
    ? B extends `${infer b extends Digit}${infer Bs}`
      ? Borrow<Plus[C extends '0' ? a : Next[a]][NineMinus[b]], As, Bs>
      : C extends '1' ? A : Borrow<Plus[a]['9'], As, ''>
    : B extends '' ? C extends '1' ? '' : never : never
type Borrow<Sum extends string, As extends string, Bs extends string> =
  Sum extends Digit ? `${Sum}${SubDigits<As, Bs, '0'>}`
    : Sum extends `1${infer d}` ? `${d}${SubDigits<As, Bs>}` : never

/** a times one digit, plus what was carried */
type Scale<A extends string, B extends Digit, C extends Digit = '0'> =
  A extends `${infer a extends Digit}${infer As}`
    ? Times[a][B] extends `${infer tens extends Digit}${infer ones extends Digit}`
      ? Plus[ones][C] extends infer d extends Digit ? `${d}${Scale<As, B, tens>}`
        : Plus[ones][C] extends `1${infer d}` ? `${d}${Scale<As, B, Next[tens] & Digit>}` : never
      : never
    : C extends '0' ? '' : C
/** a * (b + 10 c) = a * b + 10 (a * c) */
type MulDigits<A extends string, B extends string> =
  B extends `${infer b extends Digit}${infer Bs}`
    ? Bs extends '' ? Scale<A, b> : AddDigits<Scale<A, b>, `0${MulDigits<A, Bs>}`>
    : ''

/** Long division, highest digit of A first: quotient (highest first) and remainder (lowest first). */
type DivDigits<A extends string, B extends string, R extends string = '', Q extends string = ''> =
  A extends `${infer d}${infer As}`
    ? HowOften<`${d}${R}`, B> extends [infer q extends Digit, infer r extends string]
      ? DivDigits<As, B, r, `${Q}${q}`> : never
    : [Q, R]
/** How often B can be subtracted from R, and the rest. */
type HowOften<R extends string, B extends string, Q extends Digit = '0'> =
  SubDigits<R, B> extends infer r extends string
    ? [r] extends [never] ? [Q, WithoutHighZeros<R>] : HowOften<r, B, Next[Q] & Digit>
    : never
type WithoutHighZeros<R extends string> =
  R extends '0' ? '' : R extends `${infer T}0` ? WithoutHighZeros<T> : R

/** A + B */
export type Add<A extends number, B extends number> =
  [number] extends [A | B] ? number
    : A extends 0 ? B : B extends 0 ? A : Value<AddDigits<Digits<A>, Digits<B>>>
/** A - B; never when B is greater */
export type Sub<A extends number, B extends number> =
  [number] extends [A | B] ? number : B extends 0 ? A : Trimmed<SubDigits<Digits<A>, Digits<B>>>
/** A * B */
export type Mul<A extends number, B extends number> =
  [number] extends [A | B] ? number
    : A extends 0 ? 0 : B extends 0 ? 0 : A extends 1 ? B : B extends 1 ? A
      : Value<MulDigits<Digits<A>, Digits<B>>>
/** floor(A / B); never when B is 0 */
export type Div<A extends number, B extends number> =
  [number] extends [A | B] ? number
    : B extends 0 ? never : B extends 1 ? A : Parsed<WithoutLeadingZeros<DivDigits<`${A}`, Digits<B>>[0]>>
/** A - B * floor(A / B); never when B is 0 */
export type Mod<A extends number, B extends number> =
  [number] extends [A | B] ? number
    : B extends 0 ? never : B extends 1 ? 0 : Trimmed<`${DivDigits<`${A}`, Digits<B>>[1]}0`>

/** Is A <= B? `boolean` when it is not known. */
export type AtMost<A extends number, B extends number> =
  [number] extends [A | B] ? boolean : [SubDigits<Digits<B>, Digits<A>>] extends [never] ? false : true
/** Is A < B? `boolean` when it is not known. */
export type Less<A extends number, B extends number> =
  [number] extends [A | B] ? boolean : AtMost<B, A> extends true ? false : true
/** The greater of A and B. */
export type Max<A extends number, B extends number> =
  [number] extends [A | B] ? number : AtMost<A, B> extends true ? B : A
