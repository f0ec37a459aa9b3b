import type { ServerlessService } from '@knative-ts/apis'
import { done, type KindReconciler, type Outcome } from '@knative-ts/reconciler'
import type { ServerlessServicePorts } from './ports.ts'
import {
  reconcilePrivateService,
  reconcilePublicEndpoints,
  reconcilePublicService,
} from './reconcile-resources.ts'

/** Gives a revision a stable Service, backed by its pods or by the activator. */
export class ServerlessServiceReconciler implements KindReconciler<ServerlessService> {
  readonly #ports: ServerlessServicePorts

  constructor(ports: ServerlessServicePorts) {
    this.#ports = ports
  }

  async reconcileKind(sks: ServerlessService): Promise<Outcome> {
    await reconcilePrivateService(this.#ports, sks)
    await reconcilePublicService(this.#ports, sks)
    await reconcilePublicEndpoints(this.#ports, sks)
    return done
  }
}
