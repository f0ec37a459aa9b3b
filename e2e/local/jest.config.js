import shared from '../../jest.config.js'

/** Tests of local mode itself. They run one after the other, since they share a cluster. */
export default {
  ...shared,
  rootDir: '../..',
  testMatch: ['<rootDir>/e2e/local/**/*.e2e.ts'],
  maxWorkers: 1,
  testTimeout: 120_000,
}
