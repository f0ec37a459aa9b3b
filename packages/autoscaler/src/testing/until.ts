/** Resolves as soon as `condition` holds, looking after every turn of the event loop; sockets decide when. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve))
}
