import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, isAbsolute, join, normalize } from 'node:path'
import type { V1ConfigMap, V1Pod, V1Secret, V1Volume } from '@knative-ts/apis'
import { LocalError } from '../errors.ts'
import { podField } from './container-environment.ts'

export interface VolumeSources {
  configMap(name: string): V1ConfigMap | undefined
  secret(name: string): V1Secret | undefined
  serviceAccountToken(audience: string | undefined): Promise<string>
  podIP: string
  hostIP: string
}

/** Files of a volume by relative path. */
type Files = Map<string, Buffer>

/**
 * Puts the pod's volumes below `folder`, one sub-folder each, and returns the sub-folder of each volume.
 * Running it again brings files up to date; each file is replaced as a whole.
 * @throws LocalError CONTAINER_CONFIG naming what is missing or not supported
 */
export async function preparePodVolumes(
  pod: V1Pod,
  folder: string,
  sources: VolumeSources,
): Promise<Map<string, string>> {
  const folders = new Map<string, string>()
  for (const volume of pod.spec?.volumes ?? []) {
    const target = join(folder, volume.name)
    if (volume.hostPath) {
      folders.set(volume.name, volume.hostPath.path)
      continue
    }
    folders.set(volume.name, target)
    await mkdir(target, { recursive: true })
    if (volume.emptyDir || volume.ephemeral) continue
    await writeFiles(target, await filesOf(volume, pod, sources))
  }
  return folders
}

async function filesOf(volume: V1Volume, pod: V1Pod, sources: VolumeSources): Promise<Files> {
  if (volume.configMap) return configMapFiles(volume.configMap, sources)
  if (volume.secret) {
    return secretFiles({ ...volume.secret, name: volume.secret.secretName ?? '' }, sources)
  }
  if (volume.downwardAPI) return downwardFiles(volume.downwardAPI.items ?? [], pod, sources)
  if (volume.projected) {
    const files: Files = new Map()
    for (const source of volume.projected.sources ?? []) {
      const part = source.configMap
        ? configMapFiles(source.configMap, sources)
        : source.secret
          ? secretFiles(source.secret, sources)
          : source.downwardAPI
            ? downwardFiles(source.downwardAPI.items ?? [], pod, sources)
            : source.serviceAccountToken
              ? new Map([
                  [
                    source.serviceAccountToken.path,
                    Buffer.from(await sources.serviceAccountToken(source.serviceAccountToken.audience)),
                  ],
                ])
              : new Map<string, Buffer>()
      for (const [path, content] of part) files.set(path, content)
    }
    return files
  }
  throw new LocalError(
    'CONTAINER_CONFIG',
    `volume ${volume.name}: this kind of volume is not available in local mode; use emptyDir, configMap, secret, projected, downwardAPI or hostPath`,
  )
}

interface KeyedSource {
  name?: string
  optional?: boolean
  items?: { key: string; path: string }[]
}

function configMapFiles(source: KeyedSource, { configMap }: VolumeSources): Files {
  const object = configMap(source.name ?? '')
  const content = new Map<string, Buffer>()
  for (const [key, value] of Object.entries(object?.data ?? {})) content.set(key, Buffer.from(value))
  for (const [key, value] of Object.entries(object?.binaryData ?? {})) {
    content.set(key, Buffer.from(value, 'base64'))
  }
  return selectKeys('configmap', source, object ? content : undefined)
}

function secretFiles(source: KeyedSource, { secret }: VolumeSources): Files {
  const object = secret(source.name ?? '')
  const content = new Map<string, Buffer>()
  for (const [key, value] of Object.entries(object?.data ?? {})) {
    content.set(key, Buffer.from(value, 'base64'))
  }
  return selectKeys('secret', source, object ? content : undefined)
}

function selectKeys(kind: string, source: KeyedSource, content: Files | undefined): Files {
  if (!content) {
    if (source.optional) return new Map()
    throw new LocalError('CONTAINER_CONFIG', `${kind} "${source.name ?? ''}" not found`)
  }
  if (!source.items) return content
  const files: Files = new Map()
  for (const { key, path } of source.items) {
    const value = content.get(key)
    if (value) files.set(path, value)
    else if (!source.optional) {
      throw new LocalError(
        'CONTAINER_CONFIG',
        `${kind} "${source.name ?? ''}" references non-existent key: ${key}`,
      )
    }
  }
  return files
}

function downwardFiles(
  items: { path: string; fieldRef?: { fieldPath: string } }[],
  pod: V1Pod,
  sources: VolumeSources,
): Files {
  return new Map(
    items.map(({ path, fieldRef }) => [
      path,
      Buffer.from(fieldRef ? podField(pod, fieldRef.fieldPath, sources) : ''),
    ]),
  )
}

async function writeFiles(folder: string, files: Files): Promise<void> {
  for (const [path, content] of files) {
    const relative = normalize(path)
    if (isAbsolute(relative) || relative.startsWith('..')) {
      throw new LocalError('CONTAINER_CONFIG', `volume path ${path} must stay inside the volume`)
    }
    const target = join(folder, relative)
    await mkdir(dirname(target), { recursive: true })
    await writeFile(`${target}.new`, content, { mode: 0o644 })
    await rename(`${target}.new`, target)
  }
  for (const name of await readdir(folder)) {
    const kept = [...files.keys()].some((path) => normalize(path).split('/', 1)[0] === name)
    if (!kept) await rm(join(folder, name), { recursive: true, force: true })
  }
}
