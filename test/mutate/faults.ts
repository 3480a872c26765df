/**
 * Faults in source files. Named ones are text before and after; the others are made by exchanging one operator, one for
 * each file. `tests` are the files that should turn red, and `only` the names of tests to run in them.
 */
const dictionary = 'test/lang/dictionary.test.ts'
const special = 'test/lang/special.test.ts'
const elementwise = 'lang/primitives/elementwise.ts'

export interface Fault {
  readonly kind: string
  readonly file: string
  readonly before: string
  readonly after: string
  readonly tests: readonly string[]
  readonly only: string
}
export const named: readonly Fault[] = [
  {
    kind: 'guard around the product',
    file: elementwise,
    before: '  return mul(n, power(select(singular, 1, x), sub(n, 1)))',
    after: '  return select(eq(y, 0), 0, mul(n, power(select(singular, 1, x), sub(n, 1))))',
    tests: [dictionary],
    only: 'pow.* no guard',
  },
  {
    kind: 'guard around the product',
    file: elementwise,
    before: '  mul(z, log(select(and(eq(x, 0), le(0, y)), 1, select(lt(x, 0), neg(x), x))))',
    after: '  select(eq(x, 0), 0, mul(z, log(select(and(eq(x, 0), le(0, y)), 1, select(lt(x, 0), neg(x), x)))))',
    tests: [dictionary],
    only: 'pow.* no guard',
  },
  {
    kind: 'guard around the product',
    file: elementwise,
    before: '(x) => scale(cos(x))]',
    after: '(x) => scale(select(eq(x, 0), 0, mul(cos(x), 1)))]',
    tests: [dictionary],
    only: 'sin .* no guard',
  },
  {
    kind: 'guard around the product',
    file: 'lang/operations/determinant.ts',
    before: '  return reshape(lead)(mul(pivots, block as Expr))',
    after: '  return reshape(lead)(select(eq(block as Expr, 0), 0, mul(pivots, block as Expr)))',
    tests: ['test/lang/singular.test.ts'],
    only: 'det',
  },
  {
    kind: 'guard around the product',
    file: 'lang/operations/determinant.ts',
    before: 'condClosed(some, branch(minors), branch(single))',
    after: 'condClosed(some, branch(single), branch(single))',
    tests: ['test/lang/singular.test.ts'],
    only: 'det',
  },
  ...(
    [
      ['tanh', '(x) => scale(square(sech(x)))]', '(_, y) => scale(sub(1, mul(y, y)))]'],
      ['logistic', '(x) => scale(square(mul(0.5, sech(mul(0.5, x)))))]', '(_, y) => scale(mul(y, sub(1, y)))]'],
      ['expm1', '(x) => scale(exp(x))]', '(_, y) => scale(add(y, 1))]'],
    ] as const
  ).map(([name, before, after]) => ({
    kind: 'rule in terms of the output',
    file: elementwise,
    before,
    after,
    tests: ['test/lang/tails.test.ts'],
    only: name,
  })),
]

export interface Folder {
  readonly folder: string
  /** Run first: most faults turn one of them red in seconds. */
  readonly quick?: readonly string[]
  readonly tests: readonly string[]
}
/** Folders whose every file gets a fault, and the tests that should see it. */
export const folders: readonly Folder[] = [
  { folder: 'src/transform/simplify', tests: ['test/src/transform/simplify.test.ts'] },
  { folder: 'src/transform', tests: ['test/src/transform', 'test/lang/control/custom.test.ts'] },
  {
    folder: 'backends/wasm',
    quick: ['choices', 'evaluator', 'finite', 'program', 'functions', 'float64', 'assembler', 'entries'].map(
      (t) => `test/backends/wasm/${t}.test.ts`,
    ),
    tests: [
      'test/backends/wasm',
      'test/backends/rewrite/contraction.test.ts',
      'test/backends/scatter.test.ts',
      'test/campaign/backends.test.ts',
      special,
    ],
  },
  {
    folder: 'backends/gpujs',
    tests: [
      'test/backends/gpujs',
      'test/backends/auto.test.ts',
      'test/backends/errors.test.ts',
      'test/backends/integers.test.ts',
      'test/backends/programs.test.ts',
      'test/backends/entries.test.ts',
      special,
    ],
  },
  {
    folder: 'backends/schedule',
    tests: ['test/backends/schedule.test.ts', 'test/backends/plan.test.ts', 'test/backends/cost.test.ts'],
  },
  { folder: 'backends/rewrite', tests: ['test/backends/rewrite', 'test/backends/schedule.test.ts'] },
]

/** What an operator becomes. */
const exchanges: readonly (readonly [from: string, to: string])[] = [
  [' === ', ' !== '],
  [' !== ', ' === '],
  [' + ', ' - '],
  [' - ', ' + '],
  [' * ', ' + '],
  [' < ', ' <= '],
  [' <= ', ' < '],
  [' && ', ' || '],
  [' || ', ' && '],
  ['true', 'false'],
  ['false', 'true'],
  ['Math.max', 'Math.min'],
  ['Math.min', 'Math.max'],
]
const isCode = (line: string): boolean =>
  !/^\s*(\*|\/\/|\/\*|import|export type|type |interface |readonly |\| )/.test(line)
/** One operator of a line exchanged: the number of the line, and the line as it becomes. */
export interface Exchange {
  readonly row: number
  readonly from: string
  readonly to: string
  readonly line: string
}
/** Every exchange of one operator in a source text. */
export const exchangesIn = (text: string): readonly Exchange[] =>
  text.split('\n').flatMap((line, row) =>
    !isCode(line)
      ? []
      : exchanges.flatMap(([from, to]) => {
          const at = line.indexOf(from)
          return at < 0 ? [] : [{ row, from, to, line: line.slice(0, at) + to + line.slice(at + from.length) }]
        }),
  )
