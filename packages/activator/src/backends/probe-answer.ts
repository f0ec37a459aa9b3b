/** What came back from a probe: readiness, some other HTTP answer, or no answer. */
export type ProbeAnswer =
  | { readonly kind: 'ready' }
  | { readonly kind: 'refused'; readonly status: number }
  | { readonly kind: 'unreachable'; readonly error: string }

/**
 * Whether the answer shows that no service mesh stands between us and the pod. A mesh that forbids talking
 * to pods directly answers 502 or 503 itself; with no answer at all, nothing is known.
 */
export function provesNoMesh(answer: ProbeAnswer): boolean {
  switch (answer.kind) {
    case 'ready':
      return true
    case 'refused':
      return answer.status !== 502 && answer.status !== 503
    case 'unreachable':
      return false
  }
}
