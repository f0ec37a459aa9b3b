/** What a worker tells the supervisor. */
export type WorkerMessage =
  | { readonly kind: 'listening' }
  /** Whether its stream to the autoscaler is open. */
  | { readonly kind: 'connected'; readonly connected: boolean }
  /** It measures; the supervisor is to serve the metrics of all. */
  | { readonly kind: 'metrics'; readonly host: string; readonly port: number }

/** What the supervisor tells a worker. */
export type SupervisorMessage =
  /** Leave in good order. */
  | { readonly kind: 'drain' }
  /** Whether every worker listens and is connected. */
  | { readonly kind: 'all-ready'; readonly ready: boolean }
