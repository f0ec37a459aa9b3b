import type { Clock } from '@knative-ts/clock'
import { compileGoTemplate } from '@knative-ts/config'
import type { Environment } from '../environment.ts'
import { RequestLog } from './request-log.ts'

/** The request log that the revision asks for, on standard output. @throws GoTemplateError */
export function configuredRequestLog(environment: Environment, clock: Clock): RequestLog {
  const { observability } = environment
  return new RequestLog(
    {
      render: compileGoTemplate(observability.requestLogTemplate),
      revision: {
        Name: environment.revision,
        Namespace: environment.namespace,
        Service: environment.service,
        Configuration: environment.configuration,
        PodName: environment.pod,
        PodIP: environment.podIP,
      },
      clock,
      write: (line) => process.stdout.write(line),
    },
    observability.enableProbeRequestLog,
  )
}
