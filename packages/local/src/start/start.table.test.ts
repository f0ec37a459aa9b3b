import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from '@jest/globals'
import picocolors from 'picocolors'
import { ImageStore } from '../kubelet/image-store.ts'
import { checkFreeAddress } from './free-address.ts'
import { activeByCluster } from './gateway-concurrency.ts'
import { parseManifests, readManifests } from './manifests.ts'
import { parseOptions } from './options.ts'
import { lockState } from './state-lock.ts'
import { externalUrl, statusLines } from './status-table.ts'

const root = mkdtempSync(join(tmpdir(), 'start-'))
afterAll(() => rmSync(root, { recursive: true }))

describe('options', () => {
  test('defaults', () => {
    expect(parseOptions(['start'], '/w')).toMatchObject({
      dataDir: '/w/.knative-ts/data',
      fresh: false,
      address: '127.0.0.1',
      apiPort: 6443,
      images: ['/w/images'],
      sample: true,
    })
    expect(parseOptions(['demo'], '/w')).toMatchObject({ fresh: true, address: '127.0.0.2' })
  })

  test.each([
    [['stop'], 'unknown command stop; it is start or demo'],
    [['start', '--adress', 'x'], "Unknown option '--adress'"],
    [['start', '--address', '10.0.0.1'], 'must be one of 127.0.0.1 to 127.0.0.95'],
    [['start', '--address', '127.0.0.96'], 'must be one of'],
    [['start', '--api-port', 'no'], '--api-port no: it must be a port number'],
  ])('%j is refused', (argv, message) => {
    expect(() => parseOptions(argv, '/w')).toThrow(message)
  })
})

describe('manifests', () => {
  test('come in the order in which they can be applied, placeholders filled in', () => {
    const file = join(root, 'all.yaml')
    writeFileSync(
      file,
      `
apiVersion: apps/v1
kind: Deployment
metadata: { name: d }
---
apiVersion: serving.knative.dev/v1
kind: Service
metadata: { name: $(NODE_ADDRESS) }
---
# nothing
---
apiVersion: admissionregistration.k8s.io/v1
kind: MutatingWebhookConfiguration
metadata: { name: w }
---
apiVersion: v1
kind: Namespace
metadata: { name: n }
`,
    )
    const objects = readManifests(file, { NODE_ADDRESS: '127.0.0.9' })
    expect(objects.map(({ kind, metadata }) => `${kind} ${metadata.name}`)).toEqual([
      'Namespace n',
      'Service 127.0.0.9',
      'Deployment d',
      'MutatingWebhookConfiguration w',
    ])
    expect(parseManifests('')).toEqual([])
    expect(() => readManifests(join(root, 'none'), {})).toThrow('npm run render')
  })
})

describe('state and addresses', () => {
  test('a lock left by a dead process is taken over', () => {
    const dir = join(root, 'state')
    lockState(dir)()
    mkdirSync(dir, { recursive: true })
    writeFileSync(join(dir, 'lock'), '999999999')
    expect(() => lockState(dir)()).not.toThrow()
  })

  test('a folder that cannot be made says so', () => {
    const file = join(root, 'file')
    writeFileSync(file, '')
    expect(() => lockState(join(file, 'sub'))).toThrow('choose another with --data')
  })

  test('a port in use is named with its purpose and the cure', async () => {
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(18000, '127.0.0.94', resolve))
    await expect(checkFreeAddress('127.0.0.94', 6443)).rejects.toThrow(
      /127\.0\.0\.94:18000 is in use, and the xDS server needs it.*--address/,
    )
    await new Promise((resolve) => server.close(resolve))
    await expect(checkFreeAddress('127.0.0.94', 6443)).resolves.toBeUndefined()
  })
})

