import { systemClock } from '@knative-ts/clock'
import type { Death } from './accounts/verdict.ts'
import type { Random } from './load/random.ts'
import type { Pod } from './processes/pod.ts'
import type { World } from './world.ts'

const targets: readonly Death['process'][] = ['queue-proxy', 'user container', 'both']
const pauseMs = [2_000, 6_000] as const
/** How long the revision that sleeps has no pod. */
const asleepMs = [500, 3_000] as const

/** What the soak does to pods while requests go on. */
export class Chaos {
  readonly #world: World
  readonly #random: Random
  /** Pods to be left alone, also those that are being replaced: a second signal would end them at once. */
  readonly #spared: Set<Pod>
  readonly #say: (text: string) => void
  readonly counts = { kills: 0, drains: 0, zeros: 0 }
  readonly #going = new Set<Promise<void>>()

  /**
   * @param steady pods to be left alone
   * @param say told of what goes wrong with the soak itself
   */
  constructor(world: World, random: Random, steady: ReadonlySet<Pod>, say: (text: string) => void) {
    this.#world = world
    this.#random = random
    this.#spared = new Set(steady)
    this.#say = say
  }

  /** Goes on until `signal` aborts; resolves when all that it began has ended, which may take as long as a drain. */
  async run(revisions: readonly string[], sleepy: string, signal: AbortSignal): Promise<void> {
    while (await pause(this.#random.between(...pauseMs), signal)) {
      const choice = this.#random.next()
      if (choice < 0.25) this.#begin(this.#sleep(sleepy))
      else {
        const revision = this.#random.of(revisions)
        const pod = this.#random.of(
          this.#world.podsOf(revision).filter((candidate) => !this.#spared.has(candidate)),
        )
        if (pod) this.#begin(this.#replace(revision, pod, choice < 0.65))
      }
    }
    await Promise.all(this.#going)
  }

  /** Kills come unannounced; before a drain there is another pod. */
  async #replace(revision: string, pod: Pod, kill: boolean): Promise<void> {
    this.#spared.add(pod)
    if (kill) {
      this.counts.kills++
      const gone = this.#world.kill(revision, pod, this.#random.of(targets))
      await this.#world.addPod(revision)
      await gone
    } else {
      this.counts.drains++
      await this.#world.addPod(revision)
      await this.#world.drain(revision, pod)
    }
  }

  /** To zero, and back after a while. */
  async #sleep(revision: string): Promise<void> {
    const [pod] = this.#world.podsOf(revision)
    if (!pod) return
    this.counts.zeros++
    const gone = this.#world.drain(revision, pod)
    await systemClock.sleep(this.#random.between(...asleepMs))
    await this.#world.addPod(revision)
    await gone
  }

  #begin(event: Promise<void>): void {
    const settled = event
      .catch((error: unknown) => this.#say(String(error)))
      .then(() => void this.#going.delete(settled))
    this.#going.add(settled)
  }
}

/** False when `signal` aborted meanwhile. */
async function pause(ms: number, signal: AbortSignal): Promise<boolean> {
  try {
    await systemClock.sleep(ms, signal)
    return true
  } catch {
    return false
  }
}
