import { describe, expect, test } from '@jest/globals'
import { configurations, services } from '@knative-ts/apis'
import { eventually, watchFor } from '../harness/eventually.ts'
import { lastLogLine } from '../harness/last-log-line.ts'
import { connectSuite } from '../harness/suite.ts'
import { withConfig } from '../harness/with-config.ts'
import { runtimeReport } from './runtime.ts'

const { workspace, client } = await connectSuite()

const tagHeader = 'knative-serving-tag'

describe('config-features', () => {
  test('tag-header-based-routing: a header chooses the tag, an unknown one changes nothing', async () => {
    await withConfig(client, 'config-features', { 'tag-header-based-routing': 'enabled' }, async () => {
      const name = workspace.name('tagged')
      await workspace.serve({ image: 'runtime', name, env: { V: '1' } })
      const service = await workspace.update(name, ({ spec }) => {
        spec.template.spec.containers[0]!.env = [{ name: 'V', value: '2' }]
        spec.traffic = [
          { revisionName: `${name}-00001`, percent: 0, tag: 'old' },
          { latestRevision: true, percent: 100, tag: 'new' },
        ]
      })
      const versionFor = async (headers: Record<string, string>) =>
        runtimeReport(await workspace.get(service, '/', headers)).container.env['V']
      await eventually(
        'the old version by header',
        async () => (await versionFor({ [tagHeader]: 'old' })) === '1',
      )
      expect(await versionFor({})).toBe('2')
      expect(await versionFor({ [tagHeader]: 'new' })).toBe('2')
      expect(await versionFor({ [tagHeader]: 'no-such-tag' })).toBe('2')
    })
  })
})

describe('config-autoscaler', () => {
  test('allow-zero-initial-scale: a revision can be Ready without ever having had a pod', async () => {
    await withConfig(client, 'config-autoscaler', { 'allow-zero-initial-scale': 'true' }, async () => {
      const shape = { image: 'autoscale', annotations: { 'autoscaling.knative.dev/initial-scale': '0' } }
      const { metadata } = await eventually('admission with the new setting', () => workspace.create(shape))
      const name = metadata.name ?? ''
      await workspace.ready(configurations, name)
      const counts = await watchFor(3_000, async () => (await workspace.podsOf(`${name}-00001`)).length)
      expect(Math.max(...counts)).toBe(0)
      const service = await workspace.ready(services, name)
      expect((await workspace.get(service)).status).toBe(200)
    })
  })

  test('without it, a start from zero is refused', async () => {
    const shape = { image: 'autoscale', annotations: { 'autoscaling.knative.dev/initial-scale': '0' } }
    await eventually('the refusal', () => workspace.create(shape).then(() => false as const, expectRefusal))
  })
})

const expectRefusal = (error: Error) =>
  /invalid value: 0: .*autoscaling\.knative\.dev\/initial-scale/.test(error.message)

describe('config-defaults', () => {
  test('revision-timeout-seconds and container-concurrency fill in what is not said', async () => {
    const data = { 'revision-timeout-seconds': '123', 'container-concurrency': '7' }
    await withConfig(client, 'config-defaults', data, async () => {
      const { spec } = await eventually('the new defaults', async () => {
        const created = await workspace.create({ image: 'runtime' })
        return created.spec.template.spec.timeoutSeconds === 123 ? created : undefined
      })
      expect(spec.template.spec.containerConcurrency).toBe(7)
    })
  })

  test('a value that makes no sense is refused and changes nothing', async () => {
    const data = { 'revision-timeout-seconds': 'a while' }
    await expect(withConfig(client, 'config-defaults', data, async () => {})).rejects.toThrow(
      /revision-timeout-seconds|a while/,
    )
    const created = await workspace.create({ image: 'runtime' })
    expect(created.spec.template.spec.timeoutSeconds).toBe(300)
  })
})

describe('config-domain', () => {
  test('a new domain reaches existing Routes', async () => {
    const service = await workspace.serve({ image: 'runtime' })
    const before = service.status?.url
    const name = service.metadata.name ?? ''
    const selector = `selector:\n  e2e: ${name}\n`
    await withConfig(client, 'config-domain', { 'special.example.org': selector }, async () => {
      await workspace.edit(services, name, ({ metadata }) => {
        metadata.labels = { ...metadata.labels, e2e: name }
      })
      const moved = await eventually('the new host', async () => {
        const now = await workspace.ready(services, name)
        return now.status?.url?.endsWith('.special.example.org') ? now : undefined
      })
      expect((await workspace.get(moved)).status).toBe(200)
    })
    await eventually(
      'the old host',
      async () => (await workspace.ready(services, name)).status?.url === before,
    )
  })
})

describe('config-observability', () => {
  test('request logs: the queue-proxy writes a line for each request, as the template says', async () => {
    const data = {
      'logging.enable-request-log': 'true',
      'logging.request-log-template':
        '{"url": "{{js .Request.RequestURI}}", "code": {{.Response.Code}}, "revision": "{{.Revision.Name}}"}',
    }
    await withConfig(client, 'config-observability', data, async () => {
      const service = await workspace.serve({ image: 'runtime' })
      const revision = service.status?.latestReadyRevisionName ?? ''
      const [pod] = await workspace.podsOf(revision)
      await workspace.get(service, '/logged?yes')
      const line = await eventually('the line', async () => {
        const last = await lastLogLine<{ url: string }>(client, pod!, 'queue-proxy')
        return last.url === undefined ? undefined : last
      })
      expect(line).toEqual({ url: '/logged?yes', code: 200, revision })
    })
  })

  test('probe request logs: the kubelet’s probes have lines too', async () => {
    const data = {
      'logging.enable-request-log': 'true',
      'logging.enable-probe-request-log': 'true',
      'logging.request-log-template':
        '{"url": "{{js .Request.RequestURI}}", "agent": "{{js .Request.UserAgent}}"}',
    }
    await withConfig(client, 'config-observability', data, async () => {
      const service = await workspace.serve({
        image: 'runtime',
        annotations: { 'autoscaling.knative.dev/min-scale': '1' },
        container: { readinessProbe: { tcpSocket: {} as never, periodSeconds: 1 } },
      })
      const [pod] = await workspace.podsOf(service.status?.latestReadyRevisionName ?? '')
      const line = await eventually('the line of a probe', async () => {
        const last = await lastLogLine<{ agent: string }>(client, pod!, 'queue-proxy')
        return last.agent?.startsWith('kube-probe/') ? last : undefined
      })
      expect(line).toMatchObject({ url: '/' })
    })
  })
})
