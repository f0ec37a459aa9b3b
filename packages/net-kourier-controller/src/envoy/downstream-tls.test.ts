import { expect, test } from '@jest/globals'
import { parseKourierConfig } from '../config/kourier-config.ts'
import { downstreamTLS } from './downstream-tls.ts'

const pair = { certificate: Buffer.from('certificate'), privateKey: Buffer.from('key') }

test('an accelerated key is handed to CryptoMB instead of lying beside the certificate', () => {
  const socket = downstreamTLS(pair, parseKourierConfig({ 'cipher-suites': ' a, b' }), { cryptoMB: true })
  expect(socket.typedConfig).toMatchObject({
    commonTlsContext: {
      tlsParams: { tlsMinimumProtocolVersion: 'TLSv1_2', cipherSuites: ['a', 'b'] },
      tlsCertificates: [
        {
          certificateChain: { inlineBytes: pair.certificate },
          privateKeyProvider: {
            providerName: 'cryptomb',
            typedConfig: { pollDelay: '0.01s', privateKey: { inlineBytes: pair.privateKey } },
          },
        },
      ],
    },
  })
})
