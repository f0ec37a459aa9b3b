import type { Exchange } from '@knative-ts/http-proxy'

/** Watches requests without touching them. */
export interface RequestObserver {
  /** Called once, on arrival or when the request is passed on; use `exchange.onEnd` for the rest. */
  observe(exchange: Exchange): void
}
