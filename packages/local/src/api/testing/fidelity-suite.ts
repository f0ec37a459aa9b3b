import { afterAll, beforeAll, expect } from '@jest/globals'
import { asArray, asRecord, valueAt } from '../meta/kube-object.ts'
import { ApiClient, type ApiEndpoint } from './api-client.ts'
import { applyFidelity } from './fidelity-apply.ts'
import { builtinKindsFidelity } from './fidelity-builtin-kinds.ts'
import { customKindsFidelity } from './fidelity-custom-kinds.ts'
import { deletionFidelity } from './fidelity-deletion.ts'
import { widgetDefinition } from './fidelity-fixtures.ts'
import { readsFidelity } from './fidelity-reads.ts'
import { FidelitySession } from './fidelity-session.ts'
import { writesFidelity } from './fidelity-writes.ts'

const definitions = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions'

/**
 * What the embedded API and a real kube-apiserver must have in common, as tests against whatever server
 * `connect` names. They leave nothing behind.
 */
export function apiFidelitySuite(connect: () => Promise<ApiEndpoint>): void {
  const session = new FidelitySession()

  beforeAll(async () => {
    const client = new ApiClient(await connect())
    session.begin(client)
    const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: session.namespace } }
    expect((await client.post('/api/v1/namespaces', namespace)).status).toBe(201)
    await client.post(definitions, widgetDefinition)
    await client.until(definitions, widgetDefinition.metadata.name, (object) =>
      asArray(valueAt(object, ['status', 'conditions'])).some((condition) => {
        const { type, status } = asRecord(condition)
        return type === 'Established' && status === 'True'
      }),
    )
    await client.until(`${session.core}/serviceaccounts`, 'default', (object) => object !== undefined)
    // A real server may answer 404 for a moment after it says Established.
    for (let tries = 0; tries < 200; tries++) if ((await client.get(session.widgets)).status === 200) break
  })

  afterAll(async () => {
    const { client } = session
    await client.delete(`${definitions}/${widgetDefinition.metadata.name}`)
    await client.delete(session.core)
    await client.close()
  })

  writesFidelity(session)
  applyFidelity(session)
  customKindsFidelity(session)
  readsFidelity(session)
  deletionFidelity(session)
  builtinKindsFidelity(session)
}
