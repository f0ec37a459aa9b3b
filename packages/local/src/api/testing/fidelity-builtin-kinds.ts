import { describe, expect, test } from '@jest/globals'
import { asArray, asRecord, type KubeObject, valueAt } from '../meta/kube-object.ts'
import { deployment, widgetGroup } from './fidelity-fixtures.ts'
import type { FidelitySession } from './fidelity-session.ts'

/** Defaults and rules of built-in kinds, tokens, and discovery. */
export function builtinKindsFidelity(session: FidelitySession): void {
  const { namespace, core, deployments } = session

  describe('built-in kinds', () => {
    test('Services get an address that stays', async () => {
      const service = {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name: 'svc' },
        spec: { ports: [{ port: 80 }] },
      }
      const made = await session.client.post(`${core}/services`, service)
      const spec = asRecord(made.body['spec'])
      expect(spec).toMatchObject({
        type: 'ClusterIP',
        sessionAffinity: 'None',
        ipFamilies: ['IPv4'],
        clusterIP: expect.stringMatching(/^\d+\.\d+\.\d+\.\d+$/),
        ports: [{ port: 80, protocol: 'TCP', targetPort: 80 }],
      })
      const updated = await session.client.put(`${core}/services/svc`, {
        ...service,
        spec: { ports: [{ port: 81 }] },
      })
      expect(asRecord(updated.body['spec'])['clusterIP']).toBe(spec['clusterIP'])
      const headless = await session.client.post(`${core}/services`, {
        ...service,
        metadata: { name: 'headless' },
        spec: { clusterIP: 'None', ports: [{ port: 80 }] },
      })
      expect(headless.body['spec']).toMatchObject({ clusterIP: 'None' })
      const nameless = await session.client.post(`${core}/services`, {
        ...service,
        metadata: { name: 'two' },
        spec: { ports: [{ port: 80 }, { port: 81 }] },
      })
      expect(nameless.body['message']).toContain('spec.ports[0].name: Required value')
    })

    test('Deployments are defaulted and validated', async () => {
      const made = await session.client.post(
        deployments,
        deployment('defaults', { livenessProbe: { tcpSocket: { port: 80 } } }, { paused: true }),
      )
      expect(made.body['spec']).toMatchObject({
        replicas: 1,
        revisionHistoryLimit: 10,
        progressDeadlineSeconds: 600,
        strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%', maxUnavailable: '25%' } },
        template: {
          spec: {
            restartPolicy: 'Always',
            dnsPolicy: 'ClusterFirst',
            terminationGracePeriodSeconds: 30,
            containers: [
              {
                imagePullPolicy: 'IfNotPresent',
                terminationMessagePath: '/dev/termination-log',
                livenessProbe: {
                  timeoutSeconds: 1,
                  periodSeconds: 10,
                  successThreshold: 1,
                  failureThreshold: 3,
                },
              },
            ],
          },
        },
      })
      const mismatch = await session.client.post(
        deployments,
        deployment('mismatch', {}, { selector: { matchLabels: { app: 'x' } } }),
      )
      expect(mismatch.body['message']).toContain(
        'spec.template.metadata.labels: Invalid value: {"app":"mismatch"}: `selector` does not match template `labels`',
      )
      const wrong = await session.client.post(deployments, deployment('wrong', {}, { replicas: 'many' }))
      expect(wrong.status).toBe(400)
      expect(wrong.body['message']).toContain(
        'Deployment in version "v1" cannot be handled as a Deployment: json: cannot unmarshal string into Go struct field',
      )
    })

    test('Secrets take strings', async () => {
      const made = await session.client.post(`${core}/secrets`, {
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { name: 's' },
        stringData: { a: 'b' },
      })
      expect(made.body).toMatchObject({ type: 'Opaque', data: { a: 'Yg==' } })
      expect(made.body['stringData']).toBeUndefined()
    })

    test('ServiceAccounts get tokens, and tokens have users', async () => {
      const made = await session.client.post(`${core}/serviceaccounts/default/token`, {
        apiVersion: 'authentication.k8s.io/v1',
        kind: 'TokenRequest',
        spec: { expirationSeconds: 600 },
      })
      const token = String(valueAt(made.body, ['status', 'token']))
      const review = await session.client.post('/apis/authentication.k8s.io/v1/tokenreviews', {
        apiVersion: 'authentication.k8s.io/v1',
        kind: 'TokenReview',
        spec: { token },
      })
      expect(review.body['status']).toMatchObject({
        authenticated: true,
        user: { username: `system:serviceaccount:${namespace}:default` },
      })
    })

    test('discovery lists kinds in both forms', async () => {
      const classic = await session.client.get(`/apis/${widgetGroup}/v1`)
      expect(asArray(classic.body['resources'])).toContainEqual(
        expect.objectContaining({
          name: 'widgets',
          singularName: 'widget',
          kind: 'Widget',
          namespaced: true,
          shortNames: ['wd'],
          categories: ['toys'],
        }),
      )
      const aggregated = await session.client.get(
        '/apis',
        'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList',
      )
      const group = asArray(aggregated.body['items']).find(
        (item) => (item as KubeObject).metadata.name === widgetGroup,
      )
      expect(group).toMatchObject({
        versions: [{ version: 'v1', resources: [{ resource: 'widgets', scope: 'Namespaced' }] }],
      })
    })
  })
}
