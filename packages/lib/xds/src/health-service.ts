import type { ServiceDefinition, UntypedServiceImplementation } from '@grpc/grpc-js'
import { enumeration, field, message, string } from './protobuf/index.ts'

const HealthCheckRequest = message('grpc.health.v1.HealthCheckRequest', { service: field(1, string) })
const HealthCheckResponse = message('grpc.health.v1.HealthCheckResponse', {
  status: field(
    1,
    enumeration('grpc.health.v1.HealthCheckResponse.ServingStatus', {
      UNKNOWN: 0,
      SERVING: 1,
      NOT_SERVING: 2,
    }),
  ),
})

/** `grpc.health.v1.Health/Check`, which kubelets probe. */
export const healthService: ServiceDefinition = {
  Check: {
    path: '/grpc.health.v1.Health/Check',
    requestStream: false,
    responseStream: false,
    requestSerialize: (value) => Buffer.from(HealthCheckRequest.encode(value)),
    requestDeserialize: (bytes) => HealthCheckRequest.decode(bytes),
    responseSerialize: (value) => Buffer.from(HealthCheckResponse.encode(value)),
    responseDeserialize: (bytes) => HealthCheckResponse.decode(bytes),
  },
}

/** Serving as soon as the port is open, whatever service is asked for. */
export const alwaysServing: UntypedServiceImplementation = {
  Check: (_call: unknown, answer: (error: null, value: { status: 'SERVING' }) => void) =>
    answer(null, { status: 'SERVING' }),
}
