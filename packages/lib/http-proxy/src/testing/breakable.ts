/** A module for `node --import`: the listener on `port` of a process that runs it first breaks when SIGUSR2 comes. */
export function breakable(port: number): string {
  return `data:text/javascript,${encodeURIComponent(`
    import { Server } from 'node:net'
    const { listen } = Server.prototype
    Server.prototype.listen = function (options, ...args) {
      if (options?.port === ${port}) process.on('SIGUSR2', () => this.emit('error', new Error('accept failed')))
      return listen.call(this, options, ...args)
    }
  `)}`
}
