import { revisionSpecSchema } from './pod-spec-schema.ts'
import { flag, int32, int64, intOrString, list, mapOf, object, opaque, type Schema, text } from './schema.ts'

const condition = object(
  {
    lastTransitionTime: text('When the condition last changed.'),
    message: text('What happened, for people.'),
    reason: text('What happened, in one word.'),
    severity: text('How much a False matters; empty is an error.'),
    status: text('True, False or Unknown.'),
    type: text('What the condition is about.'),
  },
  'One aspect of the state.',
  ['status', 'type'],
)

const status = (properties: Record<string, Schema>, required?: string[]): Schema =>
  object(
    {
      annotations: mapOf({ type: 'string' }, 'Further facts for tools.'),
      conditions: list(condition, 'The state, aspect by aspect.'),
      observedGeneration: int64('Generation that this status describes.'),
      ...properties,
    },
    'What was found when the object was last looked at.',
    required,
  )

const address = object(
  {
    CACerts: text('Certificates to trust, PEM.'),
    audience: text('OIDC audience.'),
    name: text('Name of the address.'),
    url: text('URL inside the cluster.'),
  },
  'Where to send requests from inside the cluster.',
)

const trafficTarget = object(
  {
    configurationName: text('Configuration whose latest ready revision gets the traffic.'),
    latestRevision: flag('Whether the target follows the latest ready revision.'),
    percent: int64('Share of the traffic, 0 to 100.'),
    revisionName: text('Revision that gets the traffic.'),
    tag: text('Name that makes the target reachable by a URL of its own.'),
    url: text('URL of the tag.'),
  },
  'A revision and its share of the traffic.',
)
const traffic = list(trafficTarget, 'How traffic is divided among revisions; percents sum to 100.')

const template = object(
  {
    metadata: {
      ...object(
        {
          annotations: mapOf({ type: 'string' }, 'Annotations of each revision.'),
          finalizers: list({ type: 'string' }, 'Finalizers of each revision.'),
          labels: mapOf({ type: 'string' }, 'Labels of each revision.'),
          name: text("Name of the next revision; must begin with the parent's name and a dash."),
          namespace: text('Namespace of the revision.'),
        },
        'Metadata of the revisions made from the template.',
      ),
      'x-kubernetes-preserve-unknown-fields': true,
    },
    spec: revisionSpecSchema,
  },
  'What the next revision looks like.',
)

const latestRevisions = {
  latestCreatedRevisionName: text('Revision created last.'),
  latestReadyRevisionName: text('Newest revision that became ready.'),
}

const containerStatuses = (what: string) =>
  list(
    object(
      { imageDigest: text('Image with its digest.'), name: text('Name of the container.') },
      'Image of one container.',
    ),
    what,
  )

const objectReference = (description: string): Schema => ({
  ...object(
    {
      apiVersion: text('API version of the object.'),
      kind: text('Kind of the object.'),
      name: text('Name of the object.'),
    },
    description,
  ),
  'x-kubernetes-map-type': 'atomic',
})

const headers = mapOf({ type: 'string' }, 'Headers set on the request, overwriting what it had.')

const loadBalancer = (description: string) =>
  object(
    {
      ingress: list(
        object(
          {
            domain: text('DNS name of the load balancer.'),
            domainInternal: text('DNS name inside the cluster.'),
            ip: text('IP address of the load balancer.'),
            meshOnly: flag('Whether a service mesh does the work.'),
          },
          'A point of entry.',
        ),
        'Points of entry.',
      ),
    },
    description,
  )

