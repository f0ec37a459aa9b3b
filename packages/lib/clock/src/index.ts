export { type Clock, sleepWith, systemClock, type Timer } from './clock.ts'
