import { request } from 'node:http'

/**
 * Requests in flight through the gateway, by `namespace/revision`, from Envoy's own counters. Empty when
 * Envoy cannot be asked.
 */
export function gatewayConcurrency(address: string): Promise<Map<string, number>> {
  return new Promise((resolve) => {
    const get = request(
      { host: address, port: 9901, path: '/clusters?format=json', timeout: 500 },
      (response) => {
        let text = ''
        response.setEncoding('utf8')
        response.on('data', (chunk: string) => {
          text += chunk
        })
        response.on('end', () => resolve(activeByCluster(text)))
      },
    )
    get.on('error', () => resolve(new Map()))
    get.on('timeout', () => get.destroy())
    get.end()
  })
}

interface ClustersAnswer {
  cluster_statuses?: {
    name: string
    host_statuses?: { stats?: { name: string; value?: string }[] }[]
  }[]
}

/** Sums `rq_active` over the hosts of each cluster. */
export function activeByCluster(json: string): Map<string, number> {
  const active = new Map<string, number>()
  let answer: ClustersAnswer
  try {
    answer = JSON.parse(json) as ClustersAnswer
  } catch {
    return active
  }
  for (const { name, host_statuses: hosts = [] } of answer.cluster_statuses ?? []) {
    let sum = 0
    for (const { stats = [] } of hosts) {
      sum += Number(stats.find((stat) => stat.name === 'rq_active')?.value ?? 0)
    }
    active.set(name, sum)
  }
  return active
}
