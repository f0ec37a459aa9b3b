import { describe, expect, test } from '@jest/globals'
import { type Condition, conditionOf, configurations, revisions, services } from '@knative-ts/apis'
import { eventually } from '../harness/eventually.ts'
import { connectSuite } from '../harness/suite.ts'

const { workspace, needs } = await connectSuite()

/** Soon, but long enough for a busy node to have a container running. */
const soon = { 'serving.knative.dev/progress-deadline': '20s' }

/** Ready of the Service, its Configuration and its revision, once the Service has failed. */
async function failureOf(name: string) {
  const service = await workspace.failed(services, name, { withinMs: 120_000 })
  const configuration = await workspace.failed(configurations, name)
  const revision = await workspace.failed(revisions, `${name}-00001`)
  const said = (condition: Condition | undefined) => ({
    status: condition?.status,
    reason: condition?.reason ?? '',
    message: condition?.message ?? '',
  })
  return {
    service: said(conditionOf(service.status, 'ConfigurationsReady')),
    configuration: said(conditionOf(configuration.status, 'Ready')),
    revision: said(conditionOf(revision.status, 'Ready')),
  }
}

describe('an image that is not there', () => {
  test('is told by revision, Configuration and Service', async () => {
    const { metadata } = await workspace.create({ image: 'invalid-hello-world', annotations: soon })
    const name = metadata.name ?? ''
    const failure = await failureOf(name)
    expect(failure.revision.message).toMatch(/invalid-hello-world|not found|pull/i)
    expect(failure.revision.reason).not.toBe('')
    expect(failure.configuration).toMatchObject({ status: 'False', reason: 'RevisionFailed' })
    expect(failure.configuration.message).toContain(`Revision "${name}-00001" failed with message: `)
    expect(failure.service).toEqual(failure.configuration)
  })

  needs('registry')('by digest: the reason is that of the pull', async () => {
    const image = `${workspace.image('runtime')}@sha256:${'0'.repeat(64)}`
    const { metadata } = await workspace.create({ image: 'runtime', container: { image }, annotations: soon })
    const name = metadata.name ?? ''
    const pullReason = /^(ImagePullBackOff|ErrImagePull)$/
    await workspace.when(revisions, `${name}-00001`, 'Ready', ({ reason }) => pullReason.test(reason ?? ''))
    const configuration = await workspace.failed(configurations, name)
    expect(conditionOf(configuration.status, 'Ready')?.reason).toBe('RevisionFailed')
  })
})

describe('a container that ends', () => {
  test('its last words are in the status, with its exit code', async () => {
    const { metadata } = await workspace.create({
      image: 'crash',
      env: { MESSAGE: 'no database at db:5432', EXIT_CODE: '7' },
    })
    const { revision, service } = await failureOf(metadata.name ?? '')
    expect(revision.reason).toBe('ExitCode7')
    expect(revision.message).toContain('no database at db:5432')
    expect(service.message).toContain('no database at db:5432')
  })

  test('after a while counts too', async () => {
    const { metadata } = await workspace.create({
      image: 'crash',
      env: { AFTER_MS: '3000' },
    })
    const { revision } = await failureOf(metadata.name ?? '')
    expect(revision.reason).toBe('ExitCode5')
  })

  test('a new template that works makes the Service Ready', async () => {
    const { metadata } = await workspace.create({ image: 'crash' })
    const name = metadata.name ?? ''
    await workspace.failed(services, name, { withinMs: 120_000 })
    const service = await workspace.update(name, ({ spec }) => {
      spec.template.spec.containers[0]!.image = workspace.image('runtime')
    })
    expect(service.status?.latestReadyRevisionName).toBe(`${name}-00002`)
    expect((await workspace.get(service)).status).toBe(200)
  })

  test('an update that fails leaves the traffic where it was', async () => {
    const { metadata } = await workspace.serve({ image: 'runtime' })
    const name = metadata.name ?? ''
    await workspace.edit(services, name, ({ spec }) => {
      spec.template.spec.containers[0]!.image = workspace.image('crash')
    })
    const failed = await workspace.failed(services, name, { withinMs: 120_000 })
    expect(failed.status).toMatchObject({
      latestCreatedRevisionName: `${name}-00002`,
      latestReadyRevisionName: `${name}-00001`,
    })
    expect((await workspace.get(failed)).status).toBe(200)
  })
})

describe('a container that never listens', () => {
  test('fails when the progress deadline has passed', async () => {
    const { metadata } = await workspace.create({
      image: 'slowstart',
      env: { START_MS: '600000' },
      annotations: soon,
    })
    const { revision } = await failureOf(metadata.name ?? '')
    expect(revision.reason).toBe('ProgressDeadlineExceeded')
  })
})

describe('a pod that cannot be placed', () => {
  needs('scheduling')('says what is missing', async () => {
    const { metadata } = await workspace.create({
      image: 'runtime',
      container: { resources: { requests: { cpu: '50000m' } } },
      annotations: soon,
    })
    const revision = await eventually('Unschedulable', async () => {
      const object = await workspace.revision(`${metadata.name}-00001`)
      return conditionOf(object.status, 'Ready')?.reason === 'Unschedulable' ? object : undefined
    })
    expect(conditionOf(revision.status, 'Ready')?.message).toContain('Insufficient cpu')
  })
})
