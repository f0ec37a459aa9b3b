export * from './objects.ts'
export * from './settings.ts'
