import type { V1LabelSelector } from '@knative-ts/apis'

export type Labels = Readonly<Record<string, string>>

/** Decides whether an object with these labels is selected. */
export type LabelMatcher = (labels: Labels | undefined) => boolean

/** Matches objects that carry all of `wanted`. */
export function matchLabels(wanted: Labels): LabelMatcher {
  const entries = Object.entries(wanted)
  return (labels) => entries.every(([key, value]) => labels?.[key] === value)
}

/** Renders `wanted` as the API's `labelSelector` parameter. */
export function labelSelectorText(wanted: Labels): string {
  return Object.entries(wanted)
    .map(([key, value]) => `${key}=${value}`)
    .join(',')
}

const setRequirement = /^\s*([^\s!=(),]+)\s+(in|notin)\s+\(([^)]*)\)\s*$/
const equalityRequirement = /^\s*([^\s!=(),]+)\s*(==|=|!=)\s*([^\s=(),]*)\s*$/
const existsRequirement = /^\s*(!?)\s*([^\s!=(),]+)\s*$/

/**
 * Parses the API's selector syntax: `a=b,c!=d,e in (f,g),h notin (i),j,!k`.
 * @throws Error naming the part that is no requirement
 */
export function parseLabelSelector(text: string): LabelMatcher {
  const requirements = splitRequirements(text).map(parseRequirement)
  return (labels) => requirements.every((requirement) => requirement(labels))
}

function splitRequirements(text: string): string[] {
  const parts: string[] = []
  let depth = 0
  let start = 0
  for (let i = 0; i < text.length; i++) {
    if (text[i] === '(') depth++
    else if (text[i] === ')') depth--
    else if (text[i] === ',' && depth === 0) {
      parts.push(text.slice(start, i))
      start = i + 1
    }
  }
  parts.push(text.slice(start))
  return parts.filter((part) => part.trim() !== '')
}

function parseRequirement(text: string): LabelMatcher {
  const set = setRequirement.exec(text)
  if (set) {
    const [, key = '', operator, list = ''] = set
    const values = new Set(list.split(',').map((value) => value.trim()))
    return operator === 'in'
      ? (labels) => labels?.[key] !== undefined && values.has(labels[key])
      : (labels) => labels?.[key] === undefined || !values.has(labels[key])
  }
  const equality = equalityRequirement.exec(text)
  if (equality) {
    const [, key = '', operator, value = ''] = equality
    return operator === '!=' ? (labels) => labels?.[key] !== value : (labels) => labels?.[key] === value
  }
  const exists = existsRequirement.exec(text)
  if (exists) {
    const [, negated, key = ''] = exists
    return negated ? (labels) => labels?.[key] === undefined : (labels) => labels?.[key] !== undefined
  }
  throw new Error(`unable to parse requirement: ${JSON.stringify(text.trim())} is not a label requirement`)
}

/** Turns a LabelSelector object into a matcher; an empty selector matches everything. */
export function labelSelectorMatcher(selector: V1LabelSelector): LabelMatcher {
  const equal = matchLabels(selector.matchLabels ?? {})
  const expressions = (selector.matchExpressions ?? []).map(
    ({ key, operator, values = [] }): LabelMatcher => {
      switch (operator) {
        case 'In':
          return (labels) => labels?.[key] !== undefined && values.includes(labels[key])
        case 'NotIn':
          return (labels) => labels?.[key] === undefined || !values.includes(labels[key])
        case 'Exists':
          return (labels) => labels?.[key] !== undefined
        case 'DoesNotExist':
          return (labels) => labels?.[key] === undefined
        default:
          throw new Error(`${JSON.stringify(operator)} is not a valid label selector operator`)
      }
    },
  )
  return (labels) => equal(labels) && expressions.every((expression) => expression(labels))
}
