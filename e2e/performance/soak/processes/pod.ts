import { once } from 'node:events'
import { connect } from 'node:net'
import type { ProtocolType } from '@knative-ts/apis'
import { systemClock } from '@knative-ts/clock'
import { SoakError } from '../errors.ts'
import { Child } from './child.ts'
import type { UserMessage } from './user-container.ts'

const program = new URL('user-container.ts', import.meta.url).pathname
const startTries = 400

/** What a pod is told. */
export interface PodSpec {
  readonly name: string
  readonly ip: string
  readonly revision: string
  readonly protocol: ProtocolType
  readonly concurrency: number
  /** Node's arguments that run the queue-proxy. */
  readonly command: readonly string[]
  /** `host:port` of the stats streams. */
  readonly statsAddress: string
  /** Hears of each request that reached the user container. */
  readonly onArrival: (id: string) => void
}

/** A user container and its queue-proxy, as two processes. */
export class Pod {
  readonly spec: PodSpec
  readonly user: Child
  readonly queueProxy: Child

  private constructor(spec: PodSpec, user: Child, queueProxy: Child) {
    this.spec = spec
    this.user = user
    this.queueProxy = queueProxy
  }

  get ip(): string {
    return this.spec.ip
  }

  /** Where the queue-proxy takes requests. */
  get port(): number {
    return this.spec.protocol === 'h2c' ? 8013 : 8012
  }

  /** Resolves once both are up. @throws SoakError PROCESS_DID_NOT_START */
  static async start(spec: PodSpec): Promise<Pod> {
    const listening = Promise.withResolvers<number>()
    const user = new Child(`${spec.name} user`, [program, spec.protocol], {}, (message) => {
      const told = message as UserMessage
      if ('port' in told) listening.resolve(told.port)
      else spec.onArrival(told.arrived)
    })
    user.exited.then(() => listening.reject(notStarted(user)))
    const userPort = await listening.promise
    const pod = new Pod(spec, user, Child.ofBundle(spec.name, spec.command, environment(spec, userPort)))
    for (let tries = 0; !(await accepts(pod.ip, pod.port)); tries++) {
      if (tries === startTries || !pod.queueProxy.running) throw notStarted(pod.queueProxy)
      await systemClock.sleep(25)
    }
    return pod
  }

  /** Ends it as Kubernetes does: the queue-proxy drains, then the user container is stopped. */
  async drain(): Promise<void> {
    this.queueProxy.kill('SIGTERM')
    await this.queueProxy.exited
    this.user.kill('SIGTERM')
    await this.user.exited
  }

  /** Ends it at once. */
  destroy(): void {
    this.user.kill('SIGKILL')
    this.queueProxy.kill('SIGKILL')
  }
}

function environment(spec: PodSpec, userPort: number): NodeJS.ProcessEnv {
  return {
    CONTAINER_CONCURRENCY: String(spec.concurrency),
    QUEUE_SERVING_PORT: spec.protocol === 'h2c' ? '8013' : '8012',
    QUEUE_SERVING_TLS_PORT: '8112',
    USER_PORT: String(userPort),
    REVISION_TIMEOUT_SECONDS: '300',
    SERVING_READINESS_PROBE: `{"tcpSocket":{"port":${userPort},"host":"127.0.0.1"},"successThreshold":1}`,
    SERVING_NAMESPACE: 'default',
    SERVING_SERVICE: spec.revision,
    SERVING_CONFIGURATION: spec.revision,
    SERVING_REVISION: spec.revision,
    SERVING_POD: spec.name,
    SERVING_POD_IP: spec.ip,
    SERVING_LOGGING_CONFIG: '',
    SERVING_LOGGING_LEVEL: 'error',
    OBSERVABILITY_CONFIG: '{"requestMetrics":{"protocol":"prometheus"}}',
    LISTEN_ADDRESS: spec.ip,
    AUTOSCALER_STATS_ADDRESS: spec.statsAddress,
  }
}

function notStarted(child: Child): SoakError {
  return new SoakError('PROCESS_DID_NOT_START', `${child.name} did not start:\n${child.output}`)
}

async function accepts(host: string, port: number): Promise<boolean> {
  const socket = connect(port, host)
  try {
    await once(socket, 'connect')
    return true
  } catch {
    return false
  } finally {
    socket.destroy()
  }
}
