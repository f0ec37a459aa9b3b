import { describe, expect, test } from '@jest/globals'
import { parseJob } from './job.ts'

describe('the command line', () => {
  test.each([
    [
      'storage-version-migration services.serving.knative.dev routes.serving.knative.dev',
      {
        kind: 'storage-version-migration',
        definitions: ['services.serving.knative.dev', 'routes.serving.knative.dev'],
      },
    ],
    ['cleanup', { kind: 'cleanup' }],
    ['default-domain -magic-dns=sslip.io', { kind: 'default-domain', magicDNS: 'sslip.io' }],
    ['default-domain --magic-dns=nip.io', { kind: 'default-domain', magicDNS: 'nip.io' }],
    ['default-domain --magic-dns sslip.io', { kind: 'default-domain', magicDNS: 'sslip.io' }],
  ])('%s', (line, job) => {
    expect(parseJob(line.split(' '))).toEqual(job)
  })

  test.each([
    ['', 'there is no job ; name one job:'],
    ['migrate', 'there is no job migrate'],
    ['storage-version-migration', 'needs the names of definitions'],
    ['storage-version-migration services', '"services" is not the name of a CustomResourceDefinition'],
    ['cleanup everything', 'cleanup takes no arguments, but got everything'],
    ['default-domain', 'default-domain needs --magic-dns'],
    ['default-domain --magic-dns=', 'default-domain needs --magic-dns'],
    ['default-domain --other', "Unknown option '--other'"],
  ])('%j is refused with the usage', (line, message) => {
    const parse = () => parseJob(line.split(' '))
    expect(parse).toThrow(
      expect.objectContaining({ code: 'MIGRATE_USAGE', message: expect.stringContaining(message) }),
    )
    expect(parse).toThrow('storage-version-migration DEFINITION…')
  })

  test('no job at all is refused too', () => {
    expect(() => parseJob([])).toThrow('no job is named')
  })
})
