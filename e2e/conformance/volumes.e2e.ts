import { describe, expect, test } from '@jest/globals'
import { configMaps, secrets, type V1Volume } from '@knative-ts/apis'
import { eventually } from '../harness/eventually.ts'
import { connectSuite } from '../harness/suite.ts'
import { runtimeReport } from './runtime.ts'

const { workspace, client, needs } = await connectSuite()

const mountPath = '/etc/e2e'

/** Serves a volume. The container learns its path from a variable, and answers with its files. */
async function withVolume(volume: Omit<V1Volume, 'name'>, mount: { subPath?: string } = {}) {
  const service = await workspace.serve({
    image: 'runtime',
    env: { FOLDER: mountPath },
    container: { volumeMounts: [{ name: 'volume', mountPath, readOnly: !volume.emptyDir, ...mount }] },
    spec: { volumes: [{ name: 'volume', ...volume }] },
  })
  const folder = runtimeReport(await workspace.get(service)).container.env['FOLDER'] ?? ''
  return {
    folder,
    read: async (file: string) => {
      const path = file === '' ? folder : `${folder}/${file}`
      const { status, body } = await workspace.get(service, `/?file=${encodeURIComponent(path)}`)
      return status === 200 ? body : undefined
    },
  }
}

async function makeConfigMap(data: Record<string, string>): Promise<string> {
  const name = workspace.name('config')
  await client.create(configMaps, { metadata: { name, namespace: workspace.namespace }, data })
  return name
}

async function makeSecret(stringData: Record<string, string>): Promise<string> {
  const name = workspace.name('secret')
  await client.create(secrets, { metadata: { name, namespace: workspace.namespace }, stringData })
  return name
}

describe('ConfigMap', () => {
  test('every key is a file, or those that are asked for', async () => {
    const name = await makeConfigMap({ 'a.txt': 'A', 'b.txt': 'B' })
    const all = await withVolume({ configMap: { name } })
    expect([await all.read('a.txt'), await all.read('b.txt')]).toEqual(['A', 'B'])
    const some = await withVolume({ configMap: { name, items: [{ key: 'a.txt', path: 'deep/er.txt' }] } })
    expect([await some.read('deep/er.txt'), await some.read('a.txt')]).toEqual(['A', undefined])
  })

  test('a change reaches the running container', async () => {
    const name = await makeConfigMap({ level: 'info' })
    const volume = await withVolume({ configMap: { name } })
    expect(await volume.read('level')).toBe('info')
    await workspace.edit(configMaps, name, (object) => {
      object.data = { level: 'debug' }
    })
    await eventually('the new level', async () => (await volume.read('level')) === 'debug', {
      withinMs: 120_000,
    })
  })

  test('one that may be missing leaves the folder empty', async () => {
    const volume = await withVolume({ configMap: { name: 'not-there', optional: true } })
    expect(await volume.read('anything')).toBeUndefined()
  })
})

describe('Secret', () => {
  test('every key is a file with the decoded value', async () => {
    const secretName = await makeSecret({ password: 'pässword' })
    const volume = await withVolume({ secret: { secretName } })
    expect(await volume.read('password')).toBe('pässword')
  })

  test('a single key can be mounted', async () => {
    const secretName = await makeSecret({ password: 'p', other: 'o' })
    const volume = await withVolume({ secret: { secretName } }, { subPath: 'password' })
    expect(await volume.read('')).toBe('p')
  })
})

describe('projected', () => {
  test('brings sources together; of the same path the later one wins', async () => {
    const first = await makeConfigMap({ shared: 'first', only: 'config' })
    const second = await makeSecret({ shared: 'second' })
    const volume = await withVolume({
      projected: {
        sources: [
          { configMap: { name: first } },
          { secret: { name: second, items: [{ key: 'shared', path: 'shared' }] } },
          { secret: { name: 'absent', optional: true } },
          {
            downwardAPI: {
              items: [
                {
                  path: 'revision',
                  fieldRef: { fieldPath: "metadata.labels['serving.knative.dev/revision']" },
                },
              ],
            },
          },
        ],
      },
    })
    expect(await volume.read('shared')).toBe('second')
    expect(await volume.read('only')).toBe('config')
    expect(await volume.read('revision')).toMatch(/^runtime-\d+-00001$/)
  })

  test('a service account token is a JWT for its audience', async () => {
    const volume = await withVolume({
      projected: {
        sources: [
          { serviceAccountToken: { path: 'token', audience: 'my-audience', expirationSeconds: 3600 } },
        ],
      },
    })
    const [, claims = ''] = ((await volume.read('token')) ?? '').split('.')
    expect(JSON.parse(Buffer.from(claims, 'base64url').toString())).toMatchObject({
      aud: expect.arrayContaining(['my-audience']),
      sub: `system:serviceaccount:${workspace.namespace}:default`,
    })
  })
})

describe('emptyDir', () => {
  test('starts empty and can be written', async () => {
    const service = await workspace.serve({
      image: 'runtime',
      env: { DATA: '/data' },
      container: { volumeMounts: [{ name: 'data', mountPath: '/data' }] },
      spec: { volumes: [{ name: 'data', emptyDir: { medium: 'Memory', sizeLimit: '10M' } }] },
    })
    const folder = runtimeReport(await workspace.get(service)).container.env['DATA']
    const { container } = runtimeReport(await workspace.get(service, `/?stat=${folder}/written`))
    expect(container.files).toEqual({ [`${folder}/written`]: { error: 'ENOENT' } })
    expect((await workspace.get(service, `/?append=${folder}/written&text=here`)).status).toBe(200)
    expect((await workspace.get(service, `/?file=${folder}/written`)).body).toBe('here')
  })

  needs('mounts')('is at its path', async () => {
    const service = await workspace.serve({
      image: 'runtime',
      container: { volumeMounts: [{ name: 'data', mountPath: '/data' }] },
      spec: { volumes: [{ name: 'data', emptyDir: {} }] },
    })
    const { container } = runtimeReport(await workspace.get(service, '/?stat=/data'))
    expect(container.files['/data']?.mode).toBe('777')
  })
})