describe('images', () => {
  const images = join(root, 'images')
  mkdirSync(join(images, 'web'), { recursive: true })
  mkdirSync(join(images, 'shell'), { recursive: true })
  mkdirSync(join(images, 'broken'), { recursive: true })
  writeFileSync(join(images, 'web/package.json'), '{"scripts":{"start":"node server.js"}}')
  writeFileSync(join(images, 'shell/package.json'), '{"scripts":{"start":"FOO=1 node server.js | cat"}}')
  writeFileSync(join(images, 'broken/package.json'), '{')
  const store = new ImageStore({ folders: [images], known: {} })

  test.each([
    ['dev.local/web', ['node', 'server.js']],
    ['dev.local/web:v1', ['node', 'server.js']],
    ['dev.local/web@sha256:0', ['node', 'server.js']],
    ['dev.local/shell', ['/bin/sh', '-c', 'FOO=1 node server.js | cat']],
  ])('%s', async (image, entrypoint) => {
    expect(await store.resolve(image)).toMatchObject({ entrypoint })
  })

  test.each([
    ['dev.local/none', 'make a folder none in'],
    ['docker.io/library/nginx', 'local mode runs images named dev.local/NAME'],
    ['dev.local/broken', 'is not valid JSON'],
    ['dev.local/../../etc', 'not found'],
  ])('%s is refused', async (image, message) => {
    await expect(store.resolve(image)).rejects.toThrow(message)
  })
})

describe('status table', () => {
  const colors = picocolors.createColors(false)

  test('shows URL, shares, pods and requests in flight', () => {
    const lines = statusLines(
      {
        services: [
          {
            metadata: { name: 'hello', namespace: 'default' },
            spec: { template: { spec: { containers: [] } } },
            status: {
              url: 'http://hello.default.localhost',
              conditions: [{ type: 'Ready', status: 'True' }],
              traffic: [{ revisionName: 'hello-00001', percent: 100 }],
            },
          },
        ],
        revisions: [
          {
            metadata: {
              name: 'hello-00001',
              namespace: 'default',
              labels: { 'serving.knative.dev/configuration': 'hello' },
            },
            spec: { containers: [] },
            status: { conditions: [{ type: 'Ready', status: 'True' }] },
          },
        ],
        pods: [
          {
            metadata: {
              name: 'p',
              namespace: 'default',
              labels: { 'serving.knative.dev/revision': 'hello-00001' },
            },
            status: { conditions: [{ type: 'Ready', status: 'True' }] },
          },
        ],
        concurrency: new Map([['default/hello-00001', 7]]),
        gatewayPort: 8080,
      },
      colors,
    )
    expect(lines.map((line) => line.split(/\s{2,}/))).toEqual([
      ['SERVICE / REVISION', 'READY', 'TRAFFIC', 'PODS', 'IN FLIGHT', 'URL / REASON'],
      ['default/hello', 'True', 'http://hello.default.localhost:8080'],
      ['', 'hello-00001', 'True', '100%', '1/1', '7'],
    ])
  })

  test('an empty cluster says what to do', () => {
    const none = { services: [], revisions: [], pods: [], concurrency: new Map(), gatewayPort: 8080 }
    expect(statusLines(none, colors)).toEqual(['no Services yet; apply one with kubectl'])
  })

  test('externalUrl keeps the path and adds the port', () => {
    expect(externalUrl('http://a.b.localhost/x', 8080)).toBe('http://a.b.localhost:8080/x')
    expect(externalUrl(undefined, 8080)).toBe('')
  })
})

test('requests in flight are summed over the hosts of a cluster', () => {
  const host = (value: string) => ({ stats: [{ name: 'rq_active', value }] })
  const json = JSON.stringify({
    cluster_statuses: [{ name: 'ns/rev', host_statuses: [host('3'), host('4')] }, { name: 'idle' }],
  })
  expect(Object.fromEntries(activeByCluster(json))).toEqual({ 'ns/rev': 7, idle: 0 })
  expect(activeByCluster('not json').size).toBe(0)
})
