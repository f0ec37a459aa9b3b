import { writeFileSync } from 'node:fs'
import { systemClock } from '@knative-ts/clock'
import { SoakError } from '../errors.ts'
import type { Bundles } from './bundles.ts'
import { Child } from './child.ts'

const startTries = 400

/** Starts an activator on `ip`; resolves once it is ready. @throws SoakError PROCESS_DID_NOT_START */
export async function startActivator(
  bundles: Bundles,
  ip: string,
  kubeconfig: string,
  statsAddress: string,
): Promise<Child> {
  const file = bundles.file('kubeconfig')
  writeFileSync(file, kubeconfig, { mode: 0o600 })
  const child = Child.ofBundle('activator', bundles.command('activator'), {
    KUBECONFIG: file,
    POD_NAME: 'activator-1',
    POD_IP: ip,
    SYSTEM_NAMESPACE: 'knative-serving',
    LISTEN_ADDRESS: ip,
    AUTOSCALER_STATS_ADDRESS: statsAddress,
    CLUSTER_DOMAIN: 'cluster.local',
  })
  for (let tries = 0; !(await isReady(ip)); tries++) {
    if (tries === startTries || !child.running) {
      child.kill('SIGKILL')
      throw new SoakError('PROCESS_DID_NOT_START', `the activator did not start:\n${child.output}`)
    }
    await systemClock.sleep(25)
  }
  return child
}

async function isReady(ip: string): Promise<boolean> {
  try {
    const response = await fetch(`http://${ip}:8012/`, {
      headers: { 'user-agent': 'kube-probe/1.34', connection: 'close' },
    })
    await response.arrayBuffer()
    return response.status === 200
  } catch {
    return false
  }
}
