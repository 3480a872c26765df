import { defineConfig } from 'vitest/config'

/** Tests in a headless Chromium: npm run test:browser. One worker: the pages share the machine with a software GPU. */
export default defineConfig({
  test: {
    include: ['test/browser/**/*.test.ts'],
    globalSetup: ['test/seed.ts', 'test/browser/setup.ts'],
    pool: 'forks',
    maxWorkers: 1,
    testTimeout: 300_000,
    hookTimeout: 300_000,
  },
})
