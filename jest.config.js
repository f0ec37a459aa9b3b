/** One configuration for every package; `npm test -- packages/activator` narrows it. */
export default {
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: { parser: { syntax: 'typescript' }, target: 'es2024' },
        module: { type: 'es6' },
        sourceMaps: 'inline',
      },
    ],
  },
  testMatch: [
    '<rootDir>/packages/**/*.test.ts',
    '<rootDir>/scripts/**/*.test.ts',
    '<rootDir>/deploy/**/*.test.ts',
    '<rootDir>/e2e/**/*.test.ts',
  ],
  moduleNameMapper: { '^fast-check$': '<rootDir>/scripts/fuzz-settings.ts' },
  modulePathIgnorePatterns: ['<rootDir>/.*/dist/'],
  testTimeout: 20_000,
  reporters: ['default', ['<rootDir>/scripts/run-ends.ts', { closingMs: 30_000 }]],
}
