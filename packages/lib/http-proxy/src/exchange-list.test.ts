import { Socket } from 'node:net'
import { expect, test } from '@jest/globals'
import { ExchangeBase } from './exchange-base.ts'
import { ExchangeList } from './exchange-list.ts'

class NoExchange extends ExchangeBase {
  readonly socket = new Socket()
}

test('exchanges come and go in any order', () => {
  const list = new ExchangeList()
  const [a, b, c, d] = [new NoExchange(), new NoExchange(), new NoExchange(), new NoExchange()]
  for (const exchange of [a, b, c, d]) list.add(exchange)
  expect(new Set(list)).toEqual(new Set([a, b, c, d]))
  list.remove(b)
  expect([...list]).toEqual([d, c, a])
  list.remove(d)
  list.remove(a)
  list.add(b)
  expect([...list]).toEqual([b, c])
  expect(list.size).toBe(2)
  list.remove(c)
  list.remove(b)
  expect([...list]).toEqual([])
  expect(list.size).toBe(0)
})

test('one that has gone refers to no other', () => {
  const list = new ExchangeList()
  const [a, b, c] = [new NoExchange(), new NoExchange(), new NoExchange()]
  for (const exchange of [a, b, c]) list.add(exchange)
  list.remove(b)
  expect([b.previous, b.next]).toEqual([undefined, undefined])
})

test('the one at hand may be removed while all are gone through', () => {
  const list = new ExchangeList()
  const exchanges = [new NoExchange(), new NoExchange(), new NoExchange()]
  for (const exchange of exchanges) list.add(exchange)
  const seen = []
  for (const exchange of list) {
    list.remove(exchange)
    seen.push(exchange)
  }
  expect(seen).toEqual(exchanges.toReversed())
})
