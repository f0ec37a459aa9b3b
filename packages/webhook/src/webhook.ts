import { keyString, secrets, type V1Secret } from '@knative-ts/apis'
import type { Clock } from '@knative-ts/clock'
import {
  ConfigStore,
  configMapNames,
  followLogLevel,
  parseAutoscalerConfig,
  parseDefaultsConfig,
  parseFeaturesConfig,
  parseLeaderElectionConfig,
  parseLoggingConfig,
  parseObservabilityConfig,
  validatedConfigMaps,
} from '@knative-ts/config'
import type { ServerTlsSettings } from '@knative-ts/http-proxy'
import { type Informer, InformerFactory, type KubeClient } from '@knative-ts/kube'
import { type LevelSwitch, type Logger, MetricsServer } from '@knative-ts/observability'
import { ProfilingServer } from '@knative-ts/observability/profiling'
import { processIdentity } from '@knative-ts/reconciler'
import { ConfigValidationController } from './admission/config-validation.ts'
import { DefaultingController } from './admission/defaulting.ts'
import { DryRun } from './admission/dry-run.ts'
import { ResourceValidationController } from './admission/resource-validation.ts'
import type { AdmissionController } from './admission/review.ts'
import { CertificateReconciler } from './certificates/certificate-reconciler.ts'
import { generateCertificates } from './certificates/generate.ts'
import { certificatesIn } from './certificates/secret-data.ts'
import { webhookPaths, webhookRegistrations } from './configurations/registrations.ts'
import { WebhookConfigurationReconciler } from './configurations/webhook-configuration-reconciler.ts'
import type { WebhookEnvironment } from './environment.ts'
import { LedController } from './led-controller.ts'
import { type PrometheusMetrics, prometheusMetrics } from './serving/handler-metrics.ts'
import { WebhookServer } from './serving/webhook-server.ts'

export interface WebhookOptions {
  client: KubeClient
  clock: Clock
  logger: Logger
  /** Follows the logging ConfigMap. */
  level: LevelSwitch
  environment: WebhookEnvironment
  /** The process's own variables, some of which name ConfigMaps. */
  processEnv: Readonly<Record<string, string | undefined>>
  tls: ServerTlsSettings
  clusterDomain: string
  /** How long there must be no request before a stopping process ends; 45 s unless given. */
  quietPeriodMs?: number
}

const component = 'webhook'

/** The whole service: configuration, certificates, registration and the HTTPS server. */
export class Webhook {
  readonly #options: WebhookOptions
  readonly #informers: InformerFactory
  readonly #config: ReturnType<typeof configStore>
  readonly #secret: Informer<V1Secret>
  /** Another replica reconciles as soon as this one is to stop. */
  readonly #retired = new AbortController()
  /** Watches live until the last request is answered. */
  readonly #stopped = new AbortController()
  readonly #listeners: { close(): Promise<void> }[] = []
  #server: WebhookServer | undefined
  #work: Promise<void>[] = []

