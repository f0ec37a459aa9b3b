// Waits until Services can be created: their kinds are served, the webhook answers, and the API server trusts it.
import { readFileSync } from 'node:fs'
import { request } from 'node:https'

const account = '/var/run/secrets/kubernetes.io/serviceaccount'
const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port, NAMESPACE } = process.env
const ca = readFileSync(`${account}/ca.crt`)
// A Route is admitted as a Service is, but has no pods that the namespace's own rules could refuse.
const route = JSON.stringify({
  apiVersion: 'serving.knative.dev/v1',
  kind: 'Route',
  metadata: { generateName: 'admission-' },
  spec: { traffic: [{ configurationName: 'admission', latestRevision: true, percent: 100 }] },
})

const dryRun = () =>
  new Promise((resolve) => {
    const path = `/apis/serving.knative.dev/v1/namespaces/${NAMESPACE}/routes?dryRun=All`
    const authorization = `Bearer ${readFileSync(`${account}/token`, 'utf8')}`
    const headers = { authorization, 'content-type': 'application/json' }
    const call = request({ host, port, path, ca, method: 'POST', headers }, (response) => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (chunk) => (text += chunk))
      response.on('end', () => resolve(response.statusCode === 201 ? undefined : text))
    })
    call.on('error', (error) => resolve(error.message))
    call.end(route)
  })

let said
for (;;) {
  const refusal = await dryRun()
  if (refusal === undefined) break
  if (refusal !== said) console.log(refusal)
  said = refusal
  await new Promise((resolve) => setTimeout(resolve, 250))
}
