// Listens only after START_MS, as a program does that loads much first.
import { createServer } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'

await sleep(Number(process.env.START_MS ?? 2000))
const server = createServer((_, response) => response.end('Worth the wait!\n'))
server.listen(process.env.PORT ?? 8080)
process.on('SIGTERM', () => server.close(() => process.exit(0)))
