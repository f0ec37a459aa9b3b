import { test } from '@jest/globals'
import fc from 'fast-check'
import { Breaker, type Waiting } from './breaker.ts'

/** The breaker as a list: slow, and plainly right. */
class Model {
  active = 0
  capacity: number
  waiting: number[] = []
  readonly admitted: number[] = []
  readonly slots: number

  constructor(capacity: number, slots: number) {
    this.capacity = capacity
    this.slots = slots
  }

  settle(): void {
    while (this.waiting.length > 0 && this.active < this.capacity) {
      this.active++
      this.admitted.push(this.waiting.shift()!)
    }
  }
}

const step = fc.oneof(
  fc.record({ kind: fc.constant('enter' as const) }),
  fc.record({ kind: fc.constant('release' as const) }),
  fc.record({ kind: fc.constant('cancel' as const), which: fc.nat(20) }),
  fc.record({ kind: fc.constant('resize' as const), capacity: fc.nat(5) }),
)

test('behaves as a list of waiting requests would', () => {
  fc.assert(
    fc.property(fc.nat(5), fc.nat(5), fc.array(step, { maxLength: 80 }), (depth, capacity, steps) => {
      const breaker = new Breaker({ queueDepth: depth, maxConcurrency: 5, initialCapacity: capacity })
      const model = new Model(capacity, depth + 5)
      const admitted: number[] = []
      const tickets = new Map<number, Waiting>()
      let next = 0
      for (const action of steps) {
        if (action.kind === 'enter') {
          const id = next++
          const full = model.active + model.waiting.length >= model.slots
          const free = !full && model.active < model.capacity
          if (breaker.tryAcquire() !== free) throw new Error('tryAcquire differs')
          if (free) model.active++
          else {
            const ticket = breaker.wait(() => admitted.push(id))
            if ((ticket === undefined) !== full) throw new Error('wait differs')
            if (ticket) {
              tickets.set(id, ticket)
              model.waiting.push(id)
            }
          }
        } else if (action.kind === 'release') {
          if (model.active === 0) continue
          breaker.release()
          model.active--
          model.settle()
        } else if (action.kind === 'cancel') {
          tickets.get(action.which)?.cancel()
          model.waiting = model.waiting.filter((id) => id !== action.which)
        } else {
          breaker.updateConcurrency(action.capacity)
          model.capacity = action.capacity
          model.settle()
        }
        if (breaker.active !== model.active) throw new Error('active differs')
        if (breaker.inFlight !== model.active + model.waiting.length) throw new Error('inFlight differs')
        if (admitted.join() !== model.admitted.join()) throw new Error('order differs')
      }
    }),
  )
})
