export { type RecordedLine, RecordingLogger } from './recording-logger.ts'
