import type { KubeObject, V1EndpointSlice } from '@knative-ts/apis'
import type { ResourceHandler } from '@knative-ts/kube'
import { sameValue } from '@knative-ts/reconciler'
import type { Dependencies } from '../gateway/dependencies.ts'
import { readyAddresses } from '../ingress/backend.ts'
import type { DependencyId } from '../ingress/cluster-view.ts'
import { type InformerView, serviceOf } from './informer-view.ts'

/** Wakes the Ingresses that were translated with an object whenever it changes. */
export function watchDependencies(
  view: InformerView,
  dependencies: Dependencies,
  wake: (key: string) => void,
): void {
  const wakeDependants = (id: DependencyId) => {
    for (const key of dependencies.dependants(id)) wake(key)
  }
  const byName = (kind: 'service' | 'secret') => {
    return onAnyChange((object: KubeObject) =>
      wakeDependants(`${kind}/${object.metadata.namespace}/${object.metadata.name}`),
    )
  }
  view.services.addHandler(byName('service'))
  view.secrets.addHandler(byName('secret'))
  const wakeSlice = (slice: V1EndpointSlice) => {
    const service = serviceOf(slice)
    if (service !== undefined) wakeDependants(`endpoints/${slice.metadata.namespace}/${service}`)
  }
  view.slices.addHandler({
    onAdd: wakeSlice,
    onUpdate: (before, after) => {
      if (!sameEndpoints(before, after)) wakeSlice(after)
    },
    onDelete: wakeSlice,
  })
}

/** A handler that treats additions, updates and deletions alike. */
export function onAnyChange<T extends KubeObject>(react: (object: T) => void): ResourceHandler<T> {
  return { onAdd: react, onUpdate: (_, after) => react(after), onDelete: react }
}

/** Slices change often for reasons that do not matter to gateways. */
function sameEndpoints(before: V1EndpointSlice, after: V1EndpointSlice): boolean {
  return (
    serviceOf(before) === serviceOf(after) &&
    sameValue(readyAddresses([before]), readyAddresses([after])) &&
    sameValue(before.ports, after.ports)
  )
}
