import { readFileSync, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { parse } from 'yaml'
import { KubeConfigError } from './errors.ts'

/** How to reach an API server and prove who we are. */
export interface KubeConnection {
  /** Base URL without a trailing slash. */
  readonly server: string
  readonly ca: string | undefined
  readonly cert: string | undefined
  readonly key: string | undefined
  readonly skipTLSVerify: boolean
  readonly serverName: string | undefined
  /** The bearer token of this moment; files are read again as they rotate. */
  token(): string | undefined
}

const serviceAccountFolder = '/var/run/secrets/kubernetes.io/serviceaccount'

/**
 * Finds the API server: the kubeconfig named by `KUBECONFIG` if set, else the pod's own service account.
 * @throws KubeConfigError naming the missing part and the cure
 */
export function loadKubeConnection(env: Record<string, string | undefined>): KubeConnection {
  const file = env['KUBECONFIG']?.split(':').find((path) => path !== '')
  return file ? fromKubeconfig(readKubeconfig(file), dirname(resolve(file))) : inCluster(env)
}

function inCluster(env: Record<string, string | undefined>): KubeConnection {
  const host = env['KUBERNETES_SERVICE_HOST']
  const port = env['KUBERNETES_SERVICE_PORT']
  if (!host || !port) {
    throw new KubeConfigError(
      'no Kubernetes API to talk to: set KUBECONFIG to a kubeconfig file, or run inside a pod',
    )
  }
  return {
    server: `https://${host.includes(':') ? `[${host}]` : host}:${port}`,
    ca: readFileSync(`${serviceAccountFolder}/ca.crt`, 'utf8'),
    cert: undefined,
    key: undefined,
    skipTLSVerify: false,
    serverName: undefined,
    token: rotatingFile(`${serviceAccountFolder}/token`),
  }
}

interface Kubeconfig {
  'current-context'?: string
  contexts?: { name: string; context: { cluster: string; user: string } }[]
  clusters?: { name: string; cluster: KubeconfigCluster }[]
  users?: { name: string; user: KubeconfigUser }[]
}

interface KubeconfigCluster {
  server?: string
  'certificate-authority'?: string
  'certificate-authority-data'?: string
  'insecure-skip-tls-verify'?: boolean
  'tls-server-name'?: string
}

interface KubeconfigUser {
  token?: string
  tokenFile?: string
  'client-certificate'?: string
  'client-certificate-data'?: string
  'client-key'?: string
  'client-key-data'?: string
  exec?: unknown
  'auth-provider'?: unknown
}

function readKubeconfig(file: string): Kubeconfig {
  try {
    return (parse(readFileSync(file, 'utf8')) ?? {}) as Kubeconfig
  } catch (error) {
    throw new KubeConfigError(`cannot read the kubeconfig ${file}; check the path in KUBECONFIG`, error)
  }
}

/** Resolves the current context of a kubeconfig; relative file names count from `folder`. */
export function fromKubeconfig(config: Kubeconfig, folder: string): KubeConnection {
  const contextName = config['current-context']
  const context = config.contexts?.find((entry) => entry.name === contextName)?.context
  if (!context) {
    throw new KubeConfigError(
      `kubeconfig: current-context ${JSON.stringify(contextName ?? '')} is not among its contexts; choose one with "kubectl config use-context"`,
    )
  }
  const cluster = config.clusters?.find((entry) => entry.name === context.cluster)?.cluster
  if (!cluster?.server) {
    throw new KubeConfigError(`kubeconfig: cluster ${JSON.stringify(context.cluster)} has no server`)
  }
  const user = config.users?.find((entry) => entry.name === context.user)?.user ?? {}
  if (user.exec !== undefined || user['auth-provider'] !== undefined) {
    throw new KubeConfigError(
      `kubeconfig: user ${JSON.stringify(context.user)} logs in through a plugin, which this process does not run; give it a token or a client certificate, e.g. with "kubectl create token"`,
    )
  }
  const content = (data: string | undefined, file: string | undefined): string | undefined =>
    data !== undefined
      ? Buffer.from(data, 'base64').toString('utf8')
      : file !== undefined
        ? readFileSync(resolve(folder, file), 'utf8')
        : undefined
  const token = user.token
  return {
    server: cluster.server.replace(/\/+$/, ''),
    ca: content(cluster['certificate-authority-data'], cluster['certificate-authority']),
    cert: content(user['client-certificate-data'], user['client-certificate']),
    key: content(user['client-key-data'], user['client-key']),
    skipTLSVerify: cluster['insecure-skip-tls-verify'] === true,
    serverName: cluster['tls-server-name'],
    token: user.tokenFile && !token ? rotatingFile(resolve(folder, user.tokenFile)) : () => token,
  }
}

/** The content of a file that is replaced from time to time, read again whenever it has changed. */
function rotatingFile(path: string): () => string {
  let content = ''
  let modifiedMs = Number.NaN
  return () => {
    const { mtimeMs } = statSync(path)
    if (mtimeMs !== modifiedMs) {
      content = readFileSync(path, 'utf8').trim()
      modifiedMs = mtimeMs
    }
    return content
  }
}
