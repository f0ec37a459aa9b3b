/** A kubeconfig, as YAML, with one context for one user of this server. */
export function kubeconfigFor(options: { url: string; caPem: string; token: string; name: string }): string {
  const { url, caPem, token, name } = options
  const ca = Buffer.from(caPem).toString('base64')
  return `apiVersion: v1
kind: Config
clusters:
- name: ${name}
  cluster:
    server: ${url}
    certificate-authority-data: ${ca}
users:
- name: ${name}-admin
  user:
    token: ${token}
contexts:
- name: ${name}
  context:
    cluster: ${name}
    user: ${name}-admin
current-context: ${name}
preferences: {}
`
}
