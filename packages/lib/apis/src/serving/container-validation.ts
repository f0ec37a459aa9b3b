import type { V1Container, V1ContainerPort, V1EnvVar, V1Volume } from '../core/types.ts'
import { semanticEqual } from '../semantic-equal.ts'
import { goQuote } from '../syntax/go-quote.ts'
import {
  complaint,
  invalidValue,
  missingField,
  missingOneOf,
  multipleOneOf,
  outOfBounds,
} from '../validation/complaints.ts'
import { currentField, FieldErrors } from '../validation/field-errors.ts'
import {
  checkDisallowedFields,
  configMapKeyMask,
  containerMask,
  containerPortMask,
  envFromMask,
  envValueMask,
  envVarMask,
  forbidProbe,
  isEnabled,
  isSet,
  namedSourceMask,
  resourcesMask,
} from './field-mask.ts'
import { isImageReference } from './image-reference.ts'
import { validateReadinessNumbers, validateServingProbe, validateSidecarProbe } from './probe-validation.ts'
import { validateSecurityContext } from './security-context-validation.ts'
import type { FeatureSettings } from './settings.ts'
import { validateVolumeMounts } from './volume-mount-validation.ts'
import { queueContainerName } from './wire-names.ts'

/** What a container stands in: the volumes of its pod and the features of the system. */
export interface PodSurroundings {
  readonly volumes: ReadonlyMap<string, V1Volume>
  readonly features: FeatureSettings
}

const reservedEnv = new Set(['K_SERVICE', 'K_CONFIGURATION', 'K_REVISION'])
const reservedServingEnv = new Set([...reservedEnv, 'PORT'])
const reservedPorts = new Set([8008, 8012, 8013, 8022, 9090, 9091])
const largestPort = 65_535
const portNames = new Set(['', 'h2c', 'http1'])
const terminationMessagePolicies = new Set(['', 'File', 'FallbackToLogsOnError'])
const probeFields = ['livenessProbe', 'readinessProbe', 'startupProbe'] as const

/** Complaints about the container that takes the requests. */
export function validateServingContainer(container: V1Container, pod: PodSurroundings): FieldErrors {
  if (isEmptyContainer(container)) return missingField(currentField)
  const [port] = container.ports ?? []
  const parts = [validateContainer(container, pod, reservedServingEnv)]
  for (const field of probeFields) {
    const probe = container[field]
    if (probe) parts.push(validateServingProbe(probe, port).viaField(field))
  }
  parts.push(readinessNumbers(container))
  for (const entry of container.ports ?? []) {
    parts.push(validatePort(entry).also(validatePortName(entry)).viaField('ports'))
  }
  return FieldErrors.all(parts)
}

/** Complaints about a container beside the serving one. */
export function validateSidecarContainer(container: V1Container, pod: PodSurroundings): FieldErrors {
  if (isEmptyContainer(container)) return missingField(currentField)
  const probing = isEnabled(pod.features, 'multi-container-probing')
  const parts = [validateContainer(container, pod, reservedEnv)]
  for (const field of probeFields) {
    const probe = container[field]
    if (probe) parts.push((probing ? validateSidecarProbe(probe) : forbidProbe(probe)).viaField(field))
  }
  if (probing) parts.push(readinessNumbers(container))
  return FieldErrors.all(parts)
}

/** Complaints about a container that runs before the others. */
export function validateInitContainer(container: V1Container, pod: PodSurroundings): FieldErrors {
  if (isEmptyContainer(container)) return missingField(currentField)
  const parts = [validateContainer(container, pod, reservedEnv)]
  for (const field of [...probeFields, 'lifecycle'] as const) {
    if (isSet(container[field])) parts.push(complaint('field not allowed in an init container', field))
  }
  for (const port of container.ports ?? []) parts.push(validatePort(port).viaField('ports'))
  return FieldErrors.all(parts)
}

function isEmptyContainer(container: V1Container): boolean {
  return semanticEqual(container, {})
}

function readinessNumbers({ readinessProbe }: V1Container): FieldErrors {
  return readinessProbe
    ? validateReadinessNumbers(readinessProbe).viaField('readinessProbe')
    : FieldErrors.none
}