/** `spec` and `status` of each kind, by its kind name. */
export const kindSchemas = {
  Service: {
    spec: object({ template, traffic }, 'What to run and how to divide the traffic.'),
    status: status({ address, ...latestRevisions, traffic, url: text('URL of the service.') }),
  },
  Route: {
    spec: object({ traffic }, 'How to divide the traffic.'),
    status: status({ address, traffic, url: text('URL of the route.') }),
  },
  Configuration: {
    spec: object({ template }, 'What to run.'),
    status: status(latestRevisions),
  },
  Revision: {
    spec: revisionSpecSchema,
    status: status({
      actualReplicas: int32('Pods that are ready.'),
      containerStatuses: containerStatuses('Images of the containers.'),
      desiredReplicas: int32('Pods wanted by the autoscaler.'),
      initContainerStatuses: containerStatuses('Images of the init containers.'),
      logUrl: text('Where the logs are.'),
    }),
  },
  DomainMapping: {
    spec: object(
      {
        ref: object(
          {
            address: text('Name of the address to use.'),
            apiVersion: text('API version of the target.'),
            group: text('API group of the target.'),
            kind: text('Kind of the target.'),
            name: text('Name of the target.'),
            namespace: text('Namespace of the target.'),
          },
          'What the domain leads to.',
          ['kind', 'name'],
        ),
        tls: object({ secretName: text('Secret with the certificate.') }, 'Own certificate of the domain.', [
          'secretName',
        ]),
      },
      'Where the domain leads.',
      ['ref'],
    ),
    status: status({ address, url: text('URL of the domain.') }),
  },
  PodAutoscaler: {
    spec: object(
      {
        containerConcurrency: int64('Requests that one pod handles at the same time; 0 is unlimited.'),
        protocolType: text('http1 or h2c.'),
        reachability: text('Whether the revision gets traffic: Reachable, Unreachable or not known.'),
        scaleTargetRef: objectReference('What is scaled.'),
      },
      'What to scale and by which limits.',
      ['protocolType', 'scaleTargetRef'],
    ),
    status: status(
      {
        actualScale: int32('Pods that are ready.'),
        desiredScale: int32('Pods wanted.'),
        metricsServiceName: text("Service behind which the pods' metrics are."),
        serviceName: text('Service behind which the revision is.'),
      },
      ['metricsServiceName', 'serviceName'],
    ),
  },
  Metric: {
    spec: object(
      {
        panicWindow: int64('Short averaging window in nanoseconds.'),
        scrapeTarget: text('Service to scrape; empty for none.'),
        stableWindow: int64('Long averaging window in nanoseconds.'),
      },
      'What to measure.',
      ['panicWindow', 'scrapeTarget', 'stableWindow'],
    ),
    status: status({}),
  },
  Ingress: {
    spec: object(
      {
        httpOption: text('Enabled serves plain HTTP, Redirected redirects it to HTTPS.'),
        rules: list(
          object(
            {
              hosts: list({ type: 'string' }, 'Host names that the rule applies to.'),
              http: object(
                {
                  paths: list(
                    object(
                      {
                        appendHeaders: headers,
                        headers: mapOf(
                          object({ exact: text('Value that the header must have.') }, 'A header match.', [
                            'exact',
                          ]),
                          'Headers that the request must have.',
                        ),
                        path: text('Path prefix.'),
                        rewriteHost: text('Host to send upstream.'),
                        splits: list(
                          object(
                            {
                              appendHeaders: headers,
                              percent: { type: 'integer', description: 'Share of the requests.' },
                              serviceName: text('Kubernetes Service.'),
                              serviceNamespace: text('Its namespace.'),
                              servicePort: intOrString('Its port.'),
                            },
                            'A backend and its share.',
                            ['serviceName', 'serviceNamespace', 'servicePort'],
                          ),
                          'Backends; percents sum to 100.',
                        ),
                      },
                      'A path and its backends.',
                      ['splits'],
                    ),
                    'Paths; the longest that matches wins.',
                  ),
                },
                'Paths and their backends.',
                ['paths'],
              ),
              visibility: text('ExternalIP or ClusterLocal.'),
            },
            'Hosts and where their requests go.',
          ),
          'Where requests go.',
        ),
        tls: list(
          object(
            {
              hosts: list({ type: 'string' }, 'Hosts that the certificate covers.'),
              secretName: text('Secret with the certificate.'),
              secretNamespace: text('Namespace of the Secret.'),
            },
            'A certificate and its hosts.',
          ),
          'Certificates.',
        ),
      },
      'How requests reach Services.',
    ),
    status: status({
      privateLoadBalancer: loadBalancer('Points of entry inside the cluster.'),
      publicLoadBalancer: loadBalancer('Points of entry from outside.'),
    }),
  },
  Certificate: {
    spec: object(
      {
        dnsNames: list({ type: 'string' }, 'Names that the certificate covers.'),
        domain: text('Domain used as common name where the first DNS name is too long.'),
        secretName: text('Secret to put the certificate into.'),
      },
      'The certificate wanted.',
      ['dnsNames', 'secretName'],
    ),
    status: status({
      http01Challenges: list(
        object(
          {
            serviceName: text('Service of the solver.'),
            serviceNamespace: text('Its namespace.'),
            servicePort: intOrString('Its port.'),
            url: text('URL that the authority asks for.'),
          },
          'A challenge to route.',
        ),
        'Challenges under way.',
      ),
      notAfter: text('When the certificate runs out.', { format: 'date-time' }),
    }),
  },
  ServerlessService: {
    spec: object(
      {
        mode: text('Serve sends traffic to the pods, Proxy to the activator.'),
        numActivators: int32('Activators to use in Proxy mode; 0 for all.'),
        objectRef: objectReference('What runs the pods.'),
        protocolType: text('http1 or h2c.'),
      },
      'How requests reach the pods of a revision.',
      ['objectRef', 'protocolType'],
    ),
    status: status({
      privateServiceName: text('Service that selects the pods.'),
      serviceName: text('Service that takes the requests.'),
    }),
  },
  ClusterDomainClaim: {
    spec: object({ namespace: text('Namespace that may map the domain.') }, 'Who may use the domain.', [
      'namespace',
    ]),
    status: undefined,
  },
  Image: {
    spec: object(
      {
        image: text('Image to keep at hand.'),
        imagePullSecrets: list(opaque('A Secret for pulling.'), 'Secrets for pulling.'),
        serviceAccountName: text('Service account for pulling.'),
      },
      'The image wanted.',
      ['image'],
    ),
    status: status({}),
  },
} satisfies Record<string, { spec: Schema; status: Schema | undefined }>
