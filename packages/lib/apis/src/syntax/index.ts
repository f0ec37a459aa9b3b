export * from './duration.ts'
export * from './go-quote.ts'
export * from './quantity.ts'
export * from './scalars.ts'
