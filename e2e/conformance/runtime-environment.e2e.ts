import { describe, expect, test } from '@jest/globals'
import { configMaps, pods, type Service, secrets } from '@knative-ts/apis'
import { eventually } from '../harness/eventually.ts'
import { connectSuite } from '../harness/suite.ts'
import type { ServiceShape } from '../harness/workspace.ts'
import { runtimeReport } from './runtime.ts'

const { workspace, client, needs } = await connectSuite()

async function report(shape: Partial<ServiceShape>, query = '') {
  const service = await workspace.serve({ image: 'runtime', ...shape })
  return { service, ...runtimeReport(await workspace.get(service, `/${query}`)) }
}

const revisionOf = (service: Service) => service.status?.latestReadyRevisionName

describe('environment', () => {
  test('says which Service, Configuration and Revision this is', async () => {
    const { service, container } = await report({})
    const { name } = service.metadata
    expect(container.env).toMatchObject({
      K_SERVICE: name,
      K_CONFIGURATION: name,
      K_REVISION: revisionOf(service),
    })
  })

  test('PORT is where requests arrive', async () => {
    const { container } = await report({})
    expect(Number(container.env['PORT'])).toBeGreaterThan(0)
  })

  needs('ownPorts')('PORT is the port that the container asks for', async () => {
    const { container } = await report({ container: { ports: [{ containerPort: 8801 }] } })
    expect(container.env['PORT']).toBe('8801')
  })

  test('has the values of the container, in order, with references to earlier ones', async () => {
    const { container } = await report({
      env: { GREETING: 'hello', LINE: '$(GREETING) from $(K_NOT_HERE) $$(GREETING)', EMPTY: '' },
    })
    expect(container.env).toMatchObject({
      GREETING: 'hello',
      LINE: 'hello from $(K_NOT_HERE) $(GREETING)',
      EMPTY: '',
    })
  })

  test('takes values from ConfigMaps and Secrets, whole and by key', async () => {
    const { namespace } = workspace
    await client.create(configMaps, {
      metadata: { name: 'settings', namespace },
      data: { COLOUR: 'green', SIZE: 'large' },
    })
    await client.create(secrets, {
      metadata: { name: 'keys', namespace },
      stringData: { TOKEN: 's3cret', 'door-code': '1234' },
    })
    const { container } = await report({
      container: {
        env: [
          { name: 'MY_SIZE', valueFrom: { configMapKeyRef: { name: 'settings', key: 'SIZE' } } },
          { name: 'CODE', valueFrom: { secretKeyRef: { name: 'keys', key: 'door-code' } } },
          { name: 'NONE', valueFrom: { configMapKeyRef: { name: 'absent', key: 'X', optional: true } } },
        ],
        envFrom: [
          { configMapRef: { name: 'settings' } },
          { prefix: 'SECRET_', secretRef: { name: 'keys' } },
          { configMapRef: { name: 'absent', optional: true } },
        ],
      },
    })
    expect(container.env).toMatchObject({
      COLOUR: 'green',
      SIZE: 'large',
      SECRET_TOKEN: 's3cret',
      MY_SIZE: 'large',
      CODE: '1234',
    })
    expect(container.env).not.toHaveProperty('NONE')
  })
})

