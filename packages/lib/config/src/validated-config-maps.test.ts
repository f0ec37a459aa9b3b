import { expect, test } from '@jest/globals'
import { exampleChecksum } from './example-checksum.ts'
import { configMapNames, validatedConfigMaps } from './validated-config-maps.ts'

test('the names of three ConfigMaps come from the environment', () => {
  const names = configMapNames({ CONFIG_LOGGING_NAME: 'my-logging' })
  expect(names).toEqual({
    logging: 'my-logging',
    observability: 'config-observability',
    leaderElection: 'config-leader-election',
  })
  expect([...validatedConfigMaps(names, 'cluster.local').keys()].sort()).toEqual([
    'config-autoscaler',
    'config-certmanager',
    'config-defaults',
    'config-deployment',
    'config-domain',
    'config-features',
    'config-gc',
    'config-leader-election',
    'config-network',
    'config-observability',
    'my-logging',
  ])
})

test.each([
  ['', '00000000'],
  ['123456789', 'cbf43926'],
  ['  123456789\n', 'cbf43926'],
  ['a\n\nb', exampleChecksum('a\\nb')],
  ['a\r\nb', exampleChecksum('a\\nb')],
])('the checksum of %j is %s', (text, checksum) => expect(exampleChecksum(text)).toBe(checksum))
