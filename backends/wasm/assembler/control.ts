/** Statements, choices, loops, and local variables. */
import { type Code, code, type Numeric, typeByte, unsigned } from './code.ts'
import { i32 } from './instructions.ts'

export interface Local<T extends Numeric> {
  readonly type: T
  readonly get: Code<T>
  readonly set: (x: Code<T>) => Code
  readonly tee: (x: Code<T>) => Code<T>
}
export const variable = <T extends Numeric>(type: T, index: number): Local<T> => ({
  type,
  get: code(type, 0x20, unsigned(index)),
  set: (x) => code('none', x.bytes, 0x21, unsigned(index)),
  tee: (x) => code(type, x.bytes, 0x22, unsigned(index)),
})
export const none: Code = code('none')
export const seq = (...codes: readonly Code[]): Code => all(codes)
/** The same of a list of any length: a call takes only so many arguments. */
export const all = (codes: readonly Code[]): Code => ({ type: 'none', bytes: codes.map((c) => c.bytes) })
/** Computes a value and drops it. */
export const drop = (x: Code<Numeric>): Code => code('none', x.bytes, 0x1a)
/** Runs statements, then leaves a value. */
export const giving = <T extends Numeric>(statements: readonly Code[], value: Code<T>): Code<T> =>
  code(value.type, all(statements).bytes, value.bytes)
export const select = <T extends Numeric>(test: Code<'i32'>, x: Code<T>, y: Code<T>): Code<T> =>
  code(x.type, x.bytes, y.bytes, test.bytes, 0x1b)
export const choose = <T extends Numeric>(test: Code<'i32'>, yes: Code<T>, no: Code<T>): Code<T> =>
  code(yes.type, test.bytes, 0x04, typeByte[yes.type], yes.bytes, 0x05, no.bytes, 0x0b)
export const when = (test: Code<'i32'>, yes: Code, no?: Code): Code =>
  code('none', test.bytes, 0x04, 0x40, yes.bytes, ...(no ? [0x05, no.bytes] : []), 0x0b)
/** Ends the run: the host gets an exception. */
export const trap: Code = code('none', 0x00)
/** Runs the body, and again while the test holds after it. */
export const doWhile = (body: Code, test: Code<'i32'>): Code =>
  code('none', 0x03, 0x40, body.bytes, test.bytes, 0x0d, 0, 0x0b)
/** Runs the body while the test holds before it. */
export const whileDo = (test: Code<'i32'>, body: Code): Code =>
  code('none', 0x02, 0x40, 0x03, 0x40, test.bytes, 0x45, 0x0d, 1, body.bytes, 0x0c, 0, 0x0b, 0x0b)
/** i = from, from + by, ... while i < to. */
export const count = (i: Local<'i32'>, from: Code<'i32'>, to: Code<'i32'>, by: number, body: Code): Code =>
  seq(i.set(from), when(i32.lt(i.get, to), doWhile(seq(body, i.set(i32.add(i.get, i32.const(by)))), i32.lt(i.get, to))))
