import { type NetworkInterfaceInfo, networkInterfaces } from 'node:os'

type Interfaces = Readonly<Record<string, readonly Pick<NetworkInterfaceInfo, 'family'>[] | undefined>>

/**
 * Where the listeners of a process bind: `LISTEN_ADDRESS`, or else every address of the machine, which `::` means where there is any
 * of IPv6, and can't be bound where there is none.
 */
export function listenAddressFrom(
  env: Readonly<Record<string, string | undefined>>,
  interfaces: () => Interfaces = networkInterfaces,
): string {
  if (env['LISTEN_ADDRESS']) return env['LISTEN_ADDRESS']
  const addresses = Object.values(interfaces()).flatMap((ofOne) => ofOne ?? [])
  return addresses.some(({ family }) => family === 'IPv6') ? '::' : '0.0.0.0'
}
