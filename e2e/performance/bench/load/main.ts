/** The load process: holds the backend, runs one `LoadTask` at a time, both told and answered over IPC. */
import { startBackend } from './backend.ts'
import { runLoad } from './run-load.ts'
import type { LoadTask } from './task.ts'

const backend = await startBackend(Number(process.argv[2]))
process.on('message', (task: LoadTask) => {
  runLoad(task).then(
    (result) => process.send!({ result }),
    (error: Error) => process.send!({ error: error.message }),
  )
})
process.on('disconnect', () => process.exit(0))
process.send!({ backendPort: backend.port })
