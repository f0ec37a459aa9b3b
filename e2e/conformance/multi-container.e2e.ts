import { describe, expect } from '@jest/globals'
import type { V1Container } from '@knative-ts/apis'
import { connectSuite } from '../harness/suite.ts'

const { workspace, needs } = await connectSuite()

const sidecarPort = 8882

describe('several containers', () => {
  needs('ownPorts')('share the network: the one with the port answers with what the other says', async () => {
    const serving = {
      name: 'serving',
      image: workspace.image('proxy'),
      ports: [{ containerPort: 8881 }],
      env: [{ name: 'FORWARD_PORT', value: String(sidecarPort) }],
    } as V1Container
    const sidecar = {
      name: 'sidecar',
      image: workspace.image('slowstart'),
      env: [
        { name: 'PORT', value: String(sidecarPort) },
        { name: 'START_MS', value: '0' },
      ],
    } as V1Container
    const service = await workspace.serve({ image: 'proxy', spec: { containers: [serving, sidecar] } })
    expect(await workspace.get(service)).toMatchObject({ status: 200, body: 'Worth the wait!\n' })
  })
})