describe('process', () => {
  test('runs the command with its arguments', async () => {
    const { container } = await report({
      container: { command: ['node', 'server.js', 'abra'], args: ['cadabra', '$(WORD)', '$$(WORD)'] },
      env: { WORD: 'do' },
    })
    expect(container.args).toEqual(['abra', 'cadabra', 'do', '$(WORD)'])
  })

  test('reads the end of its input at once', async () => {
    expect((await report({})).container.stdin).toBe('EOF')
  })

  test('runs in the folder that the container names', async () => {
    const { container } = await report({
      container: {
        workingDir: '/tmp',
        command: ['node', '--input-type=module', '-e', printFolder],
      },
    })
    expect(container.cwd).toBe('/tmp')
  })

  test('hears SIGTERM when its pod is deleted, and its last answer arrives', async () => {
    const service = await workspace.serve({ image: 'runtime' })
    const [pod] = await workspace.podsOf(revisionOf(service) ?? '')
    const farewell = workspace.get(service, '/?await=SIGTERM')
    // Deleting the pod must not overtake the request.
    await eventually('the request in the container', async () => {
      const { status } = await workspace.get(service, '/?awaited=SIGTERM')
      return status === 200
    })
    await client.delete(pods, workspace.namespace, pod?.metadata.name ?? '')
    expect(await farewell).toMatchObject({ status: 200, body: 'SIGTERM\n' })
  })

  needs('isolation')('runs as the user of the image', async () => {
    expect((await report({})).container.uid).toBe(65532)
  })

  needs('isolation')('runs as the user that the container names', async () => {
    const { container } = await report({ container: { securityContext: { runAsUser: 2020 } } })
    expect(container.uid).toBe(2020)
  })

  needs('isolation')('sees its own limits, and cannot change them', async () => {
    const inGroup = (name: string) => `/sys/fs/cgroup/${name}`
    const v2 = ['cpu.max', 'memory.max'].map(inGroup)
    const v1 = ['cpu/cpu.cfs_quota_us', 'cpu/cpu.cfs_period_us', 'memory/memory.limit_in_bytes'].map(inGroup)
    const { service, container } = await report(
      {
        container: {
          resources: {
            requests: { cpu: '125m', memory: '128Mi' },
            limits: { cpu: '1', memory: '128Mi' },
          },
        },
      },
      `?stat=${[...v2, ...v1].join(',')}`,
    )
    expect(Object.values(container.files).filter(({ writable }) => writable)).toEqual([])
    const files = container.files[inGroup('memory.max')]?.mode ? v2 : v1
    const answers = await Promise.all(files.map((file) => workspace.get(service, `/?file=${file}`)))
    const limits = answers.map(({ body }) => body.trim()).join(' ')
    const [quota = 0, period = 0, memory] = limits.split(' ').map(Number)
    expect({ limits, cpu: quota / period, memory }).toEqual({ limits, cpu: 1, memory: 128 << 20 })
  })
})

describe('file system', () => {
  needs('isolation')('has the devices and links that programs expect', async () => {
    const device = 'character device'
    const expected = {
      '/dev/null': device,
      '/dev/zero': device,
      '/dev/full': device,
      '/dev/random': device,
      '/dev/urandom': device,
      '/dev/tty': device,
      '/dev/fd': '/proc/self/fd',
      '/dev/stdin': '/proc/self/fd/0',
      '/dev/stdout': '/proc/self/fd/1',
      '/dev/stderr': '/proc/self/fd/2',
      '/proc/self/fd': 'folder',
      '/dev/console': 'ENOENT',
    }
    const { container } = await report({}, `?stat=${[...Object.keys(expected), '/dev/ptmx'].join(',')}`)
    // A device of its own, or a link to that of the container's terminals.
    const { '/dev/ptmx': terminals, ...files } = container.files
    const found = Object.entries(files).map(([path, { kind, link, error }]) => [path, error ?? link ?? kind])
    expect(Object.fromEntries(found)).toEqual(expected)
    expect(terminals?.kind).toBe(device)
  })

  test('has a folder for temporary files, and names to resolve', async () => {
    const { container } = await report({}, '?stat=/tmp,/etc/resolv.conf')
    expect(container.files['/tmp']?.mode).toMatch(/^1?777$/)
    expect(container.files['/etc/resolv.conf']?.mode).toMatch(/^.?[4-7][4-7][4-7]$/)
  })

  needs('isolation')('cannot write kernel settings', async () => {
    const { container } = await report({}, '?stat=/proc/sys/kernel/hostname')
    expect(container.files['/proc/sys/kernel/hostname']?.writable).toBe(false)
  })
})

/** Serves its working directory in the way that the image does, from a place without the image's files. */
const printFolder = `
import { createServer } from 'node:http'
const body = JSON.stringify({ container: { cwd: process.cwd() } })
createServer((_, response) => response.end(body)).listen(process.env.PORT)
process.on('SIGTERM', () => process.exit(0))
`
