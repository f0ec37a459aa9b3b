export { AdsClient } from './ads-client.ts'
export { accept, refuse } from './answers.ts'
