import { describe, expect, test } from '@jest/globals'
import { parseDefaultsConfig } from './defaults-config.ts'

test('defaults', () => {
  const config = parseDefaultsConfig({})
  expect(config).toMatchObject({
    revisionTimeoutSeconds: 300,
    maxRevisionTimeoutSeconds: 600,
    revisionResponseStartTimeoutSeconds: 300,
    revisionIdleTimeoutSeconds: 0,
    revisionRequests: {},
    revisionLimits: {},
    containerConcurrency: 0,
    containerConcurrencyMaxLimit: 1000,
    allowContainerConcurrencyZero: true,
    enableServiceLinks: false,
  })
  expect([config.containerName({}), config.initContainerName({})]).toEqual([
    'user-container',
    'init-container',
  ])
})

test('the response start timeout follows the configured revision timeout', () => {
  expect(parseDefaultsConfig({ 'revision-timeout-seconds': '200' }).revisionResponseStartTimeoutSeconds).toBe(
    200,
  )
})

test('names come from a template over the metadata of the parent', () => {
  const { containerName } = parseDefaultsConfig({
    'container-name-template': '{{.Name}}-{{.Labels.tier}}-{{index .Annotations "a/b"}}',
  })
  const meta = { name: 'hello', labels: { tier: 'web' }, annotations: { 'a/b': 'x' } }
  expect(containerName(meta)).toBe('hello-web-x')
})

test('quantities are kept in canonical form', () => {
  const data = { 'revision-cpu-request': '1000m', 'revision-memory-limit': '1024Mi' }
  expect(parseDefaultsConfig(data)).toMatchObject({
    revisionRequests: { cpu: '1' },
    revisionLimits: { memory: '1Gi' },
  })
})

test.each([
  ['true', true],
  ['TRUE', true],
  ['False', false],
  ['default', undefined],
  ['', undefined],
])('enable-service-links %j is %s', (text, value) => {
  expect(parseDefaultsConfig({ 'enable-service-links': text }).enableServiceLinks).toBe(value)
})

describe('refuses', () => {
  test.each([
    [
      { 'revision-timeout-seconds': 'x' },
      'failed to parse "revision-timeout-seconds": strconv.ParseInt: parsing "x": invalid syntax',
    ],
    [
      { 'revision-cpu-request': 'x' },
      `failed to parse "revision-cpu-request": quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'`,
    ],
    [
      { 'revision-timeout-seconds': '601' },
      'revision-timeout-seconds (601) cannot be greater than max-revision-timeout-seconds (600)',
    ],
    [
      { 'revision-response-start-timeout-seconds': '301' },
      'revision-response-start-timeout-seconds (301) cannot be greater than revision-timeout-seconds (300)',
    ],
    [
      { 'revision-idle-timeout-seconds': '301' },
      'revision-idle-timeout-seconds (301) cannot be greater than revision-timeout-seconds (300)',
    ],
    [
      { 'container-concurrency-max-limit': '0' },
      'expected 1 <= 0 <= 2147483647: container-concurrency-max-limit',
    ],
    [{ 'container-concurrency': '1001' }, 'expected 0 <= 1001 <= 1000: container-concurrency'],
    [{ 'container-concurrency': '-1' }, 'expected 0 <= -1 <= 1000: container-concurrency'],
    [
      { 'container-name-template': '{{.Nope}}' },
      "error executing template: template: :1: can't evaluate field Nope",
    ],
    [{ 'init-container-name-template': '{{' }, 'template: :1: unclosed action'],
  ])('%j', (data: Record<string, string>, message) => {
    expect(() => parseDefaultsConfig(data)).toThrow(message)
  })
})
