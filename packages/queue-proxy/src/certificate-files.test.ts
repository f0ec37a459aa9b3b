import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { ManualClock } from '@knative-ts/clock/testing'
import { type Certificate, CertificateFiles } from './certificate-files.ts'

describe('CertificateFiles', () => {
  let folder = ''
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'certificate-'))
  })
  afterEach(() => rm(folder, { recursive: true }))

  const write = (cert: string, key: string) =>
    Promise.all([writeFile(join(folder, 'tls.crt'), cert), writeFile(join(folder, 'tls.key'), key)])

  test('there is none unless both files are there', async () => {
    const files = new CertificateFiles(folder, new ManualClock())
    expect(await files.readChanged()).toBeUndefined()
    await writeFile(join(folder, 'tls.crt'), 'c')
    expect(await files.readChanged()).toBeUndefined()
  })

  test('a renewed one is seen within a minute, an unchanged one is not', async () => {
    const clock = new ManualClock()
    const files = new CertificateFiles(folder, clock)
    await write('c1', 'k1')
    expect(await files.readChanged()).toEqual({ cert: Buffer.from('c1'), key: Buffer.from('k1') })
    const seen: Certificate[] = []
    const changed = Promise.withResolvers<void>()
    files.watch((certificate) => {
      seen.push(certificate)
      changed.resolve()
    }, changed.reject)
    expect(await files.readChanged()).toBeUndefined()
    await write('c2', 'k2')
    await clock.advance(59_999)
    expect(seen).toEqual([])
    await clock.advance(1)
    await changed.promise
    expect(seen).toEqual([{ cert: Buffer.from('c2'), key: Buffer.from('k2') }])
    files.stop()
    expect(clock.pendingTimers).toBe(0)
  })
})
