/**
 * A small typed assembler for WebAssembly. Code is a value: a rope of bytes that leaves a number of a known type on the
 * stack, so that `f32.add(x.get, f32.const(1))` reads as it runs and `f32.add(x.get, i32.const(1))` is a type error.
 *
 * Source: WebAssembly Core Specification 2.0, chapter 5, binary format; the relaxed SIMD and threads proposals.
 */
export { type Code, type Numeric, signed, unsigned } from './code.ts'
export {
  all,
  choose,
  count,
  doWhile,
  drop,
  giving,
  type Local,
  none,
  select,
  seq,
  trap,
  when,
  whileDo,
} from './control.ts'
export { accessOf, type Element, elementOf, float32, float64, type Real, widthOf } from './element.ts'
export { exponentMask, f32, f32x4, f64, f64x2, i32, i32x4, i64, memory, v128 } from './instructions.ts'
export { type Func, type Global, type Locals, type ModuleBuilder, makeModule } from './module.ts'
