export {
  type Existing,
  existing,
  runTableRow,
  type TableHarness,
  type TableResult,
  type TableRow,
} from './table.ts'
