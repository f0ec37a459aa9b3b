import type { Authenticator } from '../auth/authenticator.ts'
import type { ServedResource } from '../discovery/served-resource.ts'
import { asRecord, asString, type JsonRecord, timestamp } from '../meta/kube-object.ts'
import type { UserInfo } from '../resources/write-options.ts'

/** A resource that is only asked: what is posted comes back with its status. */
interface Review {
  readonly apiVersion: string
  readonly plural: string
  readonly kind: string
  readonly namespaced?: boolean
  readonly respond: (spec: JsonRecord, user: UserInfo, authenticator: Authenticator) => object
}

/** Whoever is known may do anything here, so each access review says yes. */
const allowed = () => ({ allowed: true })

const everything = {
  resourceRules: [{ verbs: ['*'], apiGroups: ['*'], resources: ['*'] }],
  nonResourceRules: [{ verbs: ['*'], nonResourceURLs: ['*'] }],
  incomplete: false,
}

const authorization = 'authorization.k8s.io/v1'
const authentication = 'authentication.k8s.io/v1'

const reviews: readonly Review[] = [
  {
    apiVersion: authorization,
    plural: 'selfsubjectaccessreviews',
    kind: 'SelfSubjectAccessReview',
    respond: allowed,
  },
  {
    apiVersion: authorization,
    plural: 'subjectaccessreviews',
    kind: 'SubjectAccessReview',
    respond: allowed,
  },
  {
    apiVersion: authorization,
    plural: 'localsubjectaccessreviews',
    kind: 'LocalSubjectAccessReview',
    namespaced: true,
    respond: allowed,
  },
  {
    apiVersion: authorization,
    plural: 'selfsubjectrulesreviews',
    kind: 'SelfSubjectRulesReview',
    respond: () => everything,
  },
  {
    apiVersion: authentication,
    plural: 'selfsubjectreviews',
    kind: 'SelfSubjectReview',
    respond: (_, user) => ({ userInfo: user }),
  },
  {
    apiVersion: authentication,
    plural: 'tokenreviews',
    kind: 'TokenReview',
    respond: (spec, _, authenticator) => {
      const user = authenticator.identify(asString(spec['token']) ?? '')
      return user ? { authenticated: true, user } : { authenticated: false, error: 'the token is not valid' }
    },
  },
]

/** Reviews as discovery lists them. */
export const servedReviews: readonly ServedResource[] = reviews.map(
  ({ apiVersion, plural, kind, namespaced }) => {
    const [group = '', version = ''] = apiVersion.split('/')
    return {
      name: plural,
      singular: kind.toLowerCase(),
      namespaced: namespaced ?? false,
      kind,
      group,
      version,
      verbs: ['create'],
      shortNames: [],
      categories: [],
    }
  },
)

/** The answer to a posted review; undefined if the resource is not one. */
export function answerReview(
  apiVersion: string,
  plural: string,
  body: unknown,
  context: { user: UserInfo; authenticator: Authenticator; nowMs: number },
): object | undefined {
  const review = reviews.find(
    (candidate) => candidate.apiVersion === apiVersion && candidate.plural === plural,
  )
  if (!review) return undefined
  const spec = asRecord(asRecord(body)['spec'])
  const status = review.respond(spec, context.user, context.authenticator)
  return {
    apiVersion,
    kind: review.kind,
    metadata: { creationTimestamp: timestamp(context.nowMs) },
    ...(plural === 'selfsubjectreviews' ? {} : { spec }),
    status,
  }
}
