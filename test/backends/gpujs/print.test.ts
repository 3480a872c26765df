/** The printer knows of a language what its record says: the same kernels in gpu.js, and in C++ by another record. */
import { expect, test } from 'vitest'
import { traits } from '../../../backends/gpujs/device/modes.ts'
import { native } from '../../../backends/gpujs/source/functions.ts'
import { printThread } from '../../../backends/gpujs/source/print.ts'
import type { Arguments, Bind } from '../../../backends/gpujs/source/sourceTerms.ts'
import type { Functions, Syntax } from '../../../backends/gpujs/source/syntax.ts'
import { rows } from '../../../backends/gpujs/source/threadLayout.ts'
import { plain, type Shaped } from '../../../backends/gpujs/source/threads.ts'
import { type KernelStep, kernelsOf } from '../../../backends/schedule/plan.ts'
import { schedule } from '../../../backends/schedule/schedule.ts'
import { concat, exp, matmul, mul, programOrThrow, real, reduceMax } from '../../../src/index.ts'
import type { AnyProgram } from '../execution.ts'

const numberInC = (v: number): string => {
  if (!Number.isFinite(v)) return Number.isNaN(v) ? 'NAN' : v > 0 ? 'INFINITY' : '(-INFINITY)'
  const text = `${String(v)}${Number.isInteger(v) && Math.abs(v) < 1e21 ? '.0' : ''}f`
  return v < 0 || Object.is(v, -0) ? `(${text})` : text
}
/** The texts of gpu.js with the names of C. */
const inC = (functions: Functions): Functions =>
  Object.fromEntries(
    Object.entries(functions).map(([name, term]) => [
      name,
      {
        ...term,
        text: (args: Arguments, bind: Bind) => toC(term.text(args, (code) => bind(toC(code)))),
      },
    ]),
  ) as unknown as Functions // fromEntries keeps no names
const toC = (text: string): string =>
  text
    .replace(/Math\.(max|min|abs)/g, 'std::f$1')
    .replaceAll('Math.', 'std::')
    .replace(/([=!]=)=/g, '$1')

const cpp: Syntax = {
  kernel: ({ arrays, numbers, lines, results }) => {
    const parameters = [...arrays.map((a) => `const float* ${a}`), ...numbers.map((n) => `float ${n}`), 'Thread thread']
    const type = results.length === 1 ? 'float' : `std::array<float, ${results.length}>`
    const result = results.length === 1 ? results[0] : `{${results.join(', ')}}`
    return `${type} kernel(${parameters.join(', ')}) {\n${[...lines, `return ${result};`].join('\n')}\n}`
  },
  constant: (name, value) => `const auto ${name} = ${value};`,
  variable: (name, value) => `float ${name} = ${value};`,
  assign: (variable, value) => `${variable} = ${value};`,
  loop: (counter, size) => [`for (int ${counter} = 0; ${counter} < ${size}; ${counter}++) {`, '}'],
  thread: { x: 'thread.x', y: 'thread.y' },
  load: (array, address) => `${array}[${address}]`,
  clamp: (address, last) => `std::clamp(${address}, 0, ${last})`,
  number: numberInC,
  initial: numberInC,
  select: (condition, yes, no) => `(${condition} ? ${yes} : ${no})`,
  truth: String,
  toCondition: (value) => `(${value} != 0)`,
  fromCondition: (condition) => `(${condition} ? 1.0f : 0.0f)`,
  accumulate: {
    add: (a, b) => `${a} + ${b}`,
    mul: (a, b) => `${a} * ${b}`,
    max: (a, b) => `std::fmax(${a}, ${b})`,
    min: (a, b) => `std::fmin(${a}, ${b})`,
  },
  functions: inC(native),
  integral: inC(native),
  quotient: (x, n) => `(int(${x}) / ${n})`,
  hasSpecials: true,
  traps: true,
}

const kernelOf = (p: unknown): Shaped => {
  const plan = schedule((p as AnyProgram).closed)
  const k = kernelsOf(plan).at(-1) as KernelStep
  const shapes = k.reads.map((v) => plan.types[v]?.shape ?? [])
  return plain(k.indices, k.body, shapes, rows(k.indices.map((i) => i.size)))
}
const printed = (p: unknown, syntax: Syntax): string =>
  printThread(kernelOf(p).thread, syntax, traits.cpu.unroll).source

const product = programOrThrow([real(4, 40), real(40, 9)], ([a, b]) => matmul(a, b))
const reduced = programOrThrow(real(3, 20, 2), (x) => reduceMax(1)(exp(mul(x, -2))))
const joined = programOrThrow([real(5, 3), real(4, 3)], ([x, y]) => mul(concat(0)([x, y]), 2))

