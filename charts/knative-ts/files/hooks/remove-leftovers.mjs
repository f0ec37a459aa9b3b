// Removes what the services made beside the release, once they are gone, and the objects of kinds that stay installed.
import { readFileSync } from 'node:fs'
import { request } from 'node:https'

const account = '/var/run/secrets/kubernetes.io/serviceaccount'
const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port, NAMESPACE } = process.env
const ca = readFileSync(`${account}/ca.crt`)

const call = (method, path) =>
  new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${readFileSync(`${account}/token`, 'utf8')}` }
    const sent = request({ host, port, path, ca, method, headers }, (response) => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (chunk) => (text += chunk))
      response.on('end', () => {
        const { statusCode } = response
        if (statusCode < 300) resolve(JSON.parse(text))
        else if (statusCode === 404) resolve({ items: [] })
        else reject(new Error(`${method} ${path}: ${text}`))
      })
    })
    sent.on('error', reject)
    sent.end()
  })

const pods = `/api/v1/namespaces/${NAMESPACE}/pods?labelSelector=app%20in%20(autoscaler,autoscaler-hpa,controller,webhook,net-kourier-controller)`
while ((await call('GET', pods)).items.length > 0) await new Promise((resolve) => setTimeout(resolve, 500))

const made = [
  [`/apis/coordination.k8s.io/v1/namespaces/${NAMESPACE}/leases`, /^(autoscaler-bucket-|(controller|hpaautoscaler|webhook|net-kourier-controller)\.)/],
  [`/api/v1/namespaces/${NAMESPACE}/services`, /^autoscaler-bucket-/],
  [`/api/v1/namespaces/${NAMESPACE}/endpoints`, /^autoscaler-bucket-/],
  [`/apis/discovery.k8s.io/v1/namespaces/${NAMESPACE}/endpointslices`, /^autoscaler-bucket-/],
]
for (const [path, ours] of made) {
  for (const { metadata } of (await call('GET', path)).items) {
    if (ours.test(metadata.name)) await call('DELETE', `${path}/${metadata.name}`)
  }
}
await call('DELETE', `/apis/networking.internal.knative.dev/v1alpha1/namespaces/${NAMESPACE}/certificates/routing-serving-certs`)
await call('DELETE', `/apis/caching.internal.knative.dev/v1alpha1/namespaces/${NAMESPACE}/images/queue-proxy`)
