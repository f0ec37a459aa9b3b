import { type FieldError, invalidValue } from './field-error.ts'

const label1123 = '[a-z0-9]([-a-z0-9]*[a-z0-9])?'
const label1035 = '[a-z]([-a-z0-9]*[a-z0-9])?'
const subdomain = '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*'
const labelValue = '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?'
const qualifiedName = '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]'

const whole = (pattern: string) => new RegExp(`^(?:${pattern})$`)
const patterns = {
  label1123: whole(label1123),
  label1035: whole(label1035),
  subdomain: whole(subdomain),
  labelValue: whole(labelValue),
  qualifiedName: whole(qualifiedName),
}

/** What is wrong with a name under a rule, in the words of the API server; empty if nothing. */
export function nameProblems(
  name: string,
  rule: 'label1035' | 'label1123' | 'pathSegment' | 'subdomain',
): string[] {
  switch (rule) {
    case 'label1123':
      return [
        ...lengthProblem(name, 63),
        ...(patterns.label1123.test(name)
          ? []
          : [
              `a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '${label1123}')`,
            ]),
      ]
    case 'label1035':
      return [
        ...lengthProblem(name, 63),
        ...(patterns.label1035.test(name)
          ? []
          : [
              `a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '${label1035}')`,
            ]),
      ]
    case 'subdomain':
      return [
        ...lengthProblem(name, 253),
        ...(patterns.subdomain.test(name)
          ? []
          : [
              `a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '${subdomain}')`,
            ]),
      ]
    case 'pathSegment':
      if (name === '.' || name === '..') return [`may not be '${name}'`]
      return /[/%]/.test(name) ? [`may not contain '${name.includes('/') ? '/' : '%'}'`] : []
  }
}

function lengthProblem(name: string, max: number): string[] {
  return name.length > max ? [`must be no more than ${max} bytes`] : []
}

/** Errors in the keys and values of labels at `field`. */
export function labelErrors(labels: Readonly<Record<string, unknown>>, field: string): FieldError[] {
  const errors: FieldError[] = []
  for (const [key, value] of Object.entries(labels)) {
    errors.push(...keyErrors(key, field))
    if (typeof value !== 'string') continue
    if (value.length > 63) errors.push(invalidValue(field, value, 'must be no more than 63 bytes'))
    if (!patterns.labelValue.test(value)) {
      errors.push(
        invalidValue(
          field,
          value,
          `a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '${labelValue}')`,
        ),
      )
    }
  }
  return errors
}

/** Errors in a qualified name such as a label or annotation key. */
export function keyErrors(key: string, field: string): FieldError[] {
  const slash = key.indexOf('/')
  const [prefix, name] = slash < 0 ? [undefined, key] : [key.slice(0, slash), key.slice(slash + 1)]
  const errors: FieldError[] = []
  for (const problem of prefix === undefined ? [] : nameProblems(prefix.toLowerCase(), 'subdomain')) {
    errors.push(invalidValue(field, key, `prefix part ${problem}`))
  }
  if (name.length > 63) errors.push(invalidValue(field, key, 'name part must be no more than 63 bytes'))
  if (!patterns.qualifiedName.test(name)) {
    errors.push(
      invalidValue(
        field,
        key,
        `name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '${qualifiedName}')`,
      ),
    )
  }
  return errors
}

/** True for a name that a DNS label allows. */
export function isLabel1123(name: string): boolean {
  return name.length <= 63 && patterns.label1123.test(name)
}
