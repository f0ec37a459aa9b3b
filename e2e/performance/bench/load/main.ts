/**
 * The load process: holds the backends, whose ports are its arguments, and runs one `LoadTask` at a time, both told and answered over
 * IPC. Told `endOfSessions`, it closes what it keeps open.
 */
import { startBackend } from './backend.ts'
import { endSessions, runLoad } from './run-load.ts'
import { endOfSessions, type LoadTask } from './task.ts'

const backends = await Promise.all(process.argv.slice(2).map((port) => startBackend(Number(port))))
process.on('message', (task: LoadTask | typeof endOfSessions) => {
  if (task === endOfSessions) {
    endSessions()
    return
  }
  runLoad(task).then(
    (result) => process.send!({ result }),
    (error: Error) => process.send!({ error: error.message }),
  )
})
process.on('disconnect', () => process.exit(0))
process.send!({ backendPorts: backends.map(({ port }) => port) })
