import { badRequest } from '../errors.ts'
import { asArray, asRecord, isRecord } from '../meta/kube-object.ts'

export type Labels = Readonly<Record<string, string>>

/** One condition on labels. */
interface Requirement {
  readonly key: string
  readonly operator: 'Exists' | 'GreaterThan' | 'In' | 'LessThan' | 'NotExists' | 'NotIn'
  readonly values: readonly string[]
}

/** Whether labels satisfy a selector. */
export type LabelPredicate = (labels: Labels | undefined) => boolean

const token = /\s*(?:(,)|(\()|(\))|(==|=|!=|!|<|>)|([A-Za-z0-9_./-]+))/y

function tokenize(text: string): string[] {
  const tokens: string[] = []
  token.lastIndex = 0
  const end = text.trimEnd().length
  while (token.lastIndex < end) {
    const at = token.lastIndex
    const match = token.exec(text)
    if (!match) throw unparsable(`found '${text.slice(at).trim()}', expected: identifier`)
    tokens.push(match[0].trim())
  }
  return tokens
}

function unparsable(why: string): Error {
  return badRequest(`unable to parse requirement: ${why}`)
}

/** Reads the query form of a selector: `a=b,c!=d,e in (f,g),h notin (i),j,!k,l>1`. Throws 400. */
export function parseLabelSelector(text: string): LabelPredicate {
  const tokens = tokenize(text)
  const requirements: Requirement[] = []
  let at = 0
  const next = (): string => {
    const value = tokens[at++]
    if (value === undefined) throw unparsable("found '', expected: identifier")
    return value
  }
  const word = (): string => {
    const value = next()
    if (!/^[A-Za-z0-9_./-]+$/.test(value)) throw unparsable(`found '${value}', expected: identifier`)
    return value
  }
  while (at < tokens.length) {
    if (tokens[at] === '!') {
      at++
      requirements.push({ key: word(), operator: 'NotExists', values: [] })
    } else {
      const key = word()
      const operator = tokens[at]
      if (operator === undefined || operator === ',') {
        requirements.push({ key, operator: 'Exists', values: [] })
      } else if (operator === 'in' || operator === 'notin') {
        at++
        requirements.push({ key, operator: operator === 'in' ? 'In' : 'NotIn', values: valueList() })
      } else {
        at++
        requirements.push({ key, operator: comparison(operator), values: [value()] })
      }
    }
    if (at < tokens.length && next() !== ',')
      throw unparsable(`found '${tokens[at - 1]}', expected: ',' or 'end of string'`)
  }
  return matchAll(requirements)

  function value(): string {
    return tokens[at] === undefined || tokens[at] === ',' ? '' : word()
  }
  function valueList(): string[] {
    const open = next()
    if (open !== '(') throw unparsable(`found '${open}' expected: '('`)
    const values: string[] = []
    for (;;) {
      if (tokens[at] === ')') break
      if (tokens[at] === ',') {
        values.push('')
        at++
        continue
      }
      values.push(word())
      if (tokens[at] === ',') at++
      else if (tokens[at] !== ')') throw unparsable(`found '${tokens[at] ?? ''}', expected: ',' or ')'`)
    }
    at++
    return values
  }
}

function comparison(operator: string): Requirement['operator'] {
  switch (operator) {
    case '=':
    case '==':
      return 'In'
    case '!=':
      return 'NotIn'
    case '>':
      return 'GreaterThan'
    case '<':
      return 'LessThan'
    default:
      throw unparsable(`found '${operator}', expected: in, notin, =, ==, !=, gt, lt`)
  }
}

/** Reads the object form (`matchLabels`, `matchExpressions`); an empty or absent selector matches all. */
export function labelSelectorOf(selector: unknown): LabelPredicate {
  const { matchLabels, matchExpressions } = asRecord(selector)
  const requirements: Requirement[] = Object.entries(asRecord(matchLabels)).map(([key, value]) => ({
    key,
    operator: 'In',
    values: [String(value)],
  }))
  for (const expression of asArray(matchExpressions)) {
    if (!isRecord(expression)) continue
    const operator = expression['operator'] === 'DoesNotExist' ? 'NotExists' : expression['operator']
    requirements.push({
      key: String(expression['key']),
      operator: operator as Requirement['operator'],
      values: asArray(expression['values']).map(String),
    })
  }
  return matchAll(requirements)
}

function matchAll(requirements: readonly Requirement[]): LabelPredicate {
  return (labels) => requirements.every((requirement) => matches(requirement, labels?.[requirement.key]))
}

function matches({ operator, values }: Requirement, actual: string | undefined): boolean {
  switch (operator) {
    case 'Exists':
      return actual !== undefined
    case 'NotExists':
      return actual === undefined
    case 'In':
      return actual !== undefined && values.includes(actual)
    case 'NotIn':
      return actual === undefined || !values.includes(actual)
    case 'GreaterThan':
      return Number.parseInt(actual ?? '', 10) > Number(values[0])
    case 'LessThan':
      return Number.parseInt(actual ?? '', 10) < Number(values[0])
  }
}
