import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { crdFiles, render, renderTargets } from './render-manifests.ts'
import { filesMatching } from './workspace.ts'

const crdFolder = 'charts/knative-ts/files/crds'

function findHelm(): string | undefined {
  const { HELM: named, PATH = '' } = process.env
  if (named) return named
  return PATH.split(delimiter)
    .map((folder) => join(folder, 'helm'))
    .find((file) => {
      try {
        accessSync(file, constants.X_OK)
        return true
      } catch {
        return false
      }
    })
}

function committed(path: string): string | undefined {
  return filesMatching(path)[0]?.text
}

describe('derived files, which "npm run render" writes', () => {
  test('the chart has exactly the CRDs that the types make', () => {
    const files = filesMatching(`${crdFolder}/*`).map(({ path, text }) => [path, text] as const)
    const wanted = [...crdFiles()].map(([name, text]) => [`${crdFolder}/${name}`, text] as const)
    expect(new Map(files)).toEqual(new Map(wanted))
  })

  test('deploy/ holds a file for each target', () => {
    for (const { file } of renderTargets) expect(committed(`deploy/${file}`)).toContain('kind: Deployment')
  })

  const helm = findHelm()
  if (helm === undefined) {
    test('helm is not installed: deploy/ was not compared with the chart', () => {
      expect(findHelm()).toBeUndefined()
    })
  } else {
    test.each(renderTargets.map((target) => [target.file, target] as const))(
      'deploy/%s is what the chart renders to',
      (file, target) => {
        expect(committed(`deploy/${file}`)).toBe(render(target, helm))
      },
    )
  }
})
