import { asArray, asRecord, type KubeObject, valueAt } from '../meta/kube-object.ts'
import type { Column } from './column.ts'
import { ageColumn, column, count, createdAtColumn, field, nameColumn } from './columns.ts'
import { age } from './human-duration.ts'
import { selectorText } from './workload-columns.ts'

const none = '<none>'

function list(object: KubeObject, ...path: string[]) {
  return asArray(valueAt(object, path)).map(asRecord)
}

function joined(parts: readonly string[], max = 3): string {
  if (parts.length === 0) return none
  const more = parts.length > max ? ` + ${parts.length - max} more...` : ''
  return parts.slice(0, max).join(',') + more
}

function sizeOf(...fields: string[]) {
  return (object: KubeObject) =>
    fields.reduce((sum, name) => sum + Object.keys(asRecord(object[name])).length, 0)
}

export const serviceColumns: readonly Column[] = [
  nameColumn,
  field('Type', 'spec.type'),
  field('Cluster-IP', 'spec.clusterIP', false, none),
  column('External-IP', (service) => {
    const spec = asRecord(service['spec'])
    if (spec['type'] === 'ExternalName') return String(spec['externalName'] ?? '')
    const given = asArray(spec['externalIPs']).map(String)
    if (spec['type'] !== 'LoadBalancer') return given.length > 0 ? given.join(',') : none
    const ingress = list(service, 'status', 'loadBalancer', 'ingress').map((entry) =>
      String(entry['ip'] ?? entry['hostname'] ?? ''),
    )
    const all = [...ingress, ...given]
    return all.length > 0 ? all.join(',') : '<pending>'
  }),
  column('Port(s)', (service) => {
    const ports = list(service, 'spec', 'ports').map((port) => {
      const node = port['nodePort'] ? `:${String(port['nodePort'])}` : ''
      return `${String(port['port'])}${node}/${String(port['protocol'])}`
    })
    return ports.length > 0 ? ports.join(',') : none
  }),
  ageColumn,
  column(
    'Selector',
    (service) => selectorText({ matchLabels: valueAt(service, ['spec', 'selector']) }),
    true,
  ),
]

export const endpointsColumns: readonly Column[] = [
  nameColumn,
  column('Endpoints', (object) =>
    joined(
      list(object, 'subsets').flatMap((subset) => {
        const addresses = asArray(subset['addresses']).map((entry) => String(asRecord(entry)['ip']))
        const ports = asArray(subset['ports']).map((entry) => String(asRecord(entry)['port']))
        if (ports.length === 0) return addresses
        return ports.flatMap((port) => addresses.map((address) => `${address}:${port}`))
      }),
    ),
  ),
  ageColumn,
]

export const endpointSliceColumns: readonly Column[] = [
  nameColumn,
  field('AddressType', 'addressType'),
  column('Ports', (slice) => {
    const ports = list(slice, 'ports').map((port) => String(port['port'] ?? '*'))
    return ports.length > 0 ? joined(ports) : '<unset>'
  }),
  column('Endpoints', (slice) => {
    const addresses = list(slice, 'endpoints').flatMap((endpoint) =>
      asArray(endpoint['addresses']).map(String),
    )
    return addresses.length > 0 ? joined(addresses) : '<unset>'
  }),
  ageColumn,
]

export const nodeColumns: readonly Column[] = [
  nameColumn,
  column('Status', (node) => {
    const ready = list(node, 'status', 'conditions').find((condition) => condition['type'] === 'Ready')
    const state = ready ? (ready['status'] === 'True' ? 'Ready' : 'NotReady') : 'Unknown'
    return valueAt(node, ['spec', 'unschedulable']) ? `${state},SchedulingDisabled` : state
  }),
  column('Roles', (node) => {
    const prefix = 'node-role.kubernetes.io/'
    const roles = Object.keys(node.metadata.labels ?? {}).filter((key) => key.startsWith(prefix))
    return roles.length > 0
      ? roles
          .map((key) => key.slice(prefix.length))
          .sort()
          .join(',')
      : none
  }),
  ageColumn,
  field('Version', 'status.nodeInfo.kubeletVersion'),
  column('Internal-IP', (node) => nodeAddress(node, 'InternalIP'), true),
  column('External-IP', (node) => nodeAddress(node, 'ExternalIP'), true),
  field('OS-Image', 'status.nodeInfo.osImage', true, '<unknown>'),
  field('Kernel-Version', 'status.nodeInfo.kernelVersion', true, '<unknown>'),
  field('Container-Runtime', 'status.nodeInfo.containerRuntimeVersion', true, '<unknown>'),
]

function nodeAddress(node: KubeObject, type: string): string {
  const address = list(node, 'status', 'addresses').find((entry) => entry['type'] === type)
  return String(address?.['address'] ?? none)
}

export const namespaceColumns: readonly Column[] = [nameColumn, field('Status', 'status.phase'), ageColumn]
export const configMapColumns: readonly Column[] = [
  nameColumn,
  column('Data', sizeOf('data', 'binaryData'), false, 'integer'),
  ageColumn,
]
export const secretColumns: readonly Column[] = [
  nameColumn,
  field('Type', 'type'),
  column('Data', sizeOf('data'), false, 'integer'),
  ageColumn,
]
export const serviceAccountColumns: readonly Column[] = [
  nameColumn,
  column('Secrets', (object) => list(object, 'secrets').length, false, 'integer'),
  ageColumn,
]

