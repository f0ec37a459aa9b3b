import { describe, expect, test } from '@jest/globals'
import { findHelm } from './helm.ts'
import { assemble, crdFiles, render, renderTargets } from './render-manifests.ts'
import { filesMatching } from './workspace.ts'

const crdFolder = 'charts/knative-ts/files/crds'

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
    for (const { file } of renderTargets) expect(committed(`deploy/${file}`)).toContain('apiVersion:')
  })

  test('what uses a kind is not in the file that is applied from scratch', () => {
    const file = committed('deploy/knative-ts.yaml') ?? ''
    const kinds = [...file.matchAll(/^apiVersion: (.+)$/gm)].map(([, version]) => version)
    expect(kinds.filter((version) => version?.includes('knative.dev'))).toEqual([])
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

test('a target takes its templates, drops what only helm reads, and registers webhooks last', () => {
  const rendered = [
    '---\n# Source: c/templates/webhook-configurations.yaml\nkind: W\n',
    '---\n# Source: c/templates/hooks/job.yaml\nkind: Job\n',
    '---\n# Source: c/templates/system-objects.yaml\nkind: Image\nmetadata:\n  name: x\n  annotations:\n    helm.sh/hook: post-install\n  labels: {}\n',
    '---\n# Source: c/templates/system-objects.yaml\nkind: C\nmetadata:\n  annotations:\n    a: b\n    helm.sh/hook: post-install\n',
  ].join('')
  expect(assemble(rendered, (template) => !template.startsWith('hooks/'))).toBe(
    [
      '---\n# Source: c/templates/system-objects.yaml\nkind: Image\nmetadata:\n  name: x\n  labels: {}\n',
      '---\n# Source: c/templates/system-objects.yaml\nkind: C\nmetadata:\n  annotations:\n    a: b\n',
      '---\n# Source: c/templates/webhook-configurations.yaml\nkind: W\n',
    ].join(''),
  )
})

test('hooks come in the order of their weights', () => {
  const hook = (name: string, weight: number) =>
    `---\n# Source: c/templates/hooks/${name}.yaml\nkind: Job\nmetadata:\n  annotations:\n    helm.sh/hook-weight: "${weight}"\n`
  const written = assemble([hook('a', 1), hook('b', 0), hook('c', -10)].join(''), () => true)
  expect([...written.matchAll(/hooks\/(.)/g)].map(([, name]) => name)).toEqual(['c', 'b', 'a'])
})
