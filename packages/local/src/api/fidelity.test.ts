import { afterAll, expect } from '@jest/globals'
import { type EmbeddedServer, startEmbeddedServer } from './testing/embedded-server.ts'
import { apiFidelitySuite } from './testing/fidelity-suite.ts'
import { endpointOf } from './testing/kubeconfig-endpoint.ts'

/** Name a kubeconfig here to hold a real kube-apiserver to the same tests. */
const kubeconfig = process.env['FIDELITY_KUBECONFIG']
let embedded: EmbeddedServer | undefined

apiFidelitySuite(async () => {
  if (kubeconfig) return endpointOf(kubeconfig)
  embedded = await startEmbeddedServer()
  const { url, caPem, adminToken } = embedded.server
  return { url, caPem, token: adminToken }
})

afterAll(async () => {
  await embedded?.stop()
  expect(embedded?.errors ?? []).toEqual([])
})
