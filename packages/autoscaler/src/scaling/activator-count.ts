/** No revision is buffered by fewer activators than this, so that one may fail. */
export const minActivators = 2

/**
 * How many activators share a revision: enough for the load its pods can take and the wanted burst.
 * @param activatorCapacity load that one activator takes
 */
export function activatorCount(
  readyPods: number,
  totalValue: number,
  targetBurstCapacity: number,
  activatorCapacity: number,
): number {
  if (targetBurstCapacity === 0) return minActivators
  const load = readyPods * totalValue + Math.max(targetBurstCapacity, 0)
  return Math.max(minActivators, Math.ceil(load / activatorCapacity))
}
