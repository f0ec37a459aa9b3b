import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Clock, Timer } from '@knative-ts/clock'

/** A key pair in PEM. */
export interface Certificate {
  readonly cert: Buffer
  readonly key: Buffer
}

/** How often the files are read again, milliseconds. */
const reloadMs = 60_000

/** Reads the serving certificate that Kubernetes mounts, and again every minute, since it is renewed in place. */
export class CertificateFiles {
  readonly #certFile: string
  readonly #keyFile: string
  readonly #clock: Clock
  #digest = ''
  #timer: Timer | undefined

  /** @param folder with `tls.crt` and `tls.key` */
  constructor(folder: string, clock: Clock) {
    this.#certFile = join(folder, 'tls.crt')
    this.#keyFile = join(folder, 'tls.key')
    this.#clock = clock
  }

  /** The certificate if it differs from what was last read; undefined if it is the same or either file is missing. */
  async readChanged(): Promise<Certificate | undefined> {
    try {
      const [cert, key] = await Promise.all([readFile(this.#certFile), readFile(this.#keyFile)])
      const { createHash } = process.getBuiltinModule('node:crypto')
      const digest = createHash('sha256').update(cert).update('\0').update(key).digest('hex')
      if (digest === this.#digest) return undefined
      this.#digest = digest
      return { cert, key }
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
      throw error
    }
  }

  /** Reads the files every minute and gives what is new to `onChange`; what goes wrong, there too, to `onError`. */
  watch(onChange: (certificate: Certificate) => void, onError: (error: unknown) => void): void {
    this.#timer = this.#clock.every(reloadMs, () => {
      this.readChanged()
        .then((certificate) => {
          if (certificate) onChange(certificate)
        })
        .catch(onError)
    })
  }

  stop(): void {
    this.#timer?.cancel()
  }
}
