import { once } from 'node:events'
import { connect } from 'node:net'
import { afterEach, expect, test } from '@jest/globals'
import { ProfilingServer } from './profiling-server.ts'

let server: ProfilingServer | undefined

afterEach(() => server?.close())

async function serve(enabled: () => boolean): Promise<(path: string) => Promise<Response>> {
  server = new ProfilingServer(enabled)
  const port = await server.listen('127.0.0.1', 0)
  return (path) => fetch(`http://127.0.0.1:${port}${path}`)
}

test('answers 404 while profiling is off, and follows the switch', async () => {
  let enabled = false
  const get = await serve(() => enabled)
  expect((await get('/debug/pprof/')).status).toBe(404)
  enabled = true
  expect(await (await get('/debug/pprof/')).text()).toContain('/debug/pprof/heap')
  expect((await get('/elsewhere')).status).toBe(404)
})

test.each(['//', 'http://[', '/\\\\'])('answers 404 to %j, which is no URL, and goes on', async (target) => {
  const get = await serve(() => true)
  const port = Number(new URL((await get('/debug/pprof/')).url).port)
  const socket = connect(port, '127.0.0.1')
  socket.end(`GET ${target} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`)
  const [answer] = await once(socket.setEncoding('utf8'), 'data')
  expect(answer).toMatch(/^HTTP\/1\.1 404 /)
  expect((await get('/debug/pprof/')).status).toBe(200)
})

test('takes a CPU profile', async () => {
  const get = await serve(() => true)
  const profile = await (await get('/debug/pprof/profile?seconds=0.01')).json()
  expect(profile).toMatchObject({ nodes: expect.any(Array), startTime: expect.any(Number) })
})

test('drains: takes no more, and still sends a profile under way', async () => {
  const get = await serve(() => true)
  const profile = get('/debug/pprof/profile?seconds=1')
  let meanwhile: Response
  do meanwhile = await get('/debug/pprof/profile?seconds=0.001')
  while (meanwhile.status !== 409)
  const drained = server!.drain()
  await expect(get('/debug/pprof/')).rejects.toThrow('fetch failed')
  expect((await profile).status).toBe(200)
  await drained
})
