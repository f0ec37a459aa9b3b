import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { ownDockerConfig } from './own-docker-config.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'docker-config-'))
})
afterEach(() => rm(folder, { recursive: true }))

describe('the controller’s own Docker configuration', () => {
  test('is read from DOCKER_CONFIG', async () => {
    await writeFile(join(folder, 'config.json'), '{"auths":{}}')
    expect(await ownDockerConfig({ DOCKER_CONFIG: folder })).toEqual({ auths: {} })
  })

  test.each([undefined, '{'])('none is found in %j', async (text) => {
    if (text !== undefined) await writeFile(join(folder, 'config.json'), text)
    expect(await ownDockerConfig({ DOCKER_CONFIG: folder })).toBeUndefined()
  })
})
