/** A figure, what upstream has on a cluster of the same kind, and what it is held to. */
export interface Row {
  readonly id: string
  readonly name: string
  readonly unit: 'ms' | 's' | 'req/s' | 'µs' | 'MB' | '% of a core'
  readonly upstream?: number
  readonly must?: number
  readonly aim?: number
  /** Whether a larger value is a better one. */
  readonly more?: boolean
}

/** Components in the order of tables, with upstream's memory at 300 Services, MB; the gateway is the same Envoy. */
export const components: Readonly<Record<string, number | undefined>> = {
  activator: 98,
  autoscaler: 85,
  'autoscaler-hpa': 54,
  controller: 131,
  webhook: 57,
  'net-kourier-controller': 101,
  '3scale-kourier-gateway': 140,
}
/** The five of which the sum counts. */
export const summed = ['activator', 'autoscaler', 'controller', 'webhook', 'net-kourier-controller']

/** Levels at which the idle cluster is looked at, in Services. */
export const idleLevels = [0, 50, 200]

/** Steps of a cold start: both containers start at the same time, every other step follows on the one before it. */
export const coldStartSteps = {
  scaled: 'asked → Deployment scaled',
  created: '→ pod created',
  listening: '→ user container listens',
  proxied: 'pod created → queue-proxy listens',
  passed: 'both listen → probe passed, request sent on',
  answered: '→ answered',
} as const
export type ColdStartStep = keyof typeof coldStartSteps

const memoryMust = 1.6
const memorySum = 472

/** @param services how many the part `many` makes; what it is held to holds for 300 */
export function rowsFor(services: number): Row[] {
  return allRows(services).map(({ must, aim, upstream, ...row }) =>
    row.id.startsWith('many.') && services !== comparableServices
      ? row
      : {
          ...row,
          ...(upstream === undefined ? {} : { upstream }),
          ...(must === undefined ? {} : { must }),
          ...(aim === undefined ? {} : { aim }),
        },
  )
}

const comparableServices = 300

const allRows = (services: number): Row[] => [
  { id: 'cold.p50', name: 'from zero, p50', unit: 'ms', upstream: 955, must: 1000, aim: 890 },
  { id: 'cold.p95', name: 'from zero, p95', unit: 'ms', upstream: 1771, must: 1500, aim: 1000 },
  { id: 'plain.p50', name: 'plain Deployment 0 → 1, p50', unit: 'ms', upstream: 842 },
  { id: 'plain.p95', name: 'plain Deployment 0 → 1, p95', unit: 'ms' },
  ...Object.entries(coldStartSteps).map(([step, name]) => ({
    id: `cold.${step}`,
    name,
    unit: 'ms' as const,
  })),
  {
    id: 'apply.p50',
    name: 'one Service of 20, apply to Ready, p50',
    unit: 'ms',
    upstream: 1200,
    must: 1200,
    aim: 400,
  },
  { id: 'apply.most', name: 'the slowest of them', unit: 'ms', upstream: 1400 },
  { id: 'apply.50', name: '50 Services at once, all Ready', unit: 's' },
  {
    id: 'many.all',
    name: `${services} Services at once, all Ready`,
    unit: 's',
    upstream: 165,
    must: 150,
    aim: 40,
  },
  {
    id: 'many.p50',
    name: 'one more Service of 20, apply to Ready, p50',
    unit: 'ms',
    upstream: 1200,
    must: 1200,
    aim: 400,
  },
  { id: 'many.most', name: 'the slowest of them', unit: 'ms', upstream: 1400 },
  {
    id: 'direct.rate',
    name: '50 connections, no activator',
    unit: 'req/s',
    upstream: 2500,
    must: 2500,
    aim: 3300,
    more: true,
  },
  { id: 'direct.p50', name: 'its p50', unit: 'ms', upstream: 18.6 },
  { id: 'direct.p99', name: 'its p99', unit: 'ms', upstream: 53 },
  {
    id: 'direct.cpu.queue-proxy',
    name: 'CPU per request, queue-proxy',
    unit: 'µs',
    upstream: 240,
    must: 200,
    aim: 110,
  },
  {
    id: 'proxied.rate',
    name: '50 connections, by the activator',
    unit: 'req/s',
    upstream: 1940,
    must: 1950,
    aim: 2900,
    more: true,
  },
  { id: 'proxied.p50', name: 'its p50', unit: 'ms', upstream: 24.5 },
  { id: 'proxied.p99', name: 'its p99', unit: 'ms', upstream: 70 },
  {
    id: 'proxied.cpu.activator',
    name: 'CPU per request, activator',
    unit: 'µs',
    upstream: 259,
    must: 200,
    aim: 110,
  },
  { id: 'direct.cpu.3scale-kourier-gateway', name: 'CPU per request, Envoy', unit: 'µs', upstream: 188 },
  { id: 'proxied.cpu.queue-proxy', name: 'CPU per request, queue-proxy', unit: 'µs', upstream: 240 },
  ...idleLevels.flatMap((level) => memoryRows(`idle.${level}`, `${level} Services`, false)),
  ...memoryRows('many', `${services} Services, just Ready`, true),
  ...memoryRows('many.idle', `${services} Services, idle`, false),
]

function memoryRows(id: string, what: string, limited: boolean): Row[] {
  return [
    ...Object.entries(components).map(([component, upstream]): Row => {
      const row = { id: `${id}.rss.${component}`, name: `${what}: RSS of ${component}`, unit: 'MB' } as const
      if (!limited || upstream === undefined) return row
      return summed.includes(component)
        ? { ...row, upstream, must: Math.round(upstream * memoryMust) }
        : { ...row, upstream }
    }),
    {
      id: `${id}.rss.sum`,
      name: `${what}: RSS of the first five in sum`,
      unit: 'MB',
      ...(limited ? { upstream: memorySum, aim: memorySum } : {}),
    },
    ...(id === 'many'
      ? []
      : Object.keys(components).map(
          (component): Row => ({
            id: `${id}.cpu.${component}`,
            name: `${what}: CPU of ${component}`,
            unit: '% of a core',
          }),
        )),
  ]
}
