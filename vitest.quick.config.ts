import { defineConfig } from 'vitest/config'

/**
 * npm run test:quick, for the minutes between two edits: the types, the dictionary and its laws, special values,
 * transformations, text and the order of imports. It leaves out back ends, training, examples, and, by their names, the
 * tests of large programs and of random ones. Before a commit, npm test.
 */
export default defineConfig({
  test: {
    include: [
      'test/*.test.ts',
      'test/lang/**/*.test.ts',
      'test/src/index.test.ts',
      'test/src/transform/**/*.test.ts',
      'test/types/{gather,messages,operations,reductions,shapes}.test.ts',
    ],
    exclude: [
      'test/{ci,course,examples,package,readme}.test.ts',
      'test/lang/operations/{laws,linalg,random}.test.ts',
      'test/lang/text/{fuzz,json}.test.ts',
      'test/src/transform/cost.test.ts',
    ],
    testNamePattern: /^(?!.*(\bsize\b|200,000|random programs|gpujs))/,
    globalSetup: ['test/seed.ts'],
    setupFiles: ['test/setup.ts'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
})
