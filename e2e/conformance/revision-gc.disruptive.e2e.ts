import { describe, expect, test } from '@jest/globals'
import { type Revision, routingStateLabelKey, type Service } from '@knative-ts/apis'
import { isNotFound } from '@knative-ts/kube'
import { eventually, watchFor } from '../harness/eventually.ts'
import { connectSuite } from '../harness/suite.ts'
import { withConfig } from '../harness/with-config.ts'

const { workspace, client } = await connectSuite()

/** Whatever no Route uses goes at once. */
const immediate = {
  'retain-since-create-time': 'disabled',
  'retain-since-last-active-time': 'disabled',
  'min-non-active-revisions': '0',
  'max-non-active-revisions': '0',
}

const routingState = ({ metadata }: Revision) => metadata.labels?.[routingStateLabelKey]

const nextVersion = ({ spec }: Service): void => {
  spec.template.spec.containers[0]!.env = [{ name: 'V', value: '2' }]
}

/** Whether a revision is there. */
const exists = (name: string) =>
  workspace.revision(name).then(
    () => true,
    (error) => {
      if (isNotFound(error)) return false
      throw error
    },
  )

describe('config-gc', () => {
  test('a revision that traffic has left is gone within a minute, and the next one serves', async () => {
    await withConfig(client, 'config-gc', immediate, async () => {
      const name = workspace.name('collected')
      await workspace.serve({ image: 'runtime', name, env: { V: '1' } })
      expect(routingState(await workspace.revision(`${name}-00001`))).toBe('active')

      const service = await workspace.update(name, nextVersion)
      await eventually('the deletion of the first revision', async () => !(await exists(`${name}-00001`)))
      expect(service.status?.latestReadyRevisionName).toBe(`${name}-00002`)
      expect((await workspace.get(service)).status).toBe(200)
      await eventually('the end of its pods', async () => {
        return (await workspace.podsOf(`${name}-00001`)).length === 0
      })
    })
  })

  test('a revision that a tag names, one that is preserved and the newest one stay', async () => {
    await withConfig(client, 'config-gc', immediate, async () => {
      const [tagged, preserved] = [workspace.name('tagged'), workspace.name('preserved')]
      await workspace.serve({ image: 'runtime', name: tagged, env: { V: '1' } })
      await workspace.serve({
        image: 'runtime',
        name: preserved,
        env: { V: '1' },
        annotations: { 'serving.knative.dev/no-gc': 'true' },
      })
      await workspace.update(tagged, (service) => {
        nextVersion(service)
        service.spec.traffic = [
          { revisionName: `${tagged}-00001`, percent: 0, tag: 'old' },
          { latestRevision: true, percent: 100 },
        ]
      })
      await workspace.update(preserved, nextVersion)
      await eventually('its retirement', async () => {
        return routingState(await workspace.revision(`${preserved}-00001`)) === 'reserve'
      })
      const names = [tagged, preserved].flatMap((name) => [`${name}-00001`, `${name}-00002`])
      const seen = await watchFor(3_000, () => Promise.all(names.map(exists)))
      expect(seen.flat()).not.toContain(false)
    })
  })
})
