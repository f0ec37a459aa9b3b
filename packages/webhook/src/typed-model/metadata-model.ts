import { anything, integer, list, map, nullableInteger, nullableText, struct, text } from './decode.ts'

/** Metadata of an object, or of a revision template. */
export const objectMeta = struct({
  name: text,
  generateName: text,
  namespace: text,
  selfLink: text,
  uid: text,
  resourceVersion: text,
  generation: integer,
  creationTimestamp: anything,
  deletionTimestamp: anything,
  deletionGracePeriodSeconds: nullableInteger,
  labels: map(nullableText),
  annotations: map(nullableText),
  ownerReferences: list(anything),
  finalizers: list(text),
  managedFields: list(anything),
})
