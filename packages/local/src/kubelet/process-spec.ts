import { delimiter } from 'node:path'
import { queueContainerName, userPortName } from '@knative-ts/apis'
import { LocalError } from '../errors.ts'
import { containerEnvironment, type EnvironmentSources, expand } from './container-environment.ts'
import type { ProcessSpec } from './container-process.ts'
import type { ImageStore } from './image-store.ts'
import { mountsOf, translateMountPaths } from './mount-paths.ts'
import type { ProcessRequest } from './pod-worker.ts'

/** Variables of the host that a container's process inherits. */
const inherited = ['PATH', 'LANG', 'LC_ALL', 'TZ', 'TMPDIR', 'XDG_CACHE_HOME']

export interface ProcessSpecOptions {
  images: ImageStore
  hostEnv: Readonly<Record<string, string | undefined>>
  sources(namespace: string): Pick<EnvironmentSources, 'configMap' | 'secret'>
  /** Path of the kubeconfig for a pod's service account. */
  kubeconfig(namespace: string, serviceAccount: string): Promise<string>
  apiServer: { host: string; port: number }
  /** Module that gives Node processes the cluster's names and Service addresses. */
  networkModule: string
  /** Folder for Node's compile cache. */
  compileCache: string
}

/**
 * What to run for a container: the command with mounted paths translated, and the environment its spec asks
 * for on top of what local mode provides.
 * @throws LocalError while an image, ConfigMap or Secret is missing
 */
export async function processSpec(
  options: ProcessSpecOptions,
  request: ProcessRequest,
): Promise<ProcessSpec> {
  const { pod, container, podIP, hostIP, userPort } = request
  const image = await options.images.resolve(container.image ?? '')
  const namespace = pod.metadata.namespace ?? ''
  const mounts = mountsOf(container, request.volumeFolders)

  const env = containerEnvironment(pod, container, { ...options.sources(namespace), podIP, hostIP })
  for (const [name, value] of Object.entries(env)) env[name] = translateMountPaths(value, mounts)
  if (userPort !== undefined) moveUserPort(env, request, userPort)

  const command = [...(container.command ?? image.entrypoint ?? []), ...(container.args ?? [])].map((part) =>
    translateMountPaths(expand(part, env), mounts),
  )
  if (command.length === 0) {
    throw new LocalError(
      'CONTAINER_CONFIG',
      `container ${container.name} has nothing to run: give it a command, or its image folder ${image.folder} a package.json with a start script`,
    )
  }
  return {
    command,
    folder: container.workingDir ? translateMountPaths(container.workingDir, mounts) : image.folder,
    env: { ...(await baseEnvironment(options, request, image.path)), ...env },
  }
}

async function baseEnvironment(
  options: ProcessSpecOptions,
  { pod, podIP }: ProcessRequest,
  imagePath: readonly string[],
): Promise<Record<string, string>> {
  const env: Record<string, string> = {}
  for (const name of inherited) {
    const value = options.hostEnv[name]
    if (value !== undefined) env[name] = value
  }
  env['PATH'] = [...imagePath, env['PATH'] ?? ''].join(delimiter)
  env['HOME'] = options.hostEnv['HOME'] ?? '/'
  env['HOSTNAME'] = pod.metadata.name ?? ''
  env['LISTEN_ADDRESS'] = podIP
  env['NODE_OPTIONS'] = `--import=${options.networkModule}`
  env['NODE_COMPILE_CACHE'] = options.compileCache
  env['KUBERNETES_SERVICE_HOST'] = options.apiServer.host
  env['KUBERNETES_SERVICE_PORT'] = String(options.apiServer.port)
  if (pod.spec?.automountServiceAccountToken !== false) {
    env['KUBECONFIG'] = await options.kubeconfig(
      pod.metadata.namespace ?? '',
      pod.spec?.serviceAccountName ?? 'default',
    )
  }
  return env
}

/**
 * All pods share the host's ports, and a user container listens on every address: it gets a port of its own
 * in PORT, and its queue-proxy is told.
 */
function moveUserPort(
  env: Record<string, string>,
  { container, pod }: ProcessRequest,
  userPort: number,
): void {
  if (container.name !== queueContainerName) {
    if (container.ports?.some((port) => port.name === userPortName)) env['PORT'] = String(userPort)
    return
  }
  env['USER_PORT'] = String(userPort)
  const declared = pod.spec?.containers
    .flatMap((candidate) => candidate.ports ?? [])
    .find((port) => port.name === userPortName)?.containerPort
  const probe = env['SERVING_READINESS_PROBE']
  if (probe && declared !== undefined) {
    env['SERVING_READINESS_PROBE'] = JSON.stringify(JSON.parse(probe), (key, value: unknown) =>
      key === 'port' && value === declared ? userPort : value,
    )
  }
}
