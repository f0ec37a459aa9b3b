/** What the manifests allow to whom. */
import type { Manifest } from '../helm.ts'
import type { Account, Need } from './needs.ts'

export interface Rule {
  readonly apiGroups: readonly string[]
  readonly resources: readonly string[]
  readonly verbs: readonly string[]
  readonly resourceNames?: readonly string[]
}

/** One rule of a role that an account has. */
export interface GrantedRule extends Rule {
  readonly account: Account
  readonly role: string
}

interface RoleObject extends Manifest {
  readonly rules?: readonly Rule[]
  readonly aggregationRule?: {
    readonly clusterRoleSelectors: readonly { readonly matchLabels: Readonly<Record<string, string>> }[]
  }
}

interface BindingObject extends Manifest {
  readonly subjects: readonly { readonly kind: string; readonly name: string }[]
  readonly roleRef: { readonly kind: string; readonly name: string }
}

/** The rules of every account that roles are bound to; an aggregated role brings those of the roles it selects. */
export function grantedRules(objects: readonly Manifest[]): GrantedRule[] {
  const roles = objects.filter(({ kind }) => kind === 'Role' || kind === 'ClusterRole') as RoleObject[]
  const bindings = objects.filter(({ kind }) => kind.endsWith('RoleBinding')) as BindingObject[]
  const parts = (role: RoleObject): RoleObject[] => {
    const { aggregationRule } = role
    if (!aggregationRule) return [role]
    return roles.filter(
      ({ kind, metadata: { labels = {} } }) =>
        kind === 'ClusterRole' &&
        aggregationRule.clusterRoleSelectors.some(({ matchLabels }) =>
          Object.entries(matchLabels).every(([key, value]) => labels[key] === value),
        ),
    )
  }
  return bindings.flatMap(({ subjects, roleRef }) =>
    subjects.flatMap(({ name: account }) =>
      roles
        .filter(({ kind, metadata }) => kind === roleRef.kind && metadata.name === roleRef.name)
        .flatMap(parts)
        .flatMap(({ metadata, rules = [] }) =>
          rules.map((rule) => ({ ...rule, account: account as Account, role: metadata.name ?? '' })),
        ),
    ),
  )
}

/** Whether a rule allows a request with this verb. */
export function allows(
  rule: Rule,
  { group, resource }: Pick<Need, 'group' | 'resource'>,
  verb: string,
): boolean {
  return (
    rule.apiGroups.some((own) => own === '*' || own === group) &&
    rule.resources.some((own) => matches(own, resource)) &&
    rule.verbs.some((own) => own === '*' || own === verb)
  )
}

// A star stands for everything; before a slash, for that subresource of everything.
function matches(own: string, resource: string): boolean {
  if (own === resource || own === '*') return true
  const [, subresource] = resource.split('/')
  return subresource !== undefined && own === `*/${subresource}`
}

/**
 * The verbs of rules that no need uses, separated by blanks, as `role: group/resource` → verbs. What an account may do by
 * several rules counts as used in all of them.
 */
export function unusedVerbs(rules: readonly GrantedRule[], needs: readonly Need[]): Map<string, string> {
  const unused = new Map<string, string>()
  for (const { account, role, apiGroups, resources, verbs, resourceNames } of rules) {
    const own = needs.filter((need) => need.account === account)
    for (const group of apiGroups) {
      for (const resource of resources) {
        const rest = verbs.filter((verb) => {
          const part: Rule = { apiGroups: [group], resources: [resource], verbs: [verb] }
          return !own.some((need) => need.verbs.includes(verb) && allows(part, need, verb))
        })
        const of = resourceNames ? ` (${resourceNames.join(', ')})` : ''
        if (rest.length > 0) unused.set(`${role}: ${group || 'core'}/${resource}${of}`, rest.join(' '))
      }
    }
  }
  return unused
}
