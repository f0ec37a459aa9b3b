import type { V1Volume } from '../core/types.ts'
import { parseQuantity } from '../syntax/quantity.ts'
import {
  complaint,
  invalidValue,
  missingField,
  missingOneOf,
  multipleOneOf,
} from '../validation/complaints.ts'
import { FieldErrors } from '../validation/field-errors.ts'
import { dns1123Label } from '../validation/names.ts'
import {
  checkDisallowedFields,
  gatedVolumeSources,
  imageVolumeMask,
  isEnabled,
  isSet,
  projectionMask,
  volumeMask,
} from './field-mask.ts'
import type { FeatureSettings } from './settings.ts'

interface Item {
  key?: string
  path?: string
  fieldRef?: unknown
  resourceFieldRef?: unknown
}
type Projection = NonNullable<NonNullable<V1Volume['projected']>['sources']>[number]

const plainSources = ['secret', 'configMap', 'projected'] as const
const pullPolicies = new Set(['', 'Always', 'IfNotPresent', 'Never'])

/** Names of the kinds of volume in messages about a flag that is off. */
const kindNames = {
  emptyDir: 'EmptyDir',
  image: 'Image',
  hostPath: 'HostPath',
  csi: 'CSI',
  ephemeral: 'Ephemeral',
} as const

/**
 * Complaints about the volumes of a pod.
 * @param mounted names of the volumes that a container mounts
 */
export function validateVolumes(
  volumes: readonly V1Volume[],
  mounted: ReadonlySet<string>,
  features: FeatureSettings,
): FieldErrors {
  const names = new Set<string>()
  const parts = volumes.map((volume, i) => {
    const repeated = names.has(volume.name)
    names.add(volume.name)
    return FieldErrors.all([
      repeated ? complaint(`duplicate volume name "${volume.name}"`, 'name') : FieldErrors.none,
      mounted.has(volume.name)
        ? FieldErrors.none
        : complaint(`volume with name "${volume.name}" not mounted`, 'name'),
      validateVolume(volume, features),
      checkDisabledSources(volume, features),
    ]).viaIndex(i)
  })
  return FieldErrors.all(parts)
}

function validateVolume(volume: V1Volume, features: FeatureSettings): FieldErrors {
  const parts = [checkDisallowedFields(volume, volumeMask(features)), validateVolumeName(volume.name)]
  const enabled = Object.entries(gatedVolumeSources).flatMap(([source, feature]) =>
    isEnabled(features, feature) ? [source] : [],
  )
  const set = [...plainSources, ...Object.keys(gatedVolumeSources)].filter((source) =>
    isSet(volume[source as keyof V1Volume]),
  )
  if (set.length === 0) parts.push(missingOneOf(...plainSources, ...enabled))
  if (set.length > 1) parts.push(multipleOneOf(...set))
  parts.push(validateItems(volume.secret?.items), validateItems(volume.configMap?.items))
  volume.projected?.sources?.forEach((source, j) => {
    parts.push(validateProjection(source).viaFieldIndex('projected', j))
  })
  parts.push(validateEmptyDir(volume.emptyDir), validateImage(volume.image))
  return FieldErrors.all(parts)
}

function validateVolumeName(name: string | undefined): FieldErrors {
  if (!name) return missingField('name')
  return dns1123Label(name).length > 0 ? invalidValue(name, 'name') : FieldErrors.none
}

/** Sources whose flag is not on; these complaints name the volume instead of a path. */
function checkDisabledSources(volume: V1Volume, features: FeatureSettings): FieldErrors {
  const parts: FieldErrors[] = []
  const pathless = (message: string) => parts.push(FieldErrors.of(message, []))
  for (const [source, kind] of Object.entries(kindNames) as [keyof typeof kindNames, string][]) {
    if (isSet(volume[source]) && !isEnabled(features, gatedVolumeSources[source])) {
      pathless(`${kind} volume support is disabled, but found ${kind} volume ${volume.name}`)
    }
  }
  const claim = volume.persistentVolumeClaim
  if (!claim) return FieldErrors.all(parts)
  if (!isEnabled(features, gatedVolumeSources.persistentVolumeClaim)) {
    pathless(
      `Persistent volume claim support is disabled, but found persistent volume claim ${claim.claimName}`,
    )
  }
  if (!claim.readOnly && !isEnabled(features, 'kubernetes.podspec-persistent-volume-write')) {
    pathless(
      `Persistent volume write support is disabled, but found persistent volume claim ${claim.claimName} that is not read-only`,
    )
  }
  return FieldErrors.all(parts)
}

function validateItems(items: readonly Item[] | undefined): FieldErrors {
  return FieldErrors.all((items ?? []).map((item, j) => validateKeyToPath(item).viaFieldIndex('items', j)))
}

function validateKeyToPath(item: Item): FieldErrors {
  return FieldErrors.all([
    item.key ? FieldErrors.none : missingField('key'),
    item.path ? FieldErrors.none : missingField('path'),
  ])
}

function validateProjection(source: Projection): FieldErrors {
  const fields = [...projectionMask]
  const set = fields.filter((field) => isSet(source[field as keyof Projection]))
  const parts = [checkDisallowedFields(source, projectionMask)]
  if (set.length === 0) parts.push(missingOneOf(...fields))
  if (set.length > 1) parts.push(multipleOneOf(...set))
  for (const field of ['secret', 'configMap'] as const) {
    const projection = source[field]
    if (!projection) continue
    const name = projection.name ? FieldErrors.none : missingField('name')
    parts.push(name.also(validateItems(projection.items)).viaField(field))
  }
  if (source.serviceAccountToken && !source.serviceAccountToken.path) {
    parts.push(missingField('serviceAccountToken.path'))
  }
  source.downwardAPI?.items?.forEach((item, k) => {
    parts.push(validateDownwardItem(item).viaFieldIndex('items', k).viaField('downwardAPI'))
  })
  return FieldErrors.all(parts)
}

function validateDownwardItem(item: Item): FieldErrors {
  const path = item.path ? FieldErrors.none : missingField('path')
  const refs = ['fieldRef', 'resourceFieldRef'] as const
  const set = refs.filter((ref) => isSet(item[ref]))
  if (set.length === 0) return path.also(missingOneOf(...refs))
  return set.length === 2 ? path.also(FieldErrors.of('Within a single item, cannot set both', refs)) : path
}

function validateEmptyDir(emptyDir: V1Volume['emptyDir']): FieldErrors {
  if (!emptyDir) return FieldErrors.none
  const parts: FieldErrors[] = []
  const { medium = '', sizeLimit } = emptyDir
  if (medium !== '' && medium !== 'Memory') parts.push(invalidValue(medium, 'medium'))
  if (sizeLimit !== undefined && !isNonNegativeQuantity(String(sizeLimit))) {
    parts.push(invalidValue(String(sizeLimit), 'sizeLimit'))
  }
  return FieldErrors.all(parts).viaField('emptyDir')
}

function isNonNegativeQuantity(text: string): boolean {
  try {
    return parseQuantity(text).digits >= 0n
  } catch {
    return false
  }
}

function validateImage(image: V1Volume['image']): FieldErrors {
  if (!image) return FieldErrors.none
  const parts = [checkDisallowedFields(image, imageVolumeMask)]
  if (!image.reference) parts.push(missingField('reference'))
  if (!pullPolicies.has(image.pullPolicy ?? ''))
    parts.push(invalidValue(image.pullPolicy ?? '', 'pullPolicy'))
  return FieldErrors.all(parts).viaField('image')
}
