import { notAcceptable } from '../errors.ts'

/** How a client wants objects: as they are, as table rows, or their metadata alone. */
export type ObjectForm = 'object' | 'partial' | 'table'

interface MediaRange {
  readonly type: string
  readonly parameters: ReadonlyMap<string, string>
}

function parse(accept: string): MediaRange[] {
  return accept.split(',').map((range) => {
    const [type = '', ...parameters] = range.split(';').map((part) => part.trim())
    return { type: type.toLowerCase(), parameters: new Map(parameters.map(pairOf)) }
  })
}

function pairOf(text: string): [string, string] {
  const at = text.indexOf('=')
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)]
}

const jsonTypes = ['application/json', 'application/*', '*/*', 'application/yaml', '']

/** The first form in an Accept header that this server has. Throws 406 for clients that know no JSON. */
export function negotiateForm(accept: string | undefined): ObjectForm {
  for (const { type, parameters } of parse(accept ?? '')) {
    if (!jsonTypes.includes(type)) continue
    const group = parameters.get('g')
    const wanted = parameters.get('as')
    if (wanted === undefined) return 'object'
    if (group !== 'meta.k8s.io' || parameters.get('v') !== 'v1') continue
    if (wanted === 'Table') return 'table'
    if (wanted === 'PartialObjectMetadata' || wanted === 'PartialObjectMetadataList') return 'partial'
  }
  throw notAcceptable(
    'only the following media types are accepted: application/json, application/json;as=Table;g=meta.k8s.io;v=v1, application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1',
  )
}

/** The version of aggregated discovery that a client prefers; undefined for the classic documents. */
export function negotiateDiscovery(accept: string | undefined): 'v2' | 'v2beta1' | undefined {
  for (const { type, parameters } of parse(accept ?? '')) {
    if (type !== 'application/json') continue
    if (parameters.get('g') !== 'apidiscovery.k8s.io') return undefined
    const version = parameters.get('v')
    if (version === 'v2' || version === 'v2beta1') return version
  }
  return undefined
}
