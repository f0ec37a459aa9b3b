import { renameSync, writeFileSync } from 'node:fs'
import { coreServices, endpoints, type V1Endpoints, type V1Service } from '@knative-ts/apis'
import type { Informer, InformerFactory } from '@knative-ts/kube'
import type { ServiceEntry, ServiceMap } from './service-map.ts'

/** Writes the service map whenever a Service or its endpoints change; bursts become one write. */
export class ServiceMapWriter {
  readonly #file: string
  readonly #clusterDomain: string
  readonly #services: Informer<V1Service>
  readonly #endpoints: Informer<V1Endpoints>
  #scheduled = false
  #written = ''

  constructor(informers: InformerFactory, file: string, clusterDomain: string) {
    this.#file = file
    this.#clusterDomain = clusterDomain
    this.#services = informers.informer(coreServices)
    this.#endpoints = informers.informer(endpoints)
    for (const informer of [this.#services, this.#endpoints]) {
      informer.addHandler({
        onAdd: () => this.#schedule(),
        onUpdate: () => this.#schedule(),
        onDelete: () => this.#schedule(),
      })
    }
  }

  /** An endpoint of a Service port, chosen at random; undefined when none is ready. */
  resolve(namespace: string, name: string, port: number): { host: string; port: number } | undefined {
    const service = this.#services.lister.get(namespace, name)
    const candidates = (service && this.#entry(service).ports[String(port)]) ?? []
    const chosen = candidates[Math.floor(Math.random() * candidates.length)]
    if (chosen === undefined) return undefined
    const colon = chosen.lastIndexOf(':')
    return { host: chosen.slice(0, colon), port: Number(chosen.slice(colon + 1)) }
  }

  /** The map as of now. */
  current(): ServiceMap {
    const services: Record<string, ServiceEntry> = {}
    for (const service of this.#services.lister.list()) {
      services[`${service.metadata.name}.${service.metadata.namespace}`] = this.#entry(service)
    }
    return { clusterDomain: this.#clusterDomain, services }
  }

  #entry(service: V1Service): ServiceEntry {
    const { namespace = '', name = '' } = service.metadata
    const object = this.#endpoints.lister.get(namespace, name)
    const ports: Record<string, string[]> = {}
    for (const servicePort of service.spec?.ports ?? []) {
      ports[String(servicePort.port)] = (object?.subsets ?? []).flatMap((subset) => {
        const port =
          subset.ports?.find((candidate) => (candidate.name ?? '') === (servicePort.name ?? '')) ??
          (subset.ports?.length === 1 ? subset.ports[0] : undefined)
        return port ? (subset.addresses ?? []).map(({ ip }) => `${ip}:${port.port}`) : []
      })
    }
    const { clusterIP = '', externalName, type } = service.spec ?? {}
    return { clusterIP, ports, ...(type === 'ExternalName' && externalName ? { externalName } : {}) }
  }

  #schedule(): void {
    if (this.#scheduled) return
    this.#scheduled = true
    setImmediate(() => {
      this.#scheduled = false
      const text = JSON.stringify(this.current())
      if (text === this.#written) return
      this.#written = text
      writeFileSync(`${this.#file}.new`, text)
      renameSync(`${this.#file}.new`, this.#file)
    })
  }
}
