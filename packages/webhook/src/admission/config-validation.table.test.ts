import { expect, test } from '@jest/globals'
import { configMapNames, exampleChecksum, validatedConfigMaps } from '@knative-ts/config'
import { ConfigValidationController } from './config-validation.ts'

const controller = new ConfigValidationController(validatedConfigMaps(configMapNames({}), 'cluster.local'))
const annotated = (checksum: string) => ({ annotations: { 'knative.dev/example-checksum': checksum } })

async function verdict(name: string, data: Record<string, string>, metadata: object, operation: string) {
  try {
    await controller.admit({
      uid: 'u',
      kind: { group: '', version: 'v1', kind: 'ConfigMap' },
      operation,
      object: { metadata: { name, ...metadata }, data },
    })
    return ''
  } catch (error) {
    return (error as Error).message
  }
}

const changed =
  'validation failed: the update modifies a key in "_example" which is probably not what you want. Instead, copy the respective setting to the top-level of the ConfigMap, directly below "data"'

test.each([
  ['config-autoscaler', {}, {}, 'UPDATE', ''],
  [
    'config-autoscaler',
    { 'max-scale': 'x' },
    {},
    'CREATE',
    'validation failed: failed to parse data: failed to parse "max-scale": strconv.ParseInt: parsing "x": invalid syntax',
  ],
  ['config-autoscaler', { 'max-scale': 'x' }, {}, 'DELETE', ''],
  ['config-deployment', {}, {}, 'UPDATE', 'validation failed: queue-sidecar-image cannot be empty or unset'],
  ['config-tracing', { anything: 'x' }, annotated('00000000'), 'UPDATE', ''],
  ['config-kourier', { 'trusted-hops-count': 'x' }, {}, 'UPDATE', ''],
  ['config-gc', { _example: 'a' }, annotated(exampleChecksum('a')), 'UPDATE', ''],
  ['config-gc', { _example: 'b' }, annotated(exampleChecksum('a')), 'UPDATE', changed],
  ['config-gc', { _example: 'b' }, {}, 'UPDATE', ''],
  ['config-gc', {}, annotated('00000000'), 'UPDATE', ''],
])('%s with %j %j on %s', async (name, data: Record<string, string>, metadata, operation, expected) => {
  expect(await verdict(name, data, metadata, operation)).toBe(expected)
})
