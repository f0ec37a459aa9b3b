export { hurried } from './hurried.ts'
export { ManualClock } from './manual-clock.ts'
