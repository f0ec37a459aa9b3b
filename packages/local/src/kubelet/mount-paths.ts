import { join } from 'node:path'
import type { V1Container } from '@knative-ts/apis'

/** A mounted path of the container and the folder that holds its content. */
export interface Mount {
  mountPath: string
  folder: string
}

/** The container's mounts, longest path first. */
export function mountsOf(container: V1Container, volumeFolders: ReadonlyMap<string, string>): Mount[] {
  return (container.volumeMounts ?? [])
    .flatMap(({ mountPath, name, subPath }) => {
      const folder = volumeFolders.get(name)
      return folder === undefined
        ? []
        : [{ mountPath: mountPath.replace(/\/+$/, ''), folder: subPath ? join(folder, subPath) : folder }]
    })
    .sort((a, b) => b.mountPath.length - a.mountPath.length)
}

/**
 * A process has the host's file system, so nothing can be mounted for it: where its command, arguments or
 * environment name a path below a mount, the path of the real folder takes its place.
 */
export function translateMountPaths(text: string, mounts: readonly Mount[]): string {
  let result = text
  for (const { mountPath, folder } of mounts) {
    const pattern = new RegExp(`(^|[\\s=:,'"])${escapeRegExp(mountPath)}(?=$|[/\\s:,'"])`, 'g')
    result = result.replace(pattern, (_, before: string) => before + folder)
  }
  return result
}

function escapeRegExp(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
}