test('a product in C++', () => {
  expect(printed(product, cpp)).toMatchInlineSnapshot(`
    "float kernel(const float* a0, const float* a1, Thread thread) {
    float r0 = 0.0f;
    for (int k1 = 0; k1 < 5; k1++) {
    r0 = r0 + (a0[thread.y*40+k1*8]*a1[thread.x+k1*72]);
    r0 = r0 + (a0[thread.y*40+k1*8+1]*a1[thread.x+k1*72+9]);
    r0 = r0 + (a0[thread.y*40+k1*8+2]*a1[thread.x+k1*72+18]);
    r0 = r0 + (a0[thread.y*40+k1*8+3]*a1[thread.x+k1*72+27]);
    r0 = r0 + (a0[thread.y*40+k1*8+4]*a1[thread.x+k1*72+36]);
    r0 = r0 + (a0[thread.y*40+k1*8+5]*a1[thread.x+k1*72+45]);
    r0 = r0 + (a0[thread.y*40+k1*8+6]*a1[thread.x+k1*72+54]);
    r0 = r0 + (a0[thread.y*40+k1*8+7]*a1[thread.x+k1*72+63]);
    }
    return r0;
    }"
  `)
})
test('the largest exponentials in C++', () => {
  expect(printed(reduced, cpp)).toMatchInlineSnapshot(`
    "float kernel(const float* a0, Thread thread) {
    const auto i2 = (int(thread.x) / 2);
    const auto i3 = thread.x-2*(int(thread.x) / 2);
    float r0 = (-INFINITY);
    for (int k1 = 0; k1 < 2; k1++) {
    r0 = std::fmax(r0, std::exp((a0[i2*40+k1*16+i3]*(-2.0f))));
    r0 = std::fmax(r0, std::exp((a0[i2*40+k1*16+i3+2]*(-2.0f))));
    r0 = std::fmax(r0, std::exp((a0[i2*40+k1*16+i3+4]*(-2.0f))));
    r0 = std::fmax(r0, std::exp((a0[i2*40+k1*16+i3+6]*(-2.0f))));
    r0 = std::fmax(r0, std::exp((a0[i2*40+k1*16+i3+8]*(-2.0f))));
    r0 = std::fmax(r0, std::exp((a0[i2*40+k1*16+i3+10]*(-2.0f))));
    r0 = std::fmax(r0, std::exp((a0[i2*40+k1*16+i3+12]*(-2.0f))));
    r0 = std::fmax(r0, std::exp((a0[i2*40+k1*16+i3+14]*(-2.0f))));
    }
    r0 = std::fmax(r0, std::exp((a0[i2*40+i3+32]*(-2.0f))));
    r0 = std::fmax(r0, std::exp((a0[i2*40+i3+34]*(-2.0f))));
    r0 = std::fmax(r0, std::exp((a0[i2*40+i3+36]*(-2.0f))));
    r0 = std::fmax(r0, std::exp((a0[i2*40+i3+38]*(-2.0f))));
    return r0;
    }"
  `)
})
test('a choice by index in C++', () => {
  expect(printed(joined, cpp)).toMatchInlineSnapshot(`
    "float kernel(const float* a0, const float* a1, Thread thread) {
    const auto i0 = (int(thread.x) / 3);
    return (((i0<5.0f) ? a0[std::clamp(thread.x, 0, 14)] : a1[std::clamp(thread.x+(-15), 0, 11)])*2.0f);
    }"
  `)
})
test('the product in gpu.js', () => {
  expect(printed(product, traits.cpu.syntax)).toMatchInlineSnapshot(`
    "function(a0,a1){
    let r0=0.0;
    for(let k1=0;k1<5;k1++){
    r0=r0+(a0[this.thread.y*40+k1*8]*a1[this.thread.x+k1*72]);
    r0=r0+(a0[this.thread.y*40+k1*8+1]*a1[this.thread.x+k1*72+9]);
    r0=r0+(a0[this.thread.y*40+k1*8+2]*a1[this.thread.x+k1*72+18]);
    r0=r0+(a0[this.thread.y*40+k1*8+3]*a1[this.thread.x+k1*72+27]);
    r0=r0+(a0[this.thread.y*40+k1*8+4]*a1[this.thread.x+k1*72+36]);
    r0=r0+(a0[this.thread.y*40+k1*8+5]*a1[this.thread.x+k1*72+45]);
    r0=r0+(a0[this.thread.y*40+k1*8+6]*a1[this.thread.x+k1*72+54]);
    r0=r0+(a0[this.thread.y*40+k1*8+7]*a1[this.thread.x+k1*72+63]);
    }
    return r0;
    }"
  `)
})
test('the choice where conditions are numbers', () => {
  expect(printed(joined, traits.webgpu.syntax)).toMatchInlineSnapshot(`
    "function(a0,a1){
    const i0=Math.floor((this.thread.x+0.5)/3);
    return (((i0<5)?a0[this.thread.x]:a1[this.thread.x+(-15)])*2);
    }"
  `)
})
