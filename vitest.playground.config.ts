import { defineConfig } from 'vitest/config'

/** The playground in a headless Chromium: npm run test:playground. One worker: frames are counted. */
export default defineConfig({
  test: {
    include: ['test/playground/**/*.test.ts'],
    globalSetup: 'test/playground/setup.ts',
    pool: 'forks',
    maxWorkers: 1,
    testTimeout: 180_000,
    hookTimeout: 120_000,
  },
})
