export * from './complaints.ts'
export * from './field-errors.ts'
