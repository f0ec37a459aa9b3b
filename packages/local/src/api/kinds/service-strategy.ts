import { duplicate, type FieldError, invalidValue, notSupported, required } from '../meta/field-error.ts'
import { asArray, asRecord, isRecord, type JsonRecord, type KubeObject } from '../meta/kube-object.ts'
import { isLabel1123 } from '../meta/names.ts'
import type { KindStrategy } from '../resources/resource-kind.ts'
import { portErrors } from './pod-strategy.ts'

const types = ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort']

function portsOf(service: KubeObject): JsonRecord[] {
  return asArray(asRecord(service['spec'])['ports']).map(asRecord)
}

export const serviceStrategy: KindStrategy = {
  nameRule: 'label1035',
  applyDefaults: (service) => {
    const spec = asRecord(service['spec'])
    for (const port of portsOf(service)) if (!port['targetPort']) port['targetPort'] = port['port']
    if (spec['type'] !== 'ExternalName') {
      spec['internalTrafficPolicy'] ??= 'Cluster'
      spec['ipFamilies'] ??= ['IPv4']
      spec['ipFamilyPolicy'] ??= 'SingleStack'
    }
    if (spec['type'] === 'LoadBalancer') spec['allocateLoadBalancerNodePorts'] ??= true
    if (spec['type'] === 'LoadBalancer' || spec['type'] === 'NodePort')
      spec['externalTrafficPolicy'] ??= 'Cluster'
    if (spec['sessionAffinity'] === 'ClientIP')
      spec['sessionAffinityConfig'] ??= { clientIP: { timeoutSeconds: 10800 } }
    if (spec['clusterIP'] !== undefined) spec['clusterIPs'] ??= [spec['clusterIP']]
  },
  prepareCreate: (service) => {
    service['status'] = { loadBalancer: {} }
  },
  prepareUpdate: keepAddress,
  validate: (service, old) => validateService(service, old),
}

/** An update that leaves the address out keeps it, unless the service stops having one. */
function keepAddress(service: KubeObject, old: KubeObject): void {
  const [spec, before] = [asRecord(service['spec']), asRecord(old['spec'])]
  if (spec['type'] === 'ExternalName') {
    if (before['type'] !== 'ExternalName')
      for (const key of ['clusterIP', 'clusterIPs', 'ipFamilies', 'ipFamilyPolicy']) delete spec[key]
    return
  }
  spec['clusterIP'] ||= before['clusterIP']
  spec['clusterIPs'] ??= before['clusterIPs']
  if (spec['clusterIP'] === undefined) for (const key of ['clusterIP', 'clusterIPs']) delete spec[key]
}

function validateService(service: KubeObject, old: KubeObject | undefined): FieldError[] {
  const spec = asRecord(service['spec'])
  const errors: FieldError[] = []
  const ports = portsOf(service)
  const headless = spec['clusterIP'] === 'None'
  if (ports.length === 0 && spec['type'] !== 'ExternalName' && !headless) errors.push(required('spec.ports'))
  if (spec['type'] === 'ExternalName' && !spec['externalName']) errors.push(required('spec.externalName'))
  errors.push(...portListErrors(ports))
  if (!types.includes(String(spec['type']))) errors.push(notSupported('spec.type', spec['type'], types))
  const before = old && asRecord(old['spec'])
  const had = before?.['clusterIP']
  if (
    had &&
    spec['type'] !== 'ExternalName' &&
    before['type'] !== 'ExternalName' &&
    spec['clusterIP'] !== had
  ) {
    const detail = 'may not change once set'
    errors.push(invalidValue('spec.clusterIPs[0]', asArray(spec['clusterIPs'])[0] ?? '', detail))
  }
  if (spec['selector'] !== undefined && !isRecord(spec['selector'])) errors.push(required('spec.selector'))
  return errors
}

function portListErrors(ports: readonly JsonRecord[]): FieldError[] {
  const errors: FieldError[] = []
  const names = new Set<unknown>()
  const numbers = new Set<string>()
  for (const [i, port] of ports.entries()) {
    const at = `spec.ports[${i}]`
    const name = port['name']
    if (!name && ports.length > 1) errors.push(required(`${at}.name`))
    else if (name && !isLabel1123(String(name))) {
      errors.push(
        invalidValue(
          `${at}.name`,
          name,
          "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')",
        ),
      )
    } else if (name && names.has(name)) errors.push(duplicate(`${at}.name`, name))
    names.add(name)
    errors.push(...portErrors(port['port'], `${at}.port`))
    if (typeof port['targetPort'] === 'number')
      errors.push(...portErrors(port['targetPort'], `${at}.targetPort`))
    const id = `${String(port['protocol'])}/${String(port['port'])}`
    if (numbers.has(id)) errors.push(duplicate(at, { port: port['port'], protocol: port['protocol'] }))
    numbers.add(id)
  }
  return errors
}
