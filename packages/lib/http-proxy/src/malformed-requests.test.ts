import { describe, expect, test } from '@jest/globals'
import { malformedRequests, RawClient, rawServer, smuggledRequest, testProxy } from './testing/index.ts'

describe('requests that must not get through', () => {
  test.each(malformedRequests)('$name: $status', async ({ bytes, status }) => {
    let seen = ''
    await using upstream = await rawServer((socket) =>
      socket.on('data', (data) => {
        seen += data.toString('latin1')
        if (/^(GET|HEAD) [\s\S]*\r\n\r\n$/.test(seen))
          socket.write('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n')
      }),
    )
    await using proxy = await testProxy(upstream.port)
    using client = new RawClient(proxy.port)
    client.send(bytes + smuggledRequest)
    const text = await client.untilEnd()
    expect(text).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `))
    expect(text).toContain('Connection: close\r\n')
    expect(text.match(/^HTTP\/1\.1 /gm)).toHaveLength(1)
    expect(seen).not.toContain('smuggled')
    // Only a body can turn out bad after its head was sent on, and then no further than what was good of it.
    if (seen !== '') expect(seen).toMatch(/^POST \/ HTTP\/1\.1\r\n(?:[\s\S]*\r\n)?\r\n(?:3\r\nabc\r\n)?$/)
  })

  const refusedByHead = malformedRequests.filter(({ bytes }) => !bytes.includes('chunked\r\n\r\n'))

  test.each(refusedByHead)('$name, byte by byte: $status', async ({ bytes, status }) => {
    await using proxy = await testProxy(1)
    using client = new RawClient(proxy.port)
    client.socket.setNoDelay(true)
    for (const byte of bytes) {
      client.send(byte)
      await new Promise((resolve) => setImmediate(resolve))
    }
    expect(await client.untilEnd()).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `))
  })
})
