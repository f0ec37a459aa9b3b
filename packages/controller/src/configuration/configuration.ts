import {
  type Condition,
  type Configuration,
  conditionOf,
  configurationConditions,
  configurations,
  markLatestCreatedFailed,
  type Revision,
  revisionConditions,
  sameCondition,
  setLatestCreatedRevisionName,
  setLatestReadyRevisionName,
} from '@knative-ts/apis'
import { done, type KindReconciler, type Outcome } from '@knative-ts/reconciler'
import { revisionsOfConfiguration } from '../revision-indexes.ts'
import { statusOf } from '../status-of.ts'
import { latestReadyRevision } from './decide.ts'
import type { ConfigurationPorts } from './ports.ts'
import { reconcileRevision } from './reconcile-resources.ts'

/** Makes one Revision per generation of a Configuration and follows which one is ready. */
export class ConfigurationReconciler implements KindReconciler<Configuration> {
  readonly #ports: ConfigurationPorts

  constructor(ports: ConfigurationPorts) {
    this.#ports = ports
  }

  async reconcileKind(configuration: Configuration): Promise<Outcome> {
    const status = statusOf(configuration)
    const readyBefore = configurationConditions.top(status)

    const latestCreated = await reconcileRevision(this.#ports, configuration)
    if (!latestCreated) return done
    const { name = '' } = latestCreated.metadata
    setLatestCreatedRevisionName(status, name)

    const ready = conditionOf(latestCreated.status, revisionConditions.happy)
    if (ready?.status === 'True' && !status.latestReadyRevisionName) {
      this.#event(configuration, 'Normal', 'ConfigurationReady', 'Configuration becomes ready')
    } else if (ready?.status === 'False') {
      markLatestCreatedFailed(status, name, ready.message ?? '')
      this.#tellFailure(configuration, name, readyBefore)
    }

    this.#followLatestReady(configuration, latestCreated)
    return done
  }

  #followLatestReady(configuration: Configuration, latestCreated: Revision): void {
    const status = statusOf(configuration)
    const { namespace = '', name = '' } = configuration.metadata
    const all = revisionsOfConfiguration(this.#ports.revisions, namespace, name)
    const latestReady = latestReadyRevision(configuration, all, latestCreated)?.metadata.name
    if (latestReady === undefined) return
    const before = status.latestReadyRevisionName
    setLatestReadyRevisionName(status, latestReady)
    if (latestReady !== before) {
      const message = `LatestReadyRevisionName updated to "${latestReady}"`
      this.#event(configuration, 'Normal', 'LatestReadyUpdate', message)
    }
  }

  #tellFailure(configuration: Configuration, revision: string, readyBefore: Condition | undefined): void {
    const ready = configurationConditions.top(configuration.status)
    if (readyBefore && ready && sameCondition(readyBefore, ready)) return
    if (configuration.status?.latestReadyRevisionName === revision) {
      const message = `Latest ready revision "${revision}" has failed`
      this.#event(configuration, 'Warning', 'LatestReadyFailed', message)
    } else {
      const message = `Latest created revision "${revision}" has failed`
      this.#event(configuration, 'Warning', 'LatestCreatedFailed', message)
    }
  }

  #event(configuration: Configuration, type: 'Normal' | 'Warning', reason: string, message: string): void {
    this.#ports.events.event(configurations, configuration, type, reason, message)
  }
}
