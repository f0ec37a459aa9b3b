import { isIP, isIPv4, isIPv6 } from 'node:net'

const dateTime = /^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)$/
const duration = /^[+-]?(\d+(\.\d*)?(ns|us|µs|ms|s|m|h))+$|^0$/
const base64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/

const accepts: Readonly<Record<string, (value: string) => boolean>> = {
  'date-time': (value) => dateTime.test(value) && !Number.isNaN(Date.parse(value)),
  date: (value) => /^\d{4}-\d\d-\d\d$/.test(value) && !Number.isNaN(Date.parse(value)),
  duration: (value) => duration.test(value),
  byte: (value) => base64.test(value),
  uuid: (value) => /^[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}$/i.test(value),
  ipv4: (value) => isIPv4(value),
  ipv6: (value) => isIPv6(value),
  ip: (value) => isIP(value) !== 0,
  cidr: (value) => {
    const [address, bits, ...rest] = value.split('/')
    const family = isIP(address ?? '')
    return (
      rest.length === 0 &&
      family !== 0 &&
      /^\d+$/.test(bits ?? '') &&
      Number(bits) <= (family === 4 ? 32 : 128)
    )
  },
  uri: (value) => URL.canParse(value) || value.startsWith('/'),
  hostname: (value) =>
    value.length <= 255 &&
    /^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/i.test(value),
  email: (value) => /^[^@\s]+@[^@\s]+$/.test(value),
}

/** The name of the format that the string should have and hasn't; undefined if it is fine or unknown. */
export function formatProblem(value: string, format: string): string | undefined {
  const accept = Object.hasOwn(accepts, format) ? accepts[format] : undefined
  return !accept || accept(value) ? undefined : format
}
