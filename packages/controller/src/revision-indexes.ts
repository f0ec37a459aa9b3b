import { configurationLabelKey, type Revision } from '@knative-ts/apis'
import type { Informer, Lister } from '@knative-ts/kube'

const configurationIndex = 'controller/configuration'

/** Lets `revisionsOfConfiguration` answer without looking at every Revision. */
export function indexRevisionsByConfiguration(informer: Informer<Revision>): void {
  informer.addIndex(configurationIndex, ({ metadata }) => {
    const configuration = metadata.labels?.[configurationLabelKey]
    return configuration ? [`${metadata.namespace}/${configuration}`] : []
  })
}

/** The Revisions labelled with this Configuration; the informer must carry the index. */
export function revisionsOfConfiguration(
  revisions: Pick<Lister<Revision>, 'byIndex'>,
  namespace: string,
  configuration: string,
): Revision[] {
  return revisions.byIndex(configurationIndex, `${namespace}/${configuration}`)
}
