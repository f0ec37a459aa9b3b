import { readFileSync } from 'node:fs'

export const systemNamespace = 'knative-serving'

/** A file of `tls/testdata`. */
export const pem = (name: string) => readFileSync(new URL(`../tls/testdata/${name}`, import.meta.url), 'utf8')

/** The certificate and key of that name in `tls/testdata`. */
export const pairOf = (name: string) => ({ cert: pem(`${name}.crt`), key: pem(`${name}.key`) })

const base64 = (text: string) => Buffer.from(text).toString('base64')

/** The Secret with the activator's certificate, and the authorities that it names. */
export function routingSecret(pair: { cert: string; key: string }, authorities = pem('ca.crt')) {
  return {
    metadata: { name: 'routing-serving-certs', namespace: systemNamespace },
    data: { 'tls.crt': base64(pair.cert), 'tls.key': base64(pair.key), 'ca.crt': base64(authorities) },
  }
}
