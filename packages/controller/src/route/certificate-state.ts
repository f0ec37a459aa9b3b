import {
  type Certificate,
  conditionOf,
  markCertificateNotReady,
  markCertificateProvisionFailed,
  markCertificateReady,
  markHTTPDowngrade,
  type RouteStatus,
} from '@knative-ts/apis'
import type { AcmeChallenge } from './resources/ingress-rules.ts'

/** How one of a Route's Certificates fares, from best to worst. */
export type CertificateState = {
  readonly kind: 'ready' | 'downgraded' | 'not-ready' | 'failed'
  readonly certificate: string
  readonly reason: string
}

const severity = { ready: 0, downgraded: 1, 'not-ready': 2, failed: 3 } as const

/** @param plainHTTP whether the host may be served without TLS until the certificate is there */
export function stateOfExternal(certificate: Certificate, plainHTTP: boolean): CertificateState {
  const state = stateOfLocal(certificate)
  return plainHTTP && state.kind !== 'ready' ? { ...state, kind: 'downgraded' } : state
}

/** As `stateOfExternal`, without the way out. */
export function stateOfLocal(certificate: Certificate): CertificateState {
  const { metadata, status } = certificate
  const ready = conditionOf(status, 'Ready')
  const isCurrent = (status?.observedGeneration ?? 0) === (metadata.generation ?? 0)
  const kind =
    isCurrent && ready?.status === 'True'
      ? 'ready'
      : isCurrent && ready?.status === 'False'
        ? 'failed'
        : 'not-ready'
  return { kind, certificate: metadata.name ?? '', reason: ready?.reason ?? '' }
}

/** Sets CertificateProvisioned by the worst state; leaves it alone when there is none. */
export function markWorst(status: RouteStatus, states: readonly CertificateState[]): void {
  let worst: CertificateState | undefined
  for (const state of states) {
    if (!worst || severity[state.kind] > severity[worst.kind]) worst = state
  }
  if (!worst) return
  const { kind, certificate, reason } = worst
  if (kind === 'ready') markCertificateReady(status)
  else if (kind === 'downgraded') markHTTPDowngrade(status, certificate)
  else if (kind === 'not-ready') markCertificateNotReady(status, certificate, reason)
  else markCertificateProvisionFailed(status, certificate, reason)
}

/** The paths that answer a Certificate's HTTP-01 challenges; ones that name no URL are left out. */
export function acmeChallengesOf({ status }: Certificate): AcmeChallenge[] {
  return (status?.http01Challenges ?? []).flatMap((challenge) => {
    const { url = '', serviceName = '', serviceNamespace = '', servicePort = 80 } = challenge
    if (!URL.canParse(url)) return []
    const { hostname, pathname } = new URL(url)
    return [
      {
        url,
        host: hostname,
        path: {
          path: pathname,
          splits: [{ serviceName, serviceNamespace, servicePort, percent: 100 }],
        },
      },
    ]
  })
}
