import { configurationLabelKey, serviceLabelKey } from '@knative-ts/apis'
import { logRequest, type RequestLogOptions } from '@knative-ts/http-proxy/request-log'
import type { RequestObserver } from '../request/request-handler.ts'
import type { ServedRevision } from '../revisions/served-revision.ts'

/** Writes a line for each user request when it ends. Trace and pod are left empty, as upstream leaves them here. */
export function requestLog(options: Omit<RequestLogOptions, 'revision' | 'traceID'>): RequestObserver {
  return (exchange, revision) =>
    logRequest(exchange, { ...options, revision: revisionFields(revision), traceID: '' })
}

function revisionFields({ name, namespace, object }: ServedRevision): Record<string, string> {
  const labels = object.metadata.labels ?? {}
  return {
    Name: name,
    Namespace: namespace,
    Service: labels[serviceLabelKey] ?? '',
    Configuration: labels[configurationLabelKey] ?? '',
    PodName: '',
    PodIP: '',
  }
}
