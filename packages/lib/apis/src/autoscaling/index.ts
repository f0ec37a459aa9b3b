export * from './resources.ts'
export * from './types.ts'
export * from './wire-names.ts'
