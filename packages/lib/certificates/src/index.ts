export { type CertificateRequest, type DistinguishedName, signCertificate } from './sign-certificate.ts'
