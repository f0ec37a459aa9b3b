// Fails to start: prints a message and exits, after AFTER_MS and with EXIT_CODE.
import { setTimeout as sleep } from 'node:timers/promises'

await sleep(Number(process.env.AFTER_MS ?? 0))
process.stderr.write(`${process.env.MESSAGE ?? 'the database is not there'}\n`)
process.exitCode = Number(process.env.EXIT_CODE ?? 5)
