import { describe, expect, test } from '@jest/globals'
import * as apis from '@knative-ts/apis'
import { objectsIn } from '../helm.ts'
import { importsOf } from '../import-rules.ts'
import { exists, filesMatching } from '../workspace.ts'
import { allows, grantedRules, type Rule, unusedVerbs } from './granted-rules.ts'
import { accounts, askingNothing, needs } from './needs.ts'
import { unusedByUs } from './unused-rules.ts'

const objects = filesMatching('deploy/serving-core.yaml', 'deploy/kourier.yaml').flatMap(({ text }) =>
  text
    .split(/^---\n/m)
    .filter((document) => /^kind: (Cluster)?Role(Binding)?$/m.test(document))
    .flatMap(objectsIn),
)
const rules = grantedRules(objects)

/** The descriptors of kinds by their names in the code. */
const kinds = new Map(
  Object.entries(apis as Record<string, unknown>).filter(
    (entry): entry is [string, apis.ResourceType] =>
      typeof entry[1] === 'object' && entry[1] !== null && 'plural' in entry[1] && 'group' in entry[1],
  ),
)
const named = (text: string, name: string) => new RegExp(`\\b${name}\\b`).test(text)

describe('rules', () => {
  const rule: Rule = { apiGroups: [''], resources: ['pods', '*/scale', '*/status'], verbs: ['get'] }

  test.each([
    ['', 'pods', 'get', true],
    ['', 'pods', 'list', false],
    ['', 'services', 'get', false],
    ['apps', 'pods', 'get', false],
    ['', 'pods/exec', 'get', false],
    ['', 'pods/status', 'get', true],
    ['', 'services/scale', 'get', true],
  ])('%j %s %s: %s', (group, resource, verb, wanted) => {
    expect(allows(rule, { group, resource }, verb)).toBe(wanted)
  })

  test('stars allow everything of their place', () => {
    const star: Rule = { apiGroups: ['*'], resources: ['*'], verbs: ['*'] }
    expect(allows(star, { group: 'a', resource: 'b/c' }, 'd')).toBe(true)
  })

  test('an aggregated role brings what it selects, also from other roles', () => {
    expect(new Set(rules.filter(({ account }) => account === 'controller').map(({ role }) => role))).toEqual(
      new Set([
        'knative-serving-core',
        'knative-serving-activator-cluster',
        'knative-serving-addressable-resolver',
      ]),
    )
  })

  test('verbs without a need are unused', () => {
    const granted = [{ ...rule, verbs: ['get', 'list'], account: 'activator' as const, role: 'r' }]
    const need = { account: 'activator' as const, group: '', resource: 'pods', verbs: ['get'], file: '' }
    expect(unusedVerbs(granted, [need])).toEqual(
      new Map([
        ['r: core/pods', 'list'],
        ['r: core/*/scale', 'get list'],
        ['r: core/*/status', 'get list'],
      ]),
    )
  })
})

describe('what the processes ask for', () => {
  test('is allowed', () => {
    const refused = needs.flatMap((need) =>
      need.verbs
        .filter((verb) => !rules.some((rule) => rule.account === need.account && allows(rule, need, verb)))
        .map((verb) => `${need.account} may not ${verb} ${need.group}/${need.resource} (${need.file})`),
    )
    expect(refused).toEqual([])
  })

  test('is asked for where the table says', () => {
    const wrong = needs.filter(({ group, resource, file }) => {
      const path = `packages/${file}`
      if (!exists(path)) return true
      const plural = resource.split('/')[0]
      const [name] = [...kinds].find(([, kind]) => kind.group === group && kind.plural === plural) ?? []
      const text = filesMatching(path)[0]?.text ?? ''
      // Kinds that a file learns of at run time are not named in it.
      if (file.endsWith('plan-migration.ts')) return !named(text, 'ResourceType')
      return !named(text, name ?? plural ?? '') && !named(text, plural ?? '')
    })
    expect(wrong).toEqual([])
  })

  test('is in the table for each kind that a package names', () => {
    const missing = Object.entries(accounts).flatMap(([folder, account]) =>
      filesMatching(`packages/${folder}/src/**/*.ts`)
        .filter(({ path }) => !/\.test\.ts$|\/testing\//.test(path) && !(path in askingNothing))
        .filter(({ text }) => importsOf(text).some(({ specifier }) => specifier === '@knative-ts/apis'))
        .flatMap(({ path, text }) => {
          const [, imported = ''] = /import \{([^}]*)\} from '@knative-ts\/apis'/.exec(text) ?? []
          return imported
            .split(',')
            .map((part) => part.trim().split(' as ')[0] ?? '')
            .flatMap((name) => kinds.get(name) ?? [])
            .filter(
              ({ group, plural }) =>
                !needs.some(
                  (need) => need.account === account && need.group === group && need.resource === plural,
                ),
            )
            .map(({ group, plural }) => `${path}: ${account} asks for ${group}/${plural}`)
        }),
    )
    expect(missing).toEqual([])
  })

  test('leaves unused what is listed, no more and no less', () => {
    expect(Object.fromEntries(unusedVerbs(rules, needs))).toEqual(unusedByUs)
  })
})
