/**
 * Kubelets on one machine share a cgroup and a folder of logs, and each ends and removes there what it does not know: the pods of
 * the others. This gives a cluster's kubelet its own of both, so that it can run beside another one.
 */
import {
  existsSync,
  mkdirSync,
  readdirSync,
  rmdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'

const hierarchies = '/sys/fs/cgroup'

/** Where the cluster scripts keep what they built, unless told by `KCLUSTER_CACHE`. */
export const defaultCache = join(homedir(), '.cache/kcluster')

/**
 * Fills `folder` so that it can stand for the cache: all that is in it, but a kubelet that keeps to the cgroup `name`.
 * @param cache filled by the scripts' `build`
 */
export function separateKubelet(folder: string, cache: string, name: string): void {
  const programs = join(folder, 'bin')
  mkdirSync(programs, { recursive: true })
  for (const entry of readdirSync(cache)) {
    if (entry !== 'bin') symlinkSync(join(cache, entry), join(folder, entry))
  }
  for (const program of readdirSync(join(cache, 'bin'))) {
    if (program !== 'kubelet') symlinkSync(join(cache, 'bin', program), join(programs, program))
  }
  writeFileSync(join(programs, 'kubelet'), wrapper(join(cache, 'bin/kubelet'), name), { mode: 0o755 })
}

function wrapper(kubelet: string, name: string): string {
  return `#!/usr/bin/env bash
set -euo pipefail
for argument in "$@"; do
  case $argument in --config=*) config=\${argument#--config=} ;; esac
done
state=$(dirname "$config")
printf 'cgroupRoot: /%s\\npodLogsDir: %s\\n' '${name}' "$state/pod-logs" >>"$config"
mkdir -p "$state/pod-logs"
if [ -e ${hierarchies}/cgroup.controllers ]; then mkdir -p '${hierarchies}/${name}'
else for hierarchy in ${hierarchies}/*/; do mkdir -p "$hierarchy/${name}"; done
fi
exec -a kubelet '${kubelet}' "$@"
`
}

/** Removes the cgroups of a cluster that is down, and the folder. */
export function removeSeparateKubelet(folder: string, name: string): void {
  rmSync(folder, { recursive: true, force: true })
  const roots = existsSync(join(hierarchies, 'cgroup.controllers'))
    ? [hierarchies]
    : readdirSync(hierarchies).map((entry) => join(hierarchies, entry))
  for (const parent of roots) removeGroups(join(parent, name))
}

/** The files in a cgroup can't be removed, and go with it. */
function removeGroups(group: string): void {
  if (!existsSync(group)) return
  for (const entry of readdirSync(group)) {
    const path = join(group, entry)
    if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) removeGroups(path)
  }
  rmdirSync(group)
}
