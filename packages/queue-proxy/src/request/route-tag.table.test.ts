import { describe, expect, test } from '@jest/globals'
import { routeTag } from './route-tag.ts'

describe('routeTag', () => {
  test.each([
    [[], 'kn:disabled'],
    [['Knative-Serving-Default-Route', 'true'], 'kn:default'],
    [['Knative-Serving-Tag', 'blue'], 'blue'],
    [['Knative-Serving-Tag', 'blue', 'Knative-Serving-Default-Route', 'false'], 'blue'],
    [['Knative-Serving-Tag', 'blue', 'Knative-Serving-Default-Route', 'true'], 'kn:undefined'],
    [['Knative-Serving-Tag', 'blue', 'Knative-Serving-Default-Route', 'True'], 'blue'],
  ])('%j → %s', (headers, tag) => {
    expect(routeTag(headers)).toBe(tag)
  })
})
