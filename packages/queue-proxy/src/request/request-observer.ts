import type { Exchange } from '@knative-ts/http-proxy'

/** Watches requests without touching them. */
export interface RequestObserver {
  /** Called on arrival; use `exchange.onEnd` for the rest. */
  observe(exchange: Exchange): void
}
