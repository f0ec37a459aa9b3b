export { RawClient } from './raw-client.ts'
export { type RawServer, rawServer } from './raw-server.ts'
export { testCertificate } from './test-certificate.ts'
export { type TestProxy, type TestProxyOptions, testProxy } from './test-proxy.ts'
