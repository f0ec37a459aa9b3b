import type { V1Pod } from '@knative-ts/apis'
import type { KubeClient } from '@knative-ts/kube'

/** The last line of a container's log, which has to be JSON. */
export async function lastLogLine<Line extends object>(
  client: KubeClient,
  { metadata }: V1Pod,
  container: string,
): Promise<Partial<Line>> {
  const path = `/api/v1/namespaces/${metadata.namespace}/pods/${metadata.name}/log`
  return (await client.getPath(`${path}?container=${container}&tailLines=1`)) as Partial<Line>
}