export const eventColumns: readonly Column[] = [
  column('Last Seen', (event, nowMs) => age(lastSeen(event), nowMs)),
  field('Type', 'type'),
  field('Reason', 'reason'),
  column('Object', (event) => {
    const { kind, name } = asRecord(event['involvedObject'])
    return name ? `${String(kind).toLowerCase()}/${String(name)}` : String(kind).toLowerCase()
  }),
  field('Subobject', 'involvedObject.fieldPath', true),
  column(
    'Source',
    (event) => {
      const { component, host } = asRecord(event['source'])
      return [component ?? event['reportingComponent'], host].filter(Boolean).join(', ')
    },
    true,
  ),
  column('Message', (event) => String(event['message'] ?? '').trim()),
  column('First Seen', (event, nowMs) => age(event['firstTimestamp'] ?? event['eventTime'], nowMs), true),
  column('Count', (event) => Number(valueAt(event, ['series', 'count']) ?? event['count'] ?? 1), true),
  { ...field('Name', 'metadata.name', true), format: 'name' },
]

function lastSeen(event: KubeObject): unknown {
  return valueAt(event, ['series', 'lastObservedTime']) ?? event['lastTimestamp'] ?? event['eventTime']
}

export const leaseColumns: readonly Column[] = [nameColumn, field('Holder', 'spec.holderIdentity'), ageColumn]

export const claimColumns: readonly Column[] = [
  nameColumn,
  field('Status', 'status.phase'),
  field('Volume', 'spec.volumeName'),
  field('Capacity', 'status.capacity.storage'),
  column('Access Modes', (claim) => asArray(valueAt(claim, ['status', 'accessModes'])).join(',')),
  field('StorageClass', 'spec.storageClassName'),
  ageColumn,
]

export const webhookColumns: readonly Column[] = [
  nameColumn,
  column('Webhooks', (object) => list(object, 'webhooks').length, false, 'integer'),
  ageColumn,
]

export const roleColumns: readonly Column[] = [nameColumn, createdAtColumn]
export const roleBindingColumns: readonly Column[] = [
  nameColumn,
  column('Role', (object) => {
    const { kind, name } = asRecord(object['roleRef'])
    return `${String(kind)}/${String(name)}`
  }),
  ageColumn,
]

export const budgetColumns: readonly Column[] = [
  nameColumn,
  field('Min Available', 'spec.minAvailable', false, 'N/A'),
  field('Max Unavailable', 'spec.maxUnavailable', false, 'N/A'),
  count('Allowed Disruptions', 'status.disruptionsAllowed'),
  ageColumn,
]

export const autoscalerColumns: readonly Column[] = [
  nameColumn,
  column('Reference', (object) => {
    const { kind, name } = asRecord(valueAt(object, ['spec', 'scaleTargetRef']))
    return `${String(kind)}/${String(name)}`
  }),
  column('Targets', (object) => {
    const current = list(object, 'status', 'currentMetrics')
    const targets = list(object, 'spec', 'metrics').map((metric, i) => {
      const type = `${String(metric['type']).charAt(0).toLowerCase()}${String(metric['type']).slice(1)}`
      const source = asRecord(metric[type])
      const target = asRecord(source['target'])
      const now = asRecord(asRecord(asRecord(current[i])[type])['current'])
      const name = source['name'] ? `${String(source['name'])}: ` : ''
      if (target['averageUtilization'] !== undefined) {
        return `${name}${String(now['averageUtilization'] ?? '<unknown>').replace(/^\d+$/, '$&%')}/${String(target['averageUtilization'])}%`
      }
      const goal = target['averageValue'] ?? target['value']
      return `${name}${String(now['averageValue'] ?? now['value'] ?? '<unknown>')}/${String(goal)}`
    })
    return joined(targets, 2)
  }),
  field('MinPods', 'spec.minReplicas', false, '<unset>'),
  count('MaxPods', 'spec.maxReplicas'),
  count('Replicas', 'status.currentReplicas'),
  ageColumn,
]

export const networkPolicyColumns: readonly Column[] = [
  nameColumn,
  column('Pod-Selector', (object) => selectorText(valueAt(object, ['spec', 'podSelector']))),
  ageColumn,
]

export const ingressColumns: readonly Column[] = [
  nameColumn,
  field('Class', 'spec.ingressClassName', false, none),
  column('Hosts', (object) =>
    joined(list(object, 'spec', 'rules').map((rule) => String(rule['host'] ?? '*'))),
  ),
  column('Address', (object) =>
    list(object, 'status', 'loadBalancer', 'ingress')
      .map((entry) => String(entry['ip'] ?? entry['hostname'] ?? ''))
      .join(','),
  ),
  column('Ports', (object) => (asArray(valueAt(object, ['spec', 'tls'])).length > 0 ? '80, 443' : '80')),
  ageColumn,
]
