/** Where news about our readiness goes, so that waiting requests are sent here at once. */
export interface ReadinessPort {
  /** @param port where we serve the revision */
  markReady(port: number): void
  markNotReady(): void
  /** Nothing more will be said. */
  close(): void
}
