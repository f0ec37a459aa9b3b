import { goQuote } from '../syntax/go-quote.ts'

const label = '[a-z0-9]([-a-z0-9]*[a-z0-9])?'
const dns1035 = '[a-z]([-a-z0-9]*[a-z0-9])?'
const subdomain = `${label}(\\.${label})*`
const qualifiedNamePart = '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]'
const cIdentifier = '[A-Za-z_][A-Za-z0-9_]*'

const longestLabel = 63
const longestSubdomain = 253

/** A naming rule of Kubernetes: yields the messages that say how a text breaks it, none if it does not. */
export type NameRule = (text: string) => string[]

function rule(regex: string, longest: number, description: string, examples: readonly string[]): NameRule {
  const whole = new RegExp(`^(?:${regex})$`)
  const message = regexMessage(description, regex, examples)
  return (text) => [
    ...(text.length > longest ? [tooLong(longest)] : []),
    ...(whole.test(text) ? [] : [message]),
  ]
}

function tooLong(longest: number): string {
  return `must be no more than ${longest} characters`
}

function regexMessage(description: string, regex: string, examples: readonly string[]): string {
  const shown = examples.map((example) => `'${example}', `).join(' or ')
  return `${description} (e.g. ${shown}regex used for validation is '${regex}')`
}

export const dns1035Label = rule(
  dns1035,
  longestLabel,
  "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character",
  ['my-name', 'abc-123'],
)

export const dns1123Label = rule(
  label,
  longestLabel,
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character",
  ['my-name', '123-abc'],
)

export const dns1123Subdomain = rule(
  subdomain,
  longestSubdomain,
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character",
  ['example.com'],
)

export const cIdentifierName = rule(
  cIdentifier,
  Number.POSITIVE_INFINITY,
  "a valid C identifier must start with alphabetic character or '_', followed by a string of alphanumeric characters or '_'",
  ['my_name', 'MY_NAME', 'MyName'],
)

/** A name to which a random suffix will be added: a final dash is fine. */
export const dns1035LabelPrefix: NameRule = (text) =>
  dns1035Label(text.length > 1 && text.endsWith('-') ? `${text.slice(0, -2)}a` : text)

const qualifiedNameDescription =
  "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character"
const qualifiedNameExamples = ['MyName', 'my.name', '123-abc']
const wholeQualifiedNamePart = new RegExp(`^(?:${qualifiedNamePart})$`)

/** A name with an optional DNS prefix and a slash before it, as label keys have it. */
export const qualifiedName: NameRule = (text) => {
  const parts = text.split('/')
  const messages: string[] = []
  if (parts.length > 2) {
    return [
      `a qualified name ${regexMessage(qualifiedNameDescription, qualifiedNamePart, qualifiedNameExamples)} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`,
    ]
  }
  const name = parts.at(-1)!
  if (parts.length === 2) {
    const prefix = parts[0]!
    if (prefix === '') messages.push('prefix part must be non-empty')
    else messages.push(...dns1123Subdomain(prefix).map((message) => `prefix part ${message}`))
  }
  if (name === '') messages.push('name part must be non-empty')
  else if (name.length > longestLabel) messages.push(`name part ${tooLong(longestLabel)}`)
  if (!wholeQualifiedNamePart.test(name)) {
    messages.push(
      `name part ${regexMessage(qualifiedNameDescription, qualifiedNamePart, qualifiedNameExamples)}`,
    )
  }
  return messages
}

/**
 * How a name fails to be a fully qualified domain name: a DNS-1123 subdomain of at least two labels of at
 * most 63 characters. Undefined if it is one.
 */
export function domainNameFault(name: string): string | undefined {
  if (name === '') return 'name: Required value'
  const domain = name.endsWith('.') ? name.slice(0, -1) : name
  const invalid = (value: string, message: string) => `name: Invalid value: ${goQuote(value)}: ${message}`
  const messages = dns1123Subdomain(domain)
  if (messages.length > 0) return invalid(domain, messages.join(','))
  const labels = domain.split('.')
  if (labels.length < 2) {
    return invalid(domain, 'should be a domain with at least two segments separated by dots')
  }
  const faults = labels
    .filter((part) => part.length > longestLabel)
    .map((part) => invalid(part, dns1123Label(part).join(',')))
  return faults.length > 1 ? `[${faults.join(', ')}]` : faults[0]
}

/** Messages as Go prints a list of texts. */
export function listText(messages: readonly string[]): string {
  return `[${messages.join(' ')}]`
}
