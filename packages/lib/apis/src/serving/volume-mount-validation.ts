import { posix } from 'node:path'
import type { V1Volume, V1VolumeMount } from '../core/types.ts'
import { complaint, invalidValue, missingField } from '../validation/complaints.ts'
import { FieldErrors } from '../validation/field-errors.ts'
import { checkDisallowedFields, isEnabled, volumeMountMask } from './field-mask.ts'
import type { FeatureSettings } from './settings.ts'

const reservedPaths = new Set(['/', '/dev', '/dev/log'])
const propagations = new Set(['None', 'HostToContainer'])

/** Complaints about the volume mounts of one container. */
export function validateVolumeMounts(
  mounts: readonly V1VolumeMount[],
  volumes: ReadonlyMap<string, V1Volume>,
  features: FeatureSettings,
): FieldErrors {
  const paths = new Set<string>()
  const parts = mounts.map((mount, i) => {
    const volume = volumes.get(mount.name)
    const path = mount.mountPath ? posix.normalize(mount.mountPath).replace(/(?<=.)\/$/, '') : ''
    const repeated = paths.has(path)
    paths.add(path)
    return FieldErrors.all([
      checkDisallowedFields(mount, volumeMountMask(features)),
      volume ? FieldErrors.none : complaint('volumeMount has no matching volume', 'name'),
      validateMountPath(mount.mountPath, path, repeated),
      volume ? validateReadOnly(mount, volume) : FieldErrors.none,
      validatePropagation(mount, features),
    ]).viaIndex(i)
  })
  return FieldErrors.all(parts)
}

function validateMountPath(given: string | undefined, path: string, repeated: boolean): FieldErrors {
  if (!given) return missingField('mountPath')
  if (reservedPaths.has(path)) return complaint(`mountPath "${path}" is a reserved path`, 'mountPath')
  if (!path.startsWith('/')) return invalidValue(given, 'mountPath')
  return repeated ? invalidValue(`"${given}" must be unique`, 'mountPath') : FieldErrors.none
}

function validateReadOnly(mount: V1VolumeMount, volume: V1Volume): FieldErrors {
  if (mount.readOnly) return FieldErrors.none
  if (volume.persistentVolumeClaim?.readOnly) {
    return complaint('volume is readOnly but volume mount is not', 'readOnly')
  }
  const writable = volume.emptyDir ?? volume.persistentVolumeClaim ?? volume.ephemeral
  return writable
    ? FieldErrors.none
    : complaint('volume mount should be readOnly for this type of volume', 'readOnly')
}

function validatePropagation(
  { name, mountPropagation }: V1VolumeMount,
  features: FeatureSettings,
): FieldErrors {
  if (mountPropagation === undefined) return FieldErrors.none
  if (!isEnabled(features, 'kubernetes.podspec-volumes-mount-propagation')) {
    return FieldErrors.of(
      `Volume Mount Propagation support is disabled, but found volume mount ${name} with mount propagation`,
      [],
    )
  }
  return propagations.has(mountPropagation)
    ? FieldErrors.none
    : FieldErrors.of('mount propagation should be set to None or HostToContainer', [])
}
