import { readFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'

/** The Docker configuration of this process itself; undefined if it has none that can be read. */
export async function ownDockerConfig(env: Readonly<Record<string, string | undefined>>): Promise<unknown> {
  const folder = env['DOCKER_CONFIG'] ?? join(homedir(), '.docker')
  try {
    return JSON.parse(await readFile(join(folder, 'config.json'), 'utf8'))
  } catch {
    return undefined
  }
}
