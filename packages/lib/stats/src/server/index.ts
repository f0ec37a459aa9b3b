export { sampleSize } from './sample-size.ts'
export type { PodReporter, RevisionOwner, StatsHost } from './stats-host.ts'
export { grpcStatsPort, StatsServer } from './stats-server.ts'
