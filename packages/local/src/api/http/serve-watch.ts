import type { ListOptions } from '../resources/list-options.ts'
import type { ResourceKind } from '../resources/resource-kind.ts'
import type { WatchForm, WatchHub, WatchSink } from '../resources/watch-hub.ts'
import { type IncludeObject, partialMetadata, toTable } from '../table/table.ts'
import type { Exchange } from './exchange.ts'
import type { ObjectForm } from './negotiate.ts'

/** A watch whose reader is behind by more than this is ended; the client resumes where it was. */
const maxBufferedBytes = 16 * 1024 * 1024

/** Streams a watch until the client leaves or the watch ends. */
export function serveWatch(
  exchange: Exchange,
  watches: WatchHub,
  kind: ResourceKind,
  namespace: string | undefined,
  options: ListOptions,
  how: { form: ObjectForm; include: IncludeObject; nowMs: () => number },
): void {
  const { response } = exchange
  exchange.startStream('application/json')
  let ended = false
  const sink: WatchSink = {
    write: (frame) => {
      if (ended || response.destroyed) return true
      response.write(frame)
      return bufferedBytes(response) <= maxBufferedBytes
    },
    end: () => {
      if (ended) return
      ended = true
      response.end()
    },
  }
  const stop = watches.start(kind, namespace, options, watchForm(kind, how), sink)
  response.on('close', () => {
    ended = true
    stop()
  })
}

function bufferedBytes(response: Exchange['response']): number {
  return response.writableLength ?? 0
}

function watchForm(
  kind: ResourceKind,
  { form, include, nowMs }: { form: ObjectForm; include: IncludeObject; nowMs: () => number },
): WatchForm {
  if (form === 'object') return { name: '', encode: (object) => object }
  if (form === 'partial') return { name: 'partial', encode: (object) => partialMetadata(object) }
  let first = true
  return {
    // Only the first event of a table watch carries the column definitions, so these frames are not shared.
    name: `table-${tableWatches++}`,
    encode: (object) => {
      const metadata = { resourceVersion: object.metadata.resourceVersion ?? '' }
      const isMarker = object.metadata.name === undefined
      const table = toTable(isMarker ? [] : [object], kind.columns, metadata, {
        include,
        definitions: first,
        nowMs: nowMs(),
      })
      first = false
      return table
    },
  }
}

let tableWatches = 0
