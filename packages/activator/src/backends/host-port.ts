/** `ip:port`, with brackets around an IPv6 address. */
export function hostPort(ip: string, port: number): string {
  return ip.includes(':') ? `[${ip}]:${port}` : `${ip}:${port}`
}

/** The inverse of `hostPort`. */
export function splitHostPort(dest: string): { host: string; port: number } {
  const colon = dest.lastIndexOf(':')
  const host = dest.slice(0, colon)
  return { host: host.startsWith('[') ? host.slice(1, -1) : host, port: Number(dest.slice(colon + 1)) }
}
