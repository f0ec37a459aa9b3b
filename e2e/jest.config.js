import shared from '../jest.config.js'

/** The suites that run against a cluster of the user's choice; `run.ts` starts them. */
export default {
  ...shared,
  rootDir: '..',
  testMatch: ['<rootDir>/e2e/{conformance,autoscaling,data-path,ha}/**/*.e2e.ts'],
  testTimeout: 180_000,
  // `run.ts` goes on after these tests, in the same process.
  reporters: ['default'],
}
