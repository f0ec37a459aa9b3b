import { describe, expect, test } from '@jest/globals'
import { listenAddressFrom } from '@knative-ts/observability'
import { readEnv } from './env.ts'

const minimal = { SYSTEM_NAMESPACE: 'knative-serving' }

describe('readEnv', () => {
  test('has a default for all but the namespace', () => {
    expect(readEnv(minimal, [])).toEqual({
      systemNamespace: 'knative-serving',
      podName: '',
      listenAddress: listenAddressFrom({}),
      probesPort: 8080,
      profilingPort: 8008,
      workers: 2,
      reconcileTimeoutMs: 30_000,
    })
  })

  test('takes what it is given', () => {
    const env = {
      ...minimal,
      POD_NAME: 'controller-1',
      LISTEN_ADDRESS: '127.0.0.9',
      PROFILING_PORT: '9008',
      K_THREADS_PER_CONTROLLER: '8',
    }
    expect(readEnv(env, ['-reconciliation-timeout=1m30s'])).toMatchObject({
      podName: 'controller-1',
      listenAddress: '127.0.0.9',
      profilingPort: 9008,
      workers: 8,
      reconcileTimeoutMs: 90_000,
    })
    expect(readEnv(minimal, ['--reconciliation-timeout', '5s']).reconcileTimeoutMs).toBe(5000)
  })

  test.each([
    [{}, [], 'SYSTEM_NAMESPACE is not set; set it to the namespace of the system, normally knative-serving'],
    [
      { ...minimal, K_THREADS_PER_CONTROLLER: '0' },
      [],
      'K_THREADS_PER_CONTROLLER is "0"; it must be a whole number above 0',
    ],
    [
      minimal,
      ['-reconciliation-timeout=soon'],
      '-reconciliation-timeout is "soon"; it must be a duration above 0 such as 30s',
    ],
    [
      minimal,
      ['-reconciliation-timeout'],
      '-reconciliation-timeout is ""; it must be a duration above 0 such as 30s',
    ],
  ])('refuses %j %j', (env, args, message) => {
    expect(() => readEnv(env, args)).toThrow(
      expect.objectContaining({ code: 'ENVIRONMENT_INVALID', message }),
    )
  })
})
