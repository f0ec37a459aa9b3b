import type { KubeObject, ResourceType } from '../meta.ts'
import type { Configuration, DomainMapping, Revision, Route, Service } from './types.ts'

export const servingGroup = 'serving.knative.dev'

function serving<T extends KubeObject>(kind: string, plural: string, version = 'v1'): ResourceType<T> {
  return { group: servingGroup, version, kind, plural, namespaced: true }
}

export const services = serving<Service>('Service', 'services')
export const configurations = serving<Configuration>('Configuration', 'configurations')
export const revisions = serving<Revision>('Revision', 'revisions')
export const routes = serving<Route>('Route', 'routes')
export const domainMappings = serving<DomainMapping>('DomainMapping', 'domainmappings', 'v1beta1')
