import type { TlsOptions } from 'node:tls'
import { TlsSettingError } from './errors.ts'
import { serverTlsSettings } from './server-tls-settings.ts'

const prefix = 'METRICS_PROMETHEUS_'
const certVariable = `${prefix}TLS_CERT`
const keyVariable = `${prefix}TLS_KEY`
const clientAuthVariable = `${prefix}TLS_CLIENT_AUTH`
const clientCAVariable = `${prefix}TLS_CLIENT_CA_FILE`

/** Whether those who scrape have to show a certificate. */
const clientAuths = ['none', 'optional', 'require']

type Variables = Readonly<Record<string, string | undefined>>

/**
 * How metrics are served over TLS: with the certificate and key in the files that `METRICS_PROMETHEUS_TLS_CERT` and `_KEY` name, and
 * to whom `_CLIENT_AUTH` and `_CLIENT_CA_FILE` say. Undefined for cleartext. The files are read once.
 * @throws TlsSettingError
 */
export function metricsTlsSettings(env: Variables): TlsOptions | undefined {
  const certFile = env[certVariable] ?? ''
  const keyFile = env[keyVariable] ?? ''
  if ((certFile === '') !== (keyFile === '')) {
    throw new TlsSettingError(
      certFile === '' ? certVariable : keyVariable,
      'is not set; set both, or neither for cleartext',
    )
  }
  const clients = clientSettings(env, certFile !== '')
  if (certFile === '') return undefined
  return {
    ...serverTlsSettings(prefix, env),
    cert: contentOf(certVariable, certFile),
    key: contentOf(keyVariable, keyFile),
    ...clients,
  }
}

function clientSettings(env: Variables, tls: boolean): TlsOptions {
  const auth = (env[clientAuthVariable] ?? '').trim().toLowerCase() || 'none'
  const caFile = (env[clientCAVariable] ?? '').trim()
  if (!clientAuths.includes(auth)) {
    throw new TlsSettingError(
      clientAuthVariable,
      `must be none, optional or require, got ${JSON.stringify(auth)}`,
    )
  }
  const wanted = auth !== 'none'
  if (!tls && (wanted || caFile !== '')) {
    throw new TlsSettingError(
      wanted ? clientAuthVariable : clientCAVariable,
      `needs ${certVariable} and ${keyVariable}`,
    )
  }
  if (wanted && caFile === '') {
    throw new TlsSettingError(clientCAVariable, `is not set, but ${clientAuthVariable} is ${auth}`)
  }
  if (!wanted && caFile !== '') {
    throw new TlsSettingError(clientCAVariable, `needs ${clientAuthVariable} to be optional or require`)
  }
  return wanted
    ? { ca: contentOf(clientCAVariable, caFile), requestCert: true, rejectUnauthorized: auth === 'require' }
    : {}
}

function contentOf(variable: string, file: string): Buffer {
  try {
    return process.getBuiltinModule('node:fs').readFileSync(file)
  } catch (error) {
    throw new TlsSettingError(variable, `names a file that can't be read: ${(error as Error).message}`)
  }
}
