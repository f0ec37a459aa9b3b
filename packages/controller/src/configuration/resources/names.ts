import { type Configuration, childName } from '@knative-ts/apis'

/** The revision name the template gives, else the Configuration's name with its generation: `foo-00001`. */
export function revisionName({ metadata, spec }: Configuration): string {
  const given = spec.template.metadata?.name
  if (given) return given
  const generation = String(metadata.generation ?? 0).padStart(5, '0')
  return childName(metadata.name ?? '', `-${generation}`)
}
