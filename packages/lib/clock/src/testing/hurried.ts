/** A module for `node --import`: time passes a hundred times as fast for a process that runs it first. */
export const hurried = `data:text/javascript,${encodeURIComponent(`
  const [set, now] = [setTimeout, performance.now.bind(performance)]
  globalThis.setTimeout = (fn, ms, ...args) => set(fn, ms / 100, ...args)
  performance.now = () => now() * 100
`)}`
