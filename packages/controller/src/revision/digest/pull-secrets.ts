import { type Revision, secrets, serviceAccounts, type V1Secret } from '@knative-ts/apis'
import { isNotFound, type KubeClient } from '@knative-ts/kube'
import { dockerCredentials, type PullCredentials } from './pull-credentials.ts'

const dataKeys: Readonly<Record<string, string>> = {
  'kubernetes.io/dockerconfigjson': '.dockerconfigjson',
  'kubernetes.io/dockercfg': '.dockercfg',
}

/**
 * The logins a revision's pods pull with: of its own pull secrets, then of its service account's, then of the
 * controller itself. What does not exist or can't be read is passed over, as the kubelet does.
 * @param ownConfig reads the controller's Docker configuration; undefined if it has none
 */
export async function pullCredentialsFor(
  client: KubeClient,
  revision: Revision,
  ownConfig: () => Promise<unknown>,
): Promise<PullCredentials> {
  const { spec, metadata } = revision
  const namespace = metadata.namespace ?? ''
  const account = await optional(client.get(serviceAccounts, namespace, spec.serviceAccountName || 'default'))
  const references = [...(spec.imagePullSecrets ?? []), ...(account?.imagePullSecrets ?? [])]
  const names = new Set(references.map(({ name }) => name ?? '').filter((name) => name !== ''))
  const found = await Promise.all([...names].map((name) => optional(client.get(secrets, namespace, name))))
  return dockerCredentials([...found.map((secret) => secret && dockerConfigOf(secret)), await ownConfig()])
}

function dockerConfigOf({ type = '', data = {} }: V1Secret): unknown {
  const encoded = data[dataKeys[type] ?? '']
  if (encoded === undefined) return undefined
  try {
    return JSON.parse(Buffer.from(encoded, 'base64').toString('utf8'))
  } catch {
    return undefined
  }
}

async function optional<T>(request: Promise<T>): Promise<T | undefined> {
  try {
    return await request
  } catch (error) {
    if (isNotFound(error)) return undefined
    throw error
  }
}
