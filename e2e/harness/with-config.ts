import { configMaps } from '@knative-ts/apis'
import type { KubeClient } from '@knative-ts/kube'

const systemNamespace = 'knative-serving'

/** Sets keys of one of Knative's ConfigMaps; what it returns puts back what was there. */
export async function changeConfig(
  client: KubeClient,
  name: string,
  data: Readonly<Record<string, string>>,
): Promise<() => Promise<unknown>> {
  const before = (await client.get(configMaps, systemNamespace, name)).data ?? {}
  const write = (values: Record<string, string | null>) =>
    client.patch(configMaps, systemNamespace, name, { type: 'merge', body: { data: values } })
  await write({ ...data })
  return () => write(Object.fromEntries(Object.keys(data).map((key) => [key, before[key] ?? null])))
}

/** Sets keys of one of Knative's ConfigMaps while `body` runs, and puts back what was there. */
export async function withConfig<T>(
  client: KubeClient,
  name: string,
  data: Readonly<Record<string, string>>,
  body: () => Promise<T>,
): Promise<T> {
  const restore = await changeConfig(client, name, data)
  try {
    return await body()
  } finally {
    await restore()
  }
}
