/** Kernels as gpu.js takes them, in every mode: a JavaScript function of flat arrays, whose numbers are floats. */
import { literal } from './sourceTerms.ts'
import type { Notation } from './syntax.ts'

export const gpujsNotation: Notation = {
  kernel: ({ arrays, numbers, lines, results }) => {
    const result = results.length === 1 ? results[0] : `[${results.join(',')}]`
    return `function(${[...arrays, ...numbers].join(',')}){\n${lines.join('\n')}\nreturn ${result};\n}`
  },
  constant: (name, value) => `const ${name}=${value};`,
  variable: (name, value) => `let ${name}=${value};`,
  assign: (variable, value) => `${variable}=${value};`,
  loop: (counter, size) => [`for(let ${counter}=0;${counter}<${size};${counter}++){`, '}'],
  thread: { x: 'this.thread.x', y: 'this.thread.y' },
  load: (array, address) => `${array}[${address}]`,
  clamp: (address, last) => `Math.max(0,Math.min(${last},${address}))`,
  number: literal,
  // in WebGL a variable is an integer where its first value is written as one
  initial: (v) => (v === 0 ? '0.0' : v === 1 ? '1.0' : literal(v)),
  select: (condition, yes, no) => `(${condition}?${yes}:${no})`,
  truth: (v) => (v ? '(1>0)' : '(0>1)'),
  toCondition: (value) => `(${value}!==0.0)`,
  fromCondition: (condition) => `(${condition}?1.0:0.0)`,
  accumulate: {
    add: (sum, term) => `${sum}+${term}`,
    mul: (sum, term) => `${sum}*${term}`,
    max: (sum, term) => `Math.max(${sum},${term})`,
    min: (sum, term) => `Math.min(${sum},${term})`,
  },
}
