// The smallest inetd: runs the given script for each connection, with the connection as its input and output.
import { spawn } from 'node:child_process'
import { createServer } from 'node:net'

createServer({ allowHalfOpen: true }, (socket) => {
  const child = spawn('/bin/sh', [process.argv[2]], { stdio: ['pipe', 'pipe', 'inherit'] })
  socket.pipe(child.stdin).on('error', () => {})
  child.stdout.pipe(socket)
  socket.on('error', () => child.kill())
}).listen(process.env.PORT ?? 8080)
