import { E2eError } from './errors.ts'

/** What a run of the suite is told; `run.ts` sets it as environment variables for Jest's processes. */
export interface Settings {
  /** Address of the gateway's HTTP listener, e.g. `http://10.0.0.1:31080`. */
  gateway: string
  /** Where the test images are: `REPO/NAME`, with a tag if `imageTag` is set. */
  imageRepo: string
  imageTag: string | undefined
  /** Marks the namespaces of this run. */
  run: string
}

/** Label of every namespace that the suite makes; its value is the run. */
export const runLabel = 'e2e.knative-ts.dev/run'

/** @throws E2eError SETTINGS when a variable is missing */
export function readSettings(env: Readonly<Record<string, string | undefined>>): Settings {
  const gateway = env['E2E_GATEWAY']
  const run = env['E2E_RUN']
  if (!gateway || !run) {
    throw new E2eError('SETTINGS', 'start the suite with "npm run e2e -- --gateway URL"')
  }
  return {
    gateway,
    run,
    imageRepo: env['E2E_IMAGE_REPO'] ?? 'dev.local',
    imageTag: env['E2E_IMAGE_TAG'],
  }
}

/** The image called `name` of this run. */
export function imageOf({ imageRepo, imageTag }: Settings, name: string): string {
  return `${imageRepo}/${name}${imageTag === undefined ? '' : `:${imageTag}`}`
}
