import { keyOf, keyString, type NamespacedName, type Revision } from '@knative-ts/apis'
import type { Clock, Timer } from '@knative-ts/clock'
import type { DeploymentConfig } from '@knative-ts/config'
import { ImageUnresolvedError } from '../errors.ts'
import type { DigestResolver, ResolvedImages } from '../ports.ts'
import type { ImageReference } from './image-reference.ts'
import { knownDigest } from './known-digest.ts'
import type { PullCredentials } from './pull-credentials.ts'
import { RetryPacing } from './retry-pacing.ts'

/** Asks a registry for the digest of a tag. */
export interface DigestLookup {
  /** @returns `sha256:…` */
  digestOf(reference: ImageReference, credentials: PullCredentials, signal: AbortSignal): Promise<string>
}

export interface BackgroundResolverOptions {
  clock: Clock
  lookup: DigestLookup
  /** Reads the secrets with which a revision's images may be pulled. */
  credentialsFor(revision: Revision, signal: AbortSignal): Promise<PullCredentials>
  /** Called with `namespace/name` when a revision's look-up has ended, well or not. */
  onResolved(key: string): void
}

/** Look-ups that run at the same time, over all revisions. */
const parallelLookups = 100

interface Job {
  readonly uid: string | undefined
  readonly abort: AbortController
  readonly digests: Map<string, string>
  readonly timers: Set<Timer>
  pending: number
  error: ImageUnresolvedError | undefined
}

/**
 * Resolves tags in the background, so that a slow registry holds up no other revision. An image that needs
 * no registry is resolved on the spot. Each distinct image of a revision is asked for once.
 */
export class BackgroundResolver implements DigestResolver {
  readonly #options: BackgroundResolverOptions
  readonly #pacing: RetryPacing
  readonly #jobs = new Map<string, Job>()
  readonly #itemsByRevision = new Map<string, Set<string>>()
  readonly #waiting: (() => void)[] = []
  #running = 0

  constructor(options: BackgroundResolverOptions) {
    this.#options = options
    this.#pacing = new RetryPacing(options.clock)
  }

  resolve(revision: Revision, deployment: DeploymentConfig): ResolvedImages | undefined {
    const key = keyOf(revision)
    const digests = new Map<string, string>()
    const unknown = new Map<string, ImageReference>()
    for (const image of imagesOf(revision)) {
      const known = knownOrThrow(image, deployment.registriesSkippingTagResolving)
      if (known.kind === 'known') digests.set(image, known.digest)
      else unknown.set(image, known.reference)
    }
    if (unknown.size === 0) return collect(revision, digests)

    const job = this.#jobs.get(key)
    if (!job || job.uid !== revision.metadata.uid) {
      if (job) cancel(job)
      this.#start(key, revision, unknown, deployment.digestResolutionTimeoutMs)
      return undefined
    }
    if (job.error) {
      this.#jobs.delete(key)
      throw job.error
    }
    if (job.pending > 0) return undefined
    return collect(revision, new Map([...digests, ...job.digests]))
  }

  forget(revision: NamespacedName): void {
    const key = keyString(revision)
    const job = this.#jobs.get(key)
    if (job) {
      this.#jobs.delete(key)
      cancel(job)
    }
    for (const item of this.#itemsByRevision.get(key) ?? []) this.#pacing.forget(item)
    this.#itemsByRevision.delete(key)
  }

  #start(key: string, revision: Revision, images: Map<string, ImageReference>, timeoutMs: number): void {
    const job: Job = {
      uid: revision.metadata.uid,
      abort: new AbortController(),
      digests: new Map(),
      timers: new Set(),
      pending: images.size,
      error: undefined,
    }
    this.#jobs.set(key, job)
    const items = this.#itemsByRevision.get(key) ?? new Set<string>()
    this.#itemsByRevision.set(key, items)
    const { credentialsFor } = this.#options
    let credentials: Promise<PullCredentials> | undefined
    const sharedCredentials = () => {
      credentials ??= credentialsFor(revision, job.abort.signal)
      return credentials
    }
    for (const [image, reference] of images) {
      const item = `${key}|${image}`
      items.add(item)
      const begin = () => {
        void this.#lookUp(job, image, reference, sharedCredentials, timeoutMs).finally(() => {
          if (job.pending === 0 && this.#jobs.get(key) === job) this.#options.onResolved(key)
        })
      }
      const delayMs = this.#pacing.nextDelayMs(item)
      if (delayMs === 0) begin()
      else job.timers.add(this.#options.clock.after(delayMs, begin))
    }
  }

  async #lookUp(
    job: Job,
    image: string,
    reference: ImageReference,
    credentials: () => Promise<PullCredentials>,
    timeoutMs: number,
  ): Promise<void> {
    await this.#slot()
    const { clock, lookup } = this.#options
    const deadline = new AbortController()
    const timer = clock.after(timeoutMs, () =>
      deadline.abort(new Error(`the registry did not answer within ${timeoutMs / 1000} s`)),
    )
    const signal = AbortSignal.any([deadline.signal, job.abort.signal])
    try {
      signal.throwIfAborted()
      const digest = await lookup.digestOf(reference, await credentials(), signal)
      job.digests.set(image, `${reference.registry}/${reference.repository}@${digest}`)
    } catch (error) {
      job.error ??= new ImageUnresolvedError(image, deadline.signal.aborted ? deadline.signal.reason : error)
    } finally {
      timer.cancel()
      job.pending--
      this.#release()
    }
  }

  #slot(): Promise<void> {
    if (this.#running < parallelLookups) {
      this.#running++
      return Promise.resolve()
    }
    return new Promise((resolve) => this.#waiting.push(resolve))
  }

  #release(): void {
    const next = this.#waiting.shift()
    if (next) next()
    else this.#running--
  }
}

function cancel(job: Job): void {
  job.abort.abort()
  for (const timer of job.timers) timer.cancel()
}

function imagesOf({ spec }: Revision): Set<string> {
  return new Set([...spec.containers, ...(spec.initContainers ?? [])].map(({ image = '' }) => image))
}

function knownOrThrow(image: string, skipped: ReadonlySet<string>): ReturnType<typeof knownDigest> {
  try {
    return knownDigest(image, skipped)
  } catch (error) {
    throw new ImageUnresolvedError(image, error)
  }
}

function collect({ spec }: Revision, digests: ReadonlyMap<string, string>): ResolvedImages {
  const statusOf = ({ name, image = '' }: { name: string; image?: string }) => {
    const imageDigest = digests.get(image)
    return { name, ...(imageDigest ? { imageDigest } : {}) }
  }
  return {
    containers: spec.containers.map(statusOf),
    initContainers: (spec.initContainers ?? []).map(statusOf),
  }
}
