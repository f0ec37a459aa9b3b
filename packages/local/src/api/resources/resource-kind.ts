import type { FieldError } from '../meta/field-error.ts'
import type { KubeObject } from '../meta/kube-object.ts'
import type { Schema } from '../schema/schema.ts'
import type { Column } from '../table/column.ts'

/** What a kind does beyond storing what it is given. All hooks are pure but for changing `object` in place. */
export interface KindStrategy {
  /** Defaults that depend on other fields; runs after those of the schema, on every decode. */
  readonly applyDefaults?: (object: KubeObject) => void
  /** Sets what the server decides about a new object. */
  readonly prepareCreate?: (object: KubeObject, nowMs: number) => void
  /** Carries over what an update may not touch. */
  readonly prepareUpdate?: (object: KubeObject, old: KubeObject, nowMs: number) => void
  /** Rules beyond the schema. */
  readonly validate?: (object: KubeObject, old: KubeObject | undefined) => FieldError[]
  /** Which names are good: a DNS subdomain unless told otherwise. */
  readonly nameRule?: NameRule
}

export type NameRule = 'label1035' | 'label1123' | 'pathSegment' | 'subdomain'

/** Where a kind keeps what its scale subresource shows, as dotted paths. */
export interface ScalePaths {
  readonly specReplicas: string
  readonly statusReplicas: string
  readonly labelSelector: string | undefined
}

/** Two kinds over one stored form: `events` of the core group and of events.k8s.io. */
export interface Conversion {
  readonly fromStorage: (object: KubeObject) => KubeObject
  readonly toStorage: (object: KubeObject) => KubeObject
}

/** One resource in one version, as it is served. */
export interface ResourceKind {
  readonly group: string
  readonly version: string
  readonly kind: string
  readonly plural: string
  readonly singular: string
  readonly listKind: string
  readonly shortNames: readonly string[]
  readonly categories: readonly string[]
  readonly namespaced: boolean
  /** Defined by a CustomResourceDefinition: validated by its schema, and no strategic merge patch. */
  readonly custom: boolean
  /** Status is written through its own subresource only. */
  readonly status: boolean
  /** `metadata.generation` counts changes of what is desired. */
  readonly generation: boolean
  readonly scale: ScalePaths | undefined
  /** Further subresources, answered by their own handlers. */
  readonly subresources: readonly string[]
  /** Where objects are kept: group and plural, whatever the version. */
  readonly storageKey: string
  readonly schema: Schema
  readonly columns: readonly Column[]
  /** Fields that field selectors may name besides metadata.name and metadata.namespace. */
  readonly selectableFields: readonly string[]
  readonly strategy: KindStrategy
  readonly conversion: Conversion | undefined
}

/** `group/version`, or `version` in the core group. */
export function apiVersionOf(kind: { group: string; version: string }): string {
  return kind.group ? `${kind.group}/${kind.version}` : kind.version
}

/** A stored object as this kind shows it. */
export function presentAs(kind: ResourceKind, stored: KubeObject): KubeObject {
  if (kind.conversion) return kind.conversion.fromStorage(stored)
  const apiVersion = apiVersionOf(kind)
  return stored.apiVersion === apiVersion ? stored : { ...stored, apiVersion }
}

/** An object of this kind as it is stored. */
export function toStorage(kind: ResourceKind, object: KubeObject): KubeObject {
  return kind.conversion ? kind.conversion.toStorage(object) : object
}
