import {
  credentials,
  makeClientConstructor,
  Server,
  ServerCredentials,
  type ServerDuplexStream,
  type ServiceDefinition,
  status,
} from '@grpc/grpc-js'
import { afterEach, expect, test } from '@jest/globals'
import { ManualClock } from '@knative-ts/clock/testing'
import { ReportRequest, ReportResponse } from '../gen/stats.ts'
import { PodStatsClient } from '../index.ts'
import { StatsServer } from './index.ts'

/** The service as a stock gRPC library sees it, to prove that both ends speak gRPC and not just to each other. */
const service = {
  Report: {
    path: '/knative.stats.v1.StatsService/Report',
    requestStream: true,
    responseStream: true,
    requestSerialize: (message: ReportRequest) => Buffer.from(ReportRequest.encode(message).finish()),
    requestDeserialize: (bytes: Buffer) => ReportRequest.decode(bytes),
    responseSerialize: (message: ReportResponse) => Buffer.from(ReportResponse.encode(message).finish()),
    responseDeserialize: (bytes: Buffer) => ReportResponse.decode(bytes),
  },
} satisfies ServiceDefinition

const request: ReportRequest = {
  queueProxy: undefined,
  activator: undefined,
  stat: undefined,
  revisionStats: [],
  readiness: undefined,
  idle: [],
}
const response: ReportResponse = { reportIntervalMs: 0, pause: undefined, redirect: undefined, pods: [] }
const pod = { namespace: 'default', revision: 'hello-00001', podName: 'pod-1', podUid: 'uid-1' }

const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

async function startOurs(): Promise<string> {
  const server = new StatsServer(
    {
      ownerOf: () => ({ kind: 'self' }),
      isPodOf: () => true,
      podCount: () => 1,
      onLoad: () => {},
    },
    new ManualClock(),
  )
  cleanups.push(() => server.close())
  return `127.0.0.1:${await server.listen('127.0.0.1', 0)}`
}

test('a stock gRPC client is served', async () => {
  const Client = makeClientConstructor(service, 'StatsService')
  const client = new Client(await startOurs(), credentials.createInsecure())
  cleanups.push(() => client.close())
  const call = client['Report']!()
  const answered = new Promise<ReportResponse>((resolve) => call.once('data', resolve))
  const ended = new Promise<{ code: number }>((resolve) => call.once('status', resolve))
  call.write({ ...request, queueProxy: pod, readiness: { ready: true, port: 8012 } })
  expect((await answered).reportIntervalMs).toBe(1000)
  call.end()
  expect((await ended).code).toBe(status.OK)
})

test.each([['without naming itself', request, 'the first message must name the reporter']])(
  'a stock gRPC client %s is refused',
  async (_, first, details) => {
    const Client = makeClientConstructor(service, 'StatsService')
    const client = new Client(await startOurs(), credentials.createInsecure())
    cleanups.push(() => client.close())
    const call = client['Report']!()
    const failed = new Promise<{ code: number; details: string }>((resolve) => call.once('error', resolve))
    call.on('data', () => {})
    call.write(first)
    expect(await failed).toMatchObject({ code: status.INVALID_ARGUMENT, details })
  },
)

test('a method that does not exist is unimplemented', async () => {
  const other = { Other: { ...service.Report, path: '/knative.stats.v1.StatsService/Other' } }
  const Client = makeClientConstructor(other, 'StatsService')
  const client = new Client(await startOurs(), credentials.createInsecure())
  cleanups.push(() => client.close())
  const call = client['Other']!()
  const failed = new Promise<{ code: number }>((resolve) => call.once('error', resolve))
  call.on('data', () => {})
  expect(await failed).toMatchObject({ code: status.UNIMPLEMENTED })
})

test('our client is served by a stock gRPC server', async () => {
  const server = new Server()
  const seen: ReportRequest[] = []
  const reported = Promise.withResolvers<void>()
  server.addService(service, {
    Report: (call: ServerDuplexStream<ReportRequest, ReportResponse>) => {
      call.on('data', (message: ReportRequest) => {
        seen.push(message)
        if (message.queueProxy) call.write({ ...response, reportIntervalMs: 1000 })
        if (message.stat) reported.resolve()
      })
      call.on('end', () => call.end())
    },
  })
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    ),
  )
  cleanups.push(() => server.forceShutdown())
  const client = new PodStatsClient({
    ...pod,
    address: `127.0.0.1:${port}`,
    clock: new ManualClock(),
    sample: () => ({
      podName: 'pod-1',
      averageConcurrentRequests: 1.5,
      averageProxiedConcurrentRequests: 0,
      requestCount: 2,
      proxiedRequestCount: 0,
      processUptime: 3,
      timestamp: 0,
    }),
  })
  cleanups.push(() => client.close())
  client.start()
  client.markReady(8012)
  await reported.promise
  expect(
    seen.map(({ queueProxy, readiness, stat }) => ({
      queueProxy,
      readiness,
      stat: stat?.averageConcurrentRequests,
    })),
  ).toEqual([
    { queueProxy: pod, readiness: undefined, stat: undefined },
    { queueProxy: undefined, readiness: { ready: true, port: 8012 }, stat: undefined },
    { queueProxy: undefined, readiness: undefined, stat: 1.5 },
  ])
})
