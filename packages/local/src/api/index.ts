export type { ResolveService } from './admission/webhook-client.ts'
export { type ApiServer, type ApiServerLogger, type ApiServerOptions, startApiServer } from './api-server.ts'
export { ApiServerStartError, type StartErrorCode } from './errors.ts'
export type { LogOptions, LogSource } from './http/pod-subresources.ts'
