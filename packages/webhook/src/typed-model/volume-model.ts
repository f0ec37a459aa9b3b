import {
  anything,
  type Decoder,
  flag,
  list,
  nullableFlag,
  nullableInteger,
  nullableText,
  quantity,
  struct,
  text,
} from './decode.ts'

const keyToPath = struct({ key: text, path: text, mode: nullableInteger })
const downwardItems = list(
  struct({ path: text, fieldRef: anything, resourceFieldRef: anything, mode: nullableInteger }),
)

/** Kinds of volume that no Service may have; named here so that they are refused and not dropped. */
const foreignSources = [
  'gcePersistentDisk',
  'awsElasticBlockStore',
  'gitRepo',
  'nfs',
  'iscsi',
  'glusterfs',
  'rbd',
  'flexVolume',
  'cinder',
  'cephfs',
  'flocker',
  'downwardAPI',
  'fc',
  'azureFile',
  'vsphereVolume',
  'quobyte',
  'azureDisk',
  'photonPersistentDisk',
  'portworxVolume',
  'scaleIO',
  'storageos',
]

const projection = struct({
  secret: struct({ name: text, items: list(keyToPath), optional: nullableFlag }),
  downwardAPI: struct({ items: downwardItems }),
  configMap: struct({ name: text, items: list(keyToPath), optional: nullableFlag }),
  serviceAccountToken: struct({ audience: text, expirationSeconds: nullableInteger, path: text }),
  clusterTrustBundle: anything,
  podCertificate: anything,
})

export const volume = struct({
  ...Object.fromEntries(foreignSources.map((source): [string, Decoder] => [source, anything])),
  name: text,
  secret: struct({
    secretName: text,
    items: list(keyToPath),
    defaultMode: nullableInteger,
    optional: nullableFlag,
  }),
  configMap: struct({
    name: text,
    items: list(keyToPath),
    defaultMode: nullableInteger,
    optional: nullableFlag,
  }),
  projected: struct({ sources: list(projection), defaultMode: nullableInteger }),
  emptyDir: struct({ medium: text, sizeLimit: quantity }),
  persistentVolumeClaim: struct({ claimName: text, readOnly: flag }),
  hostPath: struct({ path: text, type: nullableText }),
  csi: anything,
  ephemeral: anything,
  image: struct({ reference: text, pullPolicy: text }),
})
