import { deployments, type V1Pod } from '@knative-ts/apis'
import { systemClock } from '@knative-ts/clock'
import type { KubeClient } from '@knative-ts/kube'
import { freshRequest } from './fresh-request.ts'
import type { Observer } from './observer.ts'

const name = 'plain'
const port = 8080
const tryEveryMs = 10
const patienceMs = 60_000
/** How long a first connection may hang before the pod counts as out of reach from here. */
const reachMs = 10_000

/** A Deployment of one container and no probes: what Kubernetes itself takes to start a pod. */
export class PlainDeployment {
  readonly #client: KubeClient
  readonly #namespace: string

  private constructor(client: KubeClient, namespace: string) {
    this.#client = client
    this.#namespace = namespace
  }

  static async create(client: KubeClient, namespace: string, image: string): Promise<PlainDeployment> {
    const labels = { app: name }
    await client.create(deployments, {
      metadata: { namespace, name },
      spec: {
        replicas: 0,
        selector: { matchLabels: labels },
        template: {
          metadata: { labels },
          spec: { containers: [{ name, image, env: [{ name: 'PORT', value: String(port) }] }] },
        },
      },
    })
    return new PlainDeployment(client, namespace)
  }

  /** Milliseconds from scaling 0 → 1 to the pod's first answer; undefined where pods can't be reached from here. */
  async start(observed: Observer<V1Pod>): Promise<number | undefined> {
    const startMs = systemClock.monotonic()
    let address: string | undefined
    const addressed = observed.until(
      'the plain pod has an address',
      (all) => {
        const pod = [...all.values()].find(({ metadata }) => metadata.labels?.['app'] === name)
        address = pod?.status?.podIP
        return address !== undefined
      },
      patienceMs,
    )
    await this.#scale(1)
    const addressedMs = await addressed
    try {
      for (;;) {
        try {
          await freshRequest(`http://${address}:${port}/`, name, 200)
          return systemClock.monotonic() - startMs
        } catch {
          if (systemClock.monotonic() - addressedMs > reachMs) return undefined
          await systemClock.sleep(tryEveryMs)
        }
      }
    } finally {
      await this.#scale(0)
    }
  }

  async #scale(replicas: number): Promise<void> {
    await this.#client.patch(deployments, this.#namespace, name, {
      type: 'merge',
      body: { spec: { replicas } },
    })
  }
}
