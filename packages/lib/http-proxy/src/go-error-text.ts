/** `host:port` as Go writes it: an IPv6 address goes in brackets. */
export function joinHostPort(host: string, port: number): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
}

const reasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'connection reset by peer',
  EPIPE: 'broken pipe',
  EHOSTUNREACH: 'no route to host',
  ENETUNREACH: 'network is unreachable',
  EADDRNOTAVAIL: 'cannot assign requested address',
  ETIMEDOUT: 'connection timed out',
  EMFILE: 'too many open files',
  EACCES: 'permission denied',
}

interface SystemError extends Error {
  code?: string
  address?: string
  port?: number
}

/** Words a failed dial as Go's `net` package does, e.g. `dial tcp 127.0.0.1:8080: connect: connection refused`. */
export function dialErrorText(error: Error, host: string, port: number): string {
  const { code, address } = error as SystemError
  if (code === 'ENOTFOUND') return `dial tcp: lookup ${host}: no such host`
  if (code === 'EAI_AGAIN') return `dial tcp: lookup ${host}: server misbehaving`
  const reason = code === undefined ? undefined : reasons[code]
  if (reason === undefined) return error.message
  return `dial tcp ${joinHostPort(address ?? host, port)}: connect: ${reason}`
}

/** Words a broken connection, e.g. `read tcp 10.0.0.1:4242->10.0.0.2:8012: read: connection reset by peer`. */
export function transferErrorText(error: Error, local: string, remote: string): string {
  const { code } = error as SystemError
  const reason = code === undefined ? undefined : reasons[code]
  if (reason === undefined) return error.message
  const operation = code === 'EPIPE' ? 'write' : 'read'
  return `${operation} tcp ${local}->${remote}: ${operation}: ${reason}`
}