  constructor(options: WebhookOptions) {
    const { client, clock, logger, environment } = options
    this.#options = options
    this.#informers = new InformerFactory({ client, clock, logger })
    this.#config = configStore(this.#informers, options)
    this.#secret = this.#informers.informer(secrets, {
      namespace: environment.systemNamespace,
      fieldSelector: `metadata.name=${environment.secretName}`,
    })
  }

  /**
   * Reads the configuration, then serves; resolves with the port of the HTTPS server.
   * @throws ConfigMissingError, ConfigInvalidError, or what the listeners throw
   */
  async start(): Promise<number> {
    this.#informers.start(this.#stopped.signal)
    await this.#config.start()
    const { level, logger } = this.#options
    followLogLevel(this.#config, level, component, logger)
    const metrics = await this.#serveMetrics()
    await this.#serveProfiles()
    const server = this.#createServer(metrics)
    this.#server = server

    const certificates = this.#certificateController()
    const registrations = this.#registrationControllers()
    const onSecret = (secret: V1Secret) => {
      const set = certificatesIn(secret)
      if (set) server.useCertificates(set)
      for (const controller of [certificates, ...registrations]) controller.trigger()
    }
    this.#secret.addHandler({ onAdd: onSecret, onUpdate: (_, secret) => onSecret(secret) })
    const port = await server.listen()
    this.#work = [certificates, ...registrations].map((controller) => controller.run(this.#retired.signal))
    return port
  }

  /** Gives up its leases at once, drains the server, then stops everything. */
  async stop(): Promise<void> {
    this.#retired.abort()
    await Promise.all([this.#server?.shutDown(), ...this.#work])
    this.#stopped.abort()
    await Promise.all(this.#listeners.map((listener) => listener.close()))
  }

  async #serveMetrics(): Promise<PrometheusMetrics | undefined> {
    const { protocol, endpoint } = this.#config.snapshot().observability.metrics
    if (protocol !== 'prometheus') return undefined
    const { listenAddress, metricsPort } = this.#options.environment
    const metrics = await prometheusMetrics()
    const server = new MetricsServer(metrics.registry)
    await server.listen(listenAddress, Number(/:(\d+)$/.exec(endpoint)?.[1] ?? metricsPort))
    this.#listeners.push(server)
    return metrics
  }

  async #serveProfiles(): Promise<void> {
    const { listenAddress, profilingPort } = this.#options.environment
    const server = new ProfilingServer(() => this.#config.snapshot().observability.runtime.profiling)
    await server.listen(listenAddress, profilingPort)
    this.#listeners.push(server)
  }

  #createServer(metrics: PrometheusMetrics | undefined): WebhookServer {
    const { client, clock, logger, environment, tls, clusterDomain, processEnv, quietPeriodMs } =
      this.#options
    const settings = () => this.#config.snapshot()
    const controllers = new Map<string, AdmissionController>([
      [webhookPaths.defaulting, new DefaultingController(settings)],
      [
        webhookPaths.resourceValidation,
        new ResourceValidationController({ settings, clusterDomain, dryRun: new DryRun(client) }),
      ],
      [
        webhookPaths.configValidation,
        new ConfigValidationController(validatedConfigMaps(configMapNames(processEnv), clusterDomain)),
      ],
    ])
    return new WebhookServer({
      host: environment.listenAddress,
      port: environment.port,
      tls,
      clock,
      logger,
      controllers,
      ...(metrics ? { metrics } : {}),
      ...(quietPeriodMs === undefined ? {} : { quietPeriodMs }),
    })
  }

  #certificateController(): LedController {
    const { client, clock, logger, environment, clusterDomain } = this.#options
    const { systemNamespace: namespace, secretName, serviceName } = environment
    return new LedController({
      ...this.#leading(),
      queue: 'webhookcertificates',
      key: keyString({ namespace, name: secretName }),
      reconciler: new CertificateReconciler({
        client,
        clock,
        logger,
        lister: this.#secret.lister,
        generate: (nowMs) => generateCertificates(serviceName, namespace, clusterDomain, nowMs),
      }),
    })
  }

  #registrationControllers(): LedController[] {
    const { client, logger, environment } = this.#options
    return Object.entries(webhookRegistrations).map(([queue, registration]) => {
      const informer = this.#informers.informer(registration.type, {
        fieldSelector: `metadata.name=${registration.name}`,
      })
      const controller = new LedController({
        ...this.#leading(),
        queue,
        key: registration.name,
        reconciler: new WebhookConfigurationReconciler({
          client,
          logger,
          registration,
          configurations: informer.lister,
          secrets: this.#secret.lister,
          namespace: environment.systemNamespace,
          secretName: environment.secretName,
          ownedByNamespace: environment.ownedByNamespace,
        }),
      })
      const { trigger } = controller
      informer.addHandler({ onAdd: trigger, onUpdate: trigger, onDelete: trigger })
      return controller
    })
  }

  #leading() {
    const { client, clock, logger, environment } = this.#options
    return {
      client,
      clock,
      logger,
      namespace: environment.systemNamespace,
      ...processIdentity(environment.podName),
      times: this.#config.snapshot().leaderElection,
    }
  }
}

function configStore(informers: InformerFactory, { environment, processEnv, logger }: WebhookOptions) {
  const names = configMapNames(processEnv)
  return new ConfigStore({
    informers,
    namespace: environment.systemNamespace,
    logger,
    sources: {
      defaults: { name: 'config-defaults', parse: parseDefaultsConfig },
      features: { name: 'config-features', parse: parseFeaturesConfig },
      autoscaler: { name: 'config-autoscaler', parse: parseAutoscalerConfig },
      logging: { name: names.logging, parse: parseLoggingConfig, whenAbsent: {} },
      observability: { name: names.observability, parse: parseObservabilityConfig, whenAbsent: {} },
      leaderElection: { name: names.leaderElection, parse: parseLeaderElectionConfig, whenAbsent: {} },
    },
  })
}
