// Creates a Service, waits until it has scaled to zero, calls it, and removes it.
import { readFileSync } from 'node:fs'
import { get } from 'node:http'
import { request as secureRequest } from 'node:https'

const account = '/var/run/secrets/kubernetes.io/serviceaccount'
const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port, NAMESPACE, IMAGE, PULL_SECRETS } = process.env
const ca = readFileSync(`${account}/ca.crt`)
const services = `/apis/serving.knative.dev/v1/namespaces/${NAMESPACE}/services`
const name = 'knative-ts-test'
const patienceMs = 180_000

const answerTo = (sent, body) =>
  new Promise((resolve, reject) => {
    sent.on('response', (response) => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (chunk) => (text += chunk))
      response.on('end', () => resolve({ status: response.statusCode, text }))
    })
    sent.on('error', reject)
    sent.end(body)
  })

async function api(method, path, object) {
  const authorization = `Bearer ${readFileSync(`${account}/token`, 'utf8')}`
  const headers = { authorization, 'content-type': 'application/json' }
  const body = object && JSON.stringify(object)
  const { status, text } = await answerTo(secureRequest({ host, port, path, ca, method, headers }), body)
  if (status === 404) return undefined
  if (status >= 300) throw new Error(`${method} ${path}: ${text}`)
  return JSON.parse(text)
}

async function until(what, ask) {
  const deadline = Date.now() + patienceMs
  for (;;) {
    const answer = await ask()
    if (answer) return answer
    if (Date.now() > deadline) throw new Error(`${what}: not within ${patienceMs / 1000} s`)
    await new Promise((resolve) => setTimeout(resolve, 500))
  }
}

const remove = () => api('DELETE', `${services}/${name}`)
const program = `require('http').createServer((_, r) => r.end('served')).listen(process.env.PORT)
process.on('SIGTERM', () => process.exit())`
const securityContext = {
  allowPrivilegeEscalation: false,
  runAsNonRoot: true,
  capabilities: { drop: ['ALL'] },
  seccompProfile: { type: 'RuntimeDefault' },
}
const service = {
  apiVersion: 'serving.knative.dev/v1',
  kind: 'Service',
  metadata: { name, labels: { 'networking.knative.dev/visibility': 'cluster-local' } },
  spec: {
    template: {
      metadata: { annotations: { 'autoscaling.knative.dev/window': '6s' } },
      spec: {
        imagePullSecrets: JSON.parse(PULL_SECRETS),
        containers: [{ image: IMAGE, command: ['/nodejs/bin/node', '--eval', program], securityContext }],
      },
    },
  },
}

await remove()
await until('the last test is removed', async () => (await api('GET', `${services}/${name}`)) === undefined)
await api('POST', services, service)
try {
  const ready = await until('the Service is Ready', async () => {
    const { status } = await api('GET', `${services}/${name}`)
    return status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') && status
  })
  console.log(`Ready: ${ready.address.url}`)
  const pods = `/api/v1/namespaces/${NAMESPACE}/pods?labelSelector=serving.knative.dev/service%3D${name}`
  await until('the Service is at zero', async () => (await api('GET', pods)).items.length === 0)
  const start = Date.now()
  const { status, text } = await answerTo(get(ready.address.url))
  if (status !== 200 || text !== 'served') throw new Error(`it answered ${status}: ${text}`)
  console.log(`served from zero in ${Date.now() - start} ms`)
} finally {
  await remove()
}
