import { join } from 'node:path'
import { describe } from '@jest/globals'
import type { Revision } from '@knative-ts/apis'
import { type ConfigData, testConfig } from '../../testing/config.ts'
import { testGoldenFiles } from '../../testing/golden-files.ts'
import { testInstallation } from '../testing/revision-fixtures.ts'
import { makeDeployment } from './deployment.ts'
import { makeImageCache } from './image-cache.ts'
import { makePodAutoscaler, withDefaultClass } from './pod-autoscaler.ts'

interface Input {
  config?: ConfigData
  revision: Revision
}

describe('objects made for a revision', () => {
  testGoldenFiles<Input>(join(import.meta.dirname, '../testdata'), async ({ config: data, revision }) => {
    const config = testConfig(data)
    const deployment = makeDeployment(revision, config, testInstallation)
    const { podAutoscalerClass } = config.autoscaler
    const { containerStatuses = [], initContainerStatuses = [] } = revision.status ?? {}
    return {
      deployment,
      podAutoscaler: withDefaultClass(makePodAutoscaler(revision, deployment), podAutoscalerClass),
      images: [...containerStatuses, ...initContainerStatuses].map((container) =>
        makeImageCache(revision, container),
      ),
    }
  })
})
