import { readFileSync } from 'node:fs'
import { parse } from 'yaml'
import { asArray, asRecord, asString, type JsonRecord } from '../meta/kube-object.ts'
import type { ApiEndpoint } from './api-client.ts'

/** The server that the current context of a kubeconfig file names. */
export function endpointOf(file: string): ApiEndpoint {
  const config = asRecord(parse(readFileSync(file, 'utf8')))
  const context = asRecord(named(config['contexts'], config['current-context'])['context'])
  const cluster = asRecord(named(config['clusters'], context['cluster'])['cluster'])
  const user = asRecord(named(config['users'], context['user'])['user'])
  const token = asString(user['token'])
  const certPem = pem(user, 'client-certificate')
  const keyPem = pem(user, 'client-key')
  return {
    url: String(cluster['server']),
    caPem: pem(cluster, 'certificate-authority') ?? '',
    ...(token ? { token } : {}),
    ...(certPem && keyPem ? { certPem, keyPem } : {}),
  }
}

function named(list: unknown, name: unknown): JsonRecord {
  return (
    asArray(list)
      .map(asRecord)
      .find((entry) => entry['name'] === name) ?? {}
  )
}

function pem(entry: JsonRecord, field: string): string | undefined {
  const data = asString(entry[`${field}-data`])
  if (data) return Buffer.from(data, 'base64').toString('utf8')
  const file = asString(entry[field])
  return file ? readFileSync(file, 'utf8') : undefined
}
