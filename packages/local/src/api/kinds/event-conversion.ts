import type { KubeObject } from '../meta/kube-object.ts'
import type { Conversion } from '../resources/resource-kind.ts'

/** Names that differ between an event of the core group (left), which is stored, and of events.k8s.io. */
const renamed: readonly (readonly [string, string])[] = [
  ['involvedObject', 'regarding'],
  ['message', 'note'],
  ['reportingComponent', 'reportingController'],
  ['source', 'deprecatedSource'],
  ['firstTimestamp', 'deprecatedFirstTimestamp'],
  ['lastTimestamp', 'deprecatedLastTimestamp'],
  ['count', 'deprecatedCount'],
]

function rename(object: KubeObject, names: ReadonlyMap<string, string>, apiVersion: string): KubeObject {
  const entries = Object.entries(object).map(([key, value]) => [names.get(key) ?? key, value])
  return { ...Object.fromEntries(entries), apiVersion } as KubeObject
}

const toNew = new Map(renamed)
const toOld = new Map(renamed.map(([core, modern]) => [modern, core]))

/** How events.k8s.io/v1 shows the events of the core group. */
export const eventConversion: Conversion = {
  fromStorage: (object) => rename(object, toNew, 'events.k8s.io/v1'),
  toStorage: (object) => rename(object, toOld, 'v1'),
}