function validateContainer(
  container: V1Container,
  { volumes, features }: PodSurroundings,
  reserved: ReadonlySet<string>,
): FieldErrors {
  const { securityContext, terminationMessagePolicy = '' } = container
  return FieldErrors.all([
    checkDisallowedFields(container, containerMask),
    validateName(container.name),
    FieldErrors.all(
      (container.env ?? []).map((variable, i) => validateEnv(variable, reserved, features).viaIndex(i)),
    ).viaField('env'),
    validateEnvFrom(container.envFrom).viaField('envFrom'),
    validateImage(container.image).viaField('image'),
    container.resources
      ? checkDisallowedFields(container.resources, resourcesMask).viaField('resources')
      : FieldErrors.none,
    securityContext
      ? validateSecurityContext(securityContext, features).viaField('securityContext')
      : FieldErrors.none,
    terminationMessagePolicies.has(terminationMessagePolicy)
      ? FieldErrors.none
      : invalidValue(terminationMessagePolicy, 'terminationMessagePolicy'),
    validateVolumeMounts(container.volumeMounts ?? [], volumes, features).viaField('volumeMounts'),
  ])
}

function validateName(name: string | undefined): FieldErrors {
  return name === queueContainerName
    ? complaint(`"${name}" is a reserved container name`, 'name')
    : FieldErrors.none
}

function validateEnv(
  variable: V1EnvVar,
  reserved: ReadonlySet<string>,
  features: FeatureSettings,
): FieldErrors {
  const parts = [checkDisallowedFields(variable, envVarMask)]
  if (!variable.name) parts.push(missingField('name'))
  else if (reserved.has(variable.name)) {
    parts.push(complaint(`"${variable.name}" is a reserved environment variable`, 'name'))
  }
  const { valueFrom } = variable
  if (valueFrom) {
    const keys = (['configMapKeyRef', 'secretKeyRef'] as const).map((ref) =>
      checkDisallowedFields(valueFrom[ref] ?? {}, configMapKeyMask).viaField(ref),
    )
    parts.push(
      checkDisallowedFields(valueFrom, envValueMask(features))
        .also(...keys)
        .viaField('valueFrom'),
    )
  }
  return FieldErrors.all(parts)
}

/** The index is not part of these paths. */
function validateEnvFrom(sources: V1Container['envFrom']): FieldErrors {
  const refs = ['configMapRef', 'secretRef'] as const
  const parts = (sources ?? []).flatMap((source) => {
    const set = refs.filter((ref) => isSet(source[ref]))
    return [
      checkDisallowedFields(source, envFromMask),
      ...refs.map((ref) => checkDisallowedFields(source[ref] ?? {}, namedSourceMask).viaField(ref)),
      set.length === 0 ? missingOneOf(...refs) : set.length === 2 ? multipleOneOf(...refs) : FieldErrors.none,
    ]
  })
  return FieldErrors.all(parts)
}

function validateImage(image: string | undefined): FieldErrors {
  if (!image?.trim()) return missingField(currentField)
  return isImageReference(image)
    ? FieldErrors.none
    : complaint(
        'Failed to parse image reference',
        currentField,
        `image: ${goQuote(image)}, error: could not parse reference: ${image}`,
      )
}

function validatePort(port: V1ContainerPort): FieldErrors {
  const { protocol = '', containerPort = 0 } = port
  const parts = [checkDisallowedFields(port, containerPortMask)]
  if (protocol !== '' && protocol !== 'TCP') parts.push(invalidValue(protocol, 'protocol'))
  if (reservedPorts.has(containerPort)) {
    const reserved = `${containerPort} is a reserved port`
    parts.push(invalidValue(reserved, 'containerPort', `${reserved}, please use a different value`))
  } else if (containerPort < 0 || containerPort > largestPort) {
    parts.push(outOfBounds(containerPort, 0, largestPort, 'containerPort'))
  }
  return FieldErrors.all(parts)
}

function validatePortName({ name = '' }: V1ContainerPort): FieldErrors {
  return portNames.has(name)
    ? FieldErrors.none
    : complaint(
        `Port name ${name} is not allowed`,
        currentField,
        "Name must be empty, or one of: 'h2c', 'http1'",
      )
}
