import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from '@jest/globals'
import type { V1Container, V1Pod, V1Volume } from '@knative-ts/apis'
import { mountsOf, translateMountPaths } from './mount-paths.ts'
import { preparePodVolumes } from './pod-volumes.ts'

const root = mkdtempSync(join(tmpdir(), 'volumes-'))
afterAll(() => rmSync(root, { recursive: true }))

const data: Record<string, string> = { a: '1', b: '2' }
const sources = {
  configMap: (name: string) => (name === 'cm' ? { metadata: {}, data } : undefined),
  secret: (name: string) =>
    name === 'sec' ? { metadata: {}, data: { key: Buffer.from('shh').toString('base64') } } : undefined,
  serviceAccountToken: async (audience: string | undefined) => `token for ${audience}`,
  podIP: '127.1.0.1',
  hostIP: '127.0.0.1',
}

let count = 0
async function prepare(...volumes: V1Volume[]) {
  const folder = join(root, String(count++))
  const pod: V1Pod = { metadata: { name: 'p', labels: { app: 'x' } }, spec: { containers: [], volumes } }
  const update = () => preparePodVolumes(pod, folder, sources)
  return { folder, folders: await update(), update }
}

describe('preparePodVolumes', () => {
  test('ConfigMap, and changes to it', async () => {
    const { folders, update } = await prepare({ name: 'v', configMap: { name: 'cm' } })
    const path = folders.get('v') ?? ''
    expect(readdirSync(path).sort()).toEqual(['a', 'b'])
    delete data['b']
    data['a'] = 'new'
    await update()
    expect(readdirSync(path)).toEqual(['a'])
    expect(readFileSync(join(path, 'a'), 'utf8')).toBe('new')
  })

  test('chosen keys of a Secret, in folders', async () => {
    const { folders } = await prepare({
      name: 'v',
      secret: { secretName: 'sec', items: [{ key: 'key', path: 'deep/file' }] },
    })
    expect(readFileSync(join(folders.get('v') ?? '', 'deep/file'), 'utf8')).toBe('shh')
  })

  test('projected: token, downward API and keys together; emptyDir and hostPath', async () => {
    const { folders } = await prepare(
      {
        name: 'all',
        projected: {
          sources: [
            { serviceAccountToken: { path: 'token', audience: 'me' } },
            { downwardAPI: { items: [{ path: 'labels', fieldRef: { fieldPath: 'metadata.labels' } }] } },
            { secret: { name: 'sec' } },
            { configMap: { name: 'none', optional: true } },
          ],
        },
      },
      { name: 'tmp', emptyDir: {} },
      { name: 'host', hostPath: { path: '/opt' } },
    )
    const all = folders.get('all') ?? ''
    expect(readdirSync(all).sort()).toEqual(['key', 'labels', 'token'])
    expect(readFileSync(join(all, 'token'), 'utf8')).toBe('token for me')
    expect(readFileSync(join(all, 'labels'), 'utf8')).toBe('app="x"')
    expect(readdirSync(folders.get('tmp') ?? '')).toEqual([])
    expect(folders.get('host')).toBe('/opt')
  })

  test.each<[string, V1Volume, string]>([
    ['a missing Secret', { name: 'v', secret: { secretName: 'none' } }, 'secret "none" not found'],
    [
      'a missing key',
      { name: 'v', configMap: { name: 'cm', items: [{ key: 'z', path: 'z' }] } },
      'configmap "cm" references non-existent key: z',
    ],
    [
      'a path that leaves the volume',
      { name: 'v', configMap: { name: 'cm', items: [{ key: 'a', path: '../../etc/passwd' }] } },
      'must stay inside the volume',
    ],
    [
      'a kind that is not there',
      { name: 'v', nfs: { server: 's', path: '/' } },
      'not available in local mode',
    ],
  ])('%s is an error', async (_, volume, message) => {
    await expect(prepare(volume)).rejects.toThrow(message)
  })
})

describe('translateMountPaths', () => {
  const container = {
    name: 'c',
    volumeMounts: [
      { name: 'a', mountPath: '/etc/app' },
      { name: 'b', mountPath: '/etc/app/certs/', subPath: 'live' },
    ],
  } as V1Container
  const mounts = mountsOf(
    container,
    new Map([
      ['a', '/data/a'],
      ['b', '/data/b'],
    ]),
  )

  test.each([
    ['-c /etc/app/config.yaml', '-c /data/a/config.yaml'],
    ['--cert=/etc/app/certs/tls.crt', '--cert=/data/b/live/tls.crt'],
    ['/etc/app', '/data/a'],
    ['/etc/app:/etc/other', '/data/a:/etc/other'],
    ['/etc/application/x', '/etc/application/x'],
    ['/my/etc/app/x', '/my/etc/app/x'],
  ])('%s → %s', (text, expected) => {
    expect(translateMountPaths(text, mounts)).toBe(expected)
  })
})
