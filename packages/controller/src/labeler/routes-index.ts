import { type KubeObject, routesAnnotationKey } from '@knative-ts/apis'
import type { Informer, Lister } from '@knative-ts/kube'
import { parseCommaList } from '../comma-list.ts'

const routesIndex = 'controller/routes'

/** Lets `listingRoute` answer without looking at every object of the kind. */
export function indexByListedRoutes<T extends KubeObject>(informer: Informer<T>): void {
  informer.addIndex(routesIndex, ({ metadata }) =>
    [...parseCommaList(metadata.annotations?.[routesAnnotationKey])].map(
      (route) => `${metadata.namespace}/${route}`,
    ),
  )
}

/** The objects whose routes annotation lists this Route. */
export function listingRoute<T extends KubeObject>(
  lister: Pick<Lister<T>, 'byIndex'>,
  namespace: string,
  route: string,
): T[] {
  return lister.byIndex(routesIndex, `${namespace}/${route}`)
}
