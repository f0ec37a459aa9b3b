import { describe, expect, test } from '@jest/globals'
import type { V1ResourceRequirements } from '@knative-ts/apis'
import { parseDeploymentConfig } from '@knative-ts/config'
import { makeQueueResources } from './queue-resources.ts'

const percentage = 'queue.sidecar.serving.knative.dev/resource-percentage'
const legacyPercentage = 'queue.sidecar.serving.knative.dev/resourcePercentage'
const explicit = (what: string) => `queue.sidecar.serving.knative.dev/${what}`

const user = (cpu: string, memory: string, limitCpu = cpu, limitMemory = memory): V1ResourceRequirements => ({
  requests: { cpu, memory },
  limits: { cpu: limitCpu, memory: limitMemory },
})

interface Row {
  name: string
  config?: Record<string, string>
  useDefaults?: boolean
  annotations?: Record<string, string>
  user?: V1ResourceRequirements
  expected: V1ResourceRequirements
}

const rows: Row[] = [
  { name: 'nothing configured', expected: { requests: { cpu: '25m' } } },
  {
    name: 'all configured, in canonical form',
    config: {
      'queue-sidecar-cpu-request': '0.2',
      'queue-sidecar-cpu-limit': '1000m',
      'queue-sidecar-memory-request': '1024Mi',
      'queue-sidecar-memory-limit': '2Gi',
      'queue-sidecar-ephemeral-storage-request': '10Mi',
      'queue-sidecar-ephemeral-storage-limit': '20Mi',
    },
    expected: {
      requests: { cpu: '200m', memory: '1Gi', 'ephemeral-storage': '10Mi' },
      limits: { cpu: '1', memory: '2Gi', 'ephemeral-storage': '20Mi' },
    },
  },
  {
    name: 'defaults for what is unset',
    useDefaults: true,
    config: { 'queue-sidecar-memory-limit': '1Gi' },
    expected: { requests: { cpu: '25m', memory: '400Mi' }, limits: { cpu: '1', memory: '1Gi' } },
  },
  {
    name: 'a percentage within its range',
    annotations: { [percentage]: '10' },
    user: user('500m', '1000Mi', '2', '3000Mi'),
    expected: { requests: { cpu: '50m', memory: '100Mi' }, limits: { cpu: '200m', memory: '300Mi' } },
  },
  {
    name: 'a percentage raised to the lowest amounts',
    annotations: { [percentage]: '0.2' },
    user: user('100m', '100Mi'),
    expected: { requests: { cpu: '25m', memory: '50Mi' }, limits: { cpu: '40m', memory: '200Mi' } },
  },
  {
    name: 'a percentage lowered to the highest amounts',
    annotations: { [percentage]: '100' },
    user: user('8', '8Gi'),
    expected: { requests: { cpu: '100m', memory: '200Mi' }, limits: { cpu: '500m', memory: '500Mi' } },
  },
  {
    name: 'a percentage that is no whole number of bytes, cut to thousandths',
    annotations: { [percentage]: '33.3' },
    user: { requests: { memory: '400000001' } },
    expected: { requests: { cpu: '25m', memory: '133200000332m' } },
  },
  {
    name: 'a percentage only of what the user set',
    annotations: { [legacyPercentage]: '50' },
    user: { limits: { cpu: '600m', memory: '0' } },
    expected: { requests: { cpu: '25m' }, limits: { cpu: '300m' } },
  },
  {
    name: 'a percentage beats configuration and defaults',
    useDefaults: true,
    config: { 'queue-sidecar-cpu-request': '90m' },
    annotations: { [percentage]: '10' },
    user: { requests: { cpu: '300m' } },
    expected: { requests: { cpu: '30m', memory: '400Mi' }, limits: { cpu: '1', memory: '800Mi' } },
  },
  {
    name: 'a percentage that is no number',
    annotations: { [percentage]: 'half' },
    user: user('1', '1Gi'),
    expected: { requests: { cpu: '25m' } },
  },
  {
    name: 'explicit annotations beat everything',
    annotations: {
      [percentage]: '10',
      [explicit('cpu-resource-request')]: '1',
      [explicit('cpu-resource-limit')]: '2000m',
      [explicit('memory-resource-request')]: '1Gi',
      [explicit('memory-resource-limit')]: '2Gi',
      [explicit('ephemeral-storage-resource-request')]: '400M',
      [explicit('ephemeral-storage-resource-limit')]: '500M',
    },
    user: user('500m', '1000Mi'),
    expected: {
      requests: { cpu: '1', memory: '1Gi', 'ephemeral-storage': '400M' },
      limits: { cpu: '2', memory: '2Gi', 'ephemeral-storage': '500M' },
    },
  },
  {
    name: 'an explicit annotation that is no quantity',
    annotations: { [explicit('cpu-resource-request')]: 'much' },
    expected: { requests: { cpu: '25m' } },
  },
]

describe('resources of the queue-proxy', () => {
  test.each(rows)('$name', ({ config = {}, useDefaults = false, annotations = {}, user, expected }) => {
    const serving = { name: 'user', ...(user ? { resources: user } : {}) }
    const deployment = parseDeploymentConfig({ 'queue-sidecar-image': 'queue', ...config })
    expect(makeQueueResources({ deployment, useDefaults, annotations, serving })).toEqual(expected)
  })
})
