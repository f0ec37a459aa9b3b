import type { ConnectionOptions } from 'node:tls'
import { backendHTTPSPort, serviceHTTPSPort } from '@knative-ts/apis'
import type { Destination, Upstreams } from '@knative-ts/http-proxy'
import { splitHostPort } from './host-port.ts'

/** TLS settings for the connections to one revision's pods, asked for at each dial. */
export type PodTLS = () => ConnectionOptions

/**
 * The connections to one revision's pods. Probes and requests share them, so that the probe which finds
 * a new pod ready leaves a warm connection to the first request. Under TLS requests take their own, since
 * probes stay on the cleartext port.
 */
export class PodConnections {
  readonly #upstreams: Upstreams
  readonly #tls: PodTLS | undefined
  readonly #cleartext = new Map<string, Destination>()
  readonly #encrypted = new Map<string, Destination>()

  constructor(upstreams: Upstreams, tls: PodTLS | undefined) {
    this.#upstreams = upstreams
    this.#tls = tls
  }

  /** Where to probe `dest` (`ip:port`). */
  forProbes(dest: string): Destination {
    let destination = this.#cleartext.get(dest)
    if (!destination) {
      const { host, port } = splitHostPort(dest)
      destination = this.#upstreams.to(host, port)
      this.#cleartext.set(dest, destination)
    }
    return destination
  }

  /**
   * Where to send requests for `dest`.
   * @param isService whether `dest` is a Service, whose TLS port is another than a pod's
   */
  forRequests(dest: string, isService: boolean): Destination {
    if (!this.#tls) return this.forProbes(dest)
    let destination = this.#encrypted.get(dest)
    if (!destination) {
      const port = isService ? serviceHTTPSPort : backendHTTPSPort
      destination = this.#upstreams.to(splitHostPort(dest).host, port, this.#tls)
      this.#encrypted.set(dest, destination)
    }
    return destination
  }

  /** Closes the connections to all but those that are still of use. */
  retain(ofUse: (dest: string) => boolean): void {
    for (const connections of [this.#cleartext, this.#encrypted]) {
      for (const [dest, destination] of connections) {
        if (ofUse(dest)) continue
        connections.delete(dest)
        destination.close()
      }
    }
  }
}
