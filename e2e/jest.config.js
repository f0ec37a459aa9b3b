import shared from '../jest.config.js'

/** Suites that need a running Knative. They run one after the other, since they share it. */
export default {
  ...shared,
  rootDir: '..',
  testMatch: ['<rootDir>/e2e/**/*.e2e.ts'],
  maxWorkers: 1,
  testTimeout: 120_000,
}
