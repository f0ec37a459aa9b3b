export type { ResolveService } from './admission/webhook-client.ts'
export { type ApiServer, type ApiServerLogger, type ApiServerOptions, startApiServer } from './api-server.ts'
export type { LogOptions, LogSource } from './http/pod-subresources.ts'
