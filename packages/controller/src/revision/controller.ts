import {
  certificates,
  deployments,
  images,
  podAutoscalers,
  revisionConditions,
  revisions,
  setRevisionDefaults,
} from '@knative-ts/apis'
import { enqueueControllerOf, ResourceReconciler, Tracker } from '@knative-ts/reconciler'
import type { ControllerConfig, ControllerFactory } from '../dependencies.ts'
import { primaryController } from '../primary-controller.ts'
import { trackChanges } from '../track-changes.ts'
import { BackgroundResolver } from './digest/background-resolver.ts'
import { ownDockerConfig } from './digest/own-docker-config.ts'
import { pullCredentialsFor } from './digest/pull-secrets.ts'
import { RegistryClient } from './digest/registry-client.ts'
import { registryDispatcher, registryTlsSettings } from './digest/registry-dispatcher.ts'
import { RevisionReconciler } from './revision.ts'

/** ConfigMaps whose change may alter every pod. */
const resyncOn: ReadonlySet<keyof ControllerConfig> = new Set(['network', 'observability', 'deployment'])

const statsAddressEnv = 'AUTOSCALER_STATS_ADDRESS'
const autoscalerStatsPort = 8081

/** Revisions, woken also by the Deployments and PodAutoscalers that they own. */
export const makeRevisionController: ControllerFactory = (deps) => {
  const { client, clock, config, env, informers, systemNamespace, clusterDomain } = deps
  const primary = informers.informer(revisions)
  const deploymentInformer = informers.informer(deployments)
  const podAutoscalerInformer = informers.informer(podAutoscalers)
  const certificateInformer = informers.informer(certificates)
  const events = deps.eventsFor('revision-controller')
  const tracker = new Tracker(clock, (key) => controller.enqueueKey(key))
  const registryTls = registryTlsSettings(env)
  const digests = new BackgroundResolver({
    clock,
    lookup: new RegistryClient({
      userAgent: 'knative/unknown (serving)',
      dispatcher: () => registryDispatcher(registryTls),
    }),
    credentialsFor: (revision) => pullCredentialsFor(client, revision, () => ownDockerConfig(env)),
    onResolved: (key) => controller.enqueueKey(key),
  })

  const reconciler = new ResourceReconciler({
    client,
    clock,
    events,
    type: revisions,
    lister: primary.lister,
    conditions: revisionConditions,
    setDefaults: (revision) => setRevisionDefaults(revision, config.snapshot()),
    kind: new RevisionReconciler({
      client,
      clock,
      events,
      deployments: deploymentInformer.lister,
      podAutoscalers: podAutoscalerInformer.lister,
      images: informers.informer(images).lister,
      certificates: certificateInformer.lister,
      digests,
      tracker,
      installation: {
        systemNamespace,
        autoscalerStatsAddress:
          env[statsAddressEnv] || `autoscaler.${systemNamespace}.svc.${clusterDomain}:${autoscalerStatsPort}`,
      },
      config: () => config.snapshot(),
    }),
  })

  const controller = primaryController(deps, 'revision', primary, reconciler)
  deploymentInformer.addHandler(enqueueControllerOf(controller, revisions))
  podAutoscalerInformer.addHandler(enqueueControllerOf(controller, revisions))
  certificateInformer.addHandler(trackChanges(tracker, certificates))
  config.onChange((changed) => {
    if (resyncOn.has(changed)) controller.globalResync(primary.lister.list())
  })
  return controller
}
