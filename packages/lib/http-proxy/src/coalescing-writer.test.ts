import { Writable } from 'node:stream'
import { describe, expect, test } from '@jest/globals'
import { CoalescingWriter } from './coalescing-writer.ts'

/** A socket whose kernel takes one write at a time, when told to. */
function slowSocket() {
  const written: string[] = []
  let done: (() => void) | undefined
  const accept = (text: string, callback: () => void) => {
    written.push(text)
    done = callback
  }
  const socket = new Writable({
    decodeStrings: false,
    highWaterMark: 64 << 10,
    write: (chunk: Buffer | string, _encoding, callback) => accept(chunk.toString('latin1'), callback),
    writev: (pieces, callback) =>
      accept(pieces.map(({ chunk }) => (chunk as Buffer | string).toString('latin1')).join(''), callback),
  })
  return {
    socket,
    written,
    async take() {
      const taken = done
      done = undefined
      taken?.()
      await new Promise((resolve) => setImmediate(resolve))
    },
  }
}

const turn = () => new Promise((resolve) => setImmediate(resolve))
const large = Buffer.alloc(10 << 10, 'x')

describe('CoalescingWriter', () => {
  test('what is small and of one turn leaves in one write', async () => {
    const { socket, written } = slowSocket()
    const writer = new CoalescingWriter(socket, () => {})
    writer.text('head ')
    expect(writer.chunk('5 ', Buffer.from('small'), ' ')).toBe(true)
    writer.text('tail')
    expect(written).toEqual([])
    await turn()
    expect(written).toEqual(['head 5 small tail'])
  })

  test('what is large leaves at once, with the text around it', () => {
    const { socket, written } = slowSocket()
    const writer = new CoalescingWriter(socket, () => {})
    writer.text('head ')
    writer.chunk('before ', large, ' after')
    expect(written).toEqual([`head before ${large} after`])
  })

  test('tells once when everything is out, also what was added while waiting', async () => {
    let told = 0
    const { socket, take } = slowSocket()
    const writer = new CoalescingWriter(socket, () => told++)
    expect(writer.chunk('', large, '')).toBe(false)
    writer.text('more')
    await turn()
    await take()
    expect(told).toBe(0)
    await take()
    expect(told).toBe(1)
    await turn()
    expect(told).toBe(1)
  })

  test('a peer that is now slow, now fast is heard of each time that it was slow', async () => {
    let told = 0
    let slow = true
    let done = () => {}
    const socket = new Writable({
      decodeStrings: false,
      write: (chunk: Buffer | string, _encoding, callback) => {
        if (slow && chunk.length > 0) done = callback
        else callback()
      },
    })
    const writer = new CoalescingWriter(socket, () => told++)
    let expected = 0
    for (const next of [true, true, false, false, true, false, true, true]) {
      slow = next
      expect(writer.chunk('', large, '')).toBe(!slow)
      await turn()
      expect(told).toBe(expected)
      if (!slow) continue
      done()
      await turn()
      expect(told).toBe(++expected)
    }
    expect(socket.listenerCount('drain')).toBe(1)
  })

  test('small pieces pile up only to the high-water mark', async () => {
    let told = 0
    const { socket, take } = slowSocket()
    const writer = new CoalescingWriter(socket, () => told++)
    const small = Buffer.alloc(4 << 10, 's')
    let count = 0
    while (writer.chunk('', small, '')) count++
    expect(count).toBeLessThan(40)
    await turn()
    while (told === 0) await take()
    expect(writer.chunk('', small, '')).toBe(true)
  })

  test('who was told to wait is told to go on, also after a piece that the kernel took at once', async () => {
    let told = 0
    const socket = new Writable({
      decodeStrings: false,
      highWaterMark: large.length,
      write: (_chunk, _encoding, callback) => callback(),
      writev: (_pieces, callback) => callback(),
    })
    const writer = new CoalescingWriter(socket, () => told++)
    expect(writer.chunk('a', large, 'b')).toBe(true)
    expect(socket.writableNeedDrain).toBe(true)
    expect(writer.chunk('', Buffer.from('small'), '')).toBe(false)
    expect(writer.chunk('a', large, 'b')).toBe(false)
    await turn()
    expect(told).toBe(1)
  })
})
