import { defineConfig } from 'vitest/config'

/** Two workers at most: the tests run beside compilers and on small machines. */
export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/seed.ts'],
    setupFiles: ['test/setup.ts'],
    // npm run test:browser, npm run test:playground
    exclude: ['test/browser/**', 'test/playground/**', '**/node_modules/**'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
})
