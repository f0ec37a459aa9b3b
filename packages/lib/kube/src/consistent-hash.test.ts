import { describe, expect, test } from '@jest/globals'
import { chooseSubset, ownerOf } from './consistent-hash.ts'

const buckets = (total: number) =>
  Array.from(
    { length: total },
    (_, i) => `autoscaler-bucket-${String(i).padStart(2, '0')}-of-${String(total).padStart(2, '0')}`,
  )
const ordinal = (name: string) => name.slice('autoscaler-bucket-'.length, 'autoscaler-bucket-'.length + 2)

describe('ownerOf agrees with other members of the cluster', () => {
  test.each([
    ['default/hello-00001', '01', '00', '00', '05'],
    ['default/hello-00002', '01', '01', '01', '08'],
    ['serving-tests/autoscale-00001', '01', '00', '02', '02'],
    ['ns1/rev1', '00', '01', '01', '03'],
    ['ns1/rev2', '00', '01', '00', '05'],
    ['prod/checkout-00042', '00', '00', '02', '08'],
  ])('%s', (key, of2, of3, of5, of10) => {
    expect([2, 3, 5, 10].map((total) => ordinal(ownerOf(buckets(total), key)))).toEqual([of2, of3, of5, of10])
  })

  test.each([
    ['knative-testing/succulent', 'as-bucket-00-of-02'],
    ['knative-testing/plant', 'as-bucket-01-of-02'],
  ])('%s → %s', (key, bucket) => {
    expect(ownerOf(['as-bucket-00-of-02', 'as-bucket-01-of-02'], key)).toBe(bucket)
  })
})

describe('chooseSubset', () => {
  const ips = ['10.0.0.1', '10.0.0.2', '10.0.0.3', '10.0.0.4', '10.0.0.5']
  test.each([
    ['hello-00001', 2, ['10.0.0.4', '10.0.0.5']],
    ['hello-00001', 3, ['10.0.0.2', '10.0.0.4', '10.0.0.5']],
    ['world-00003', 2, ['10.0.0.1', '10.0.0.5']],
    ['world-00003', 3, ['10.0.0.1', '10.0.0.4', '10.0.0.5']],
  ])('%s, %i', (target, n, expected) => {
    expect(chooseSubset(ips, n, target)).toEqual(expected)
  })

  test('returns everything when fewer are there than wanted', () => {
    expect(chooseSubset(['b', 'a'], 5, 'key')).toEqual(['a', 'b'])
  })
})
