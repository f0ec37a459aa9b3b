import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { fillRoot, librariesIn } from './program-root.ts'

test('libraries are the files that ldd names, each once', () => {
  const ldd = [
    '\tlinux-vdso.so.1 (0x00007f1198bfd000)',
    '\tlibm.so.6 => /lib/x86_64-linux-gnu/libm.so.6 (0x00007f1198b0c000)',
    '\tlibc.so.6 => /lib/x86_64-linux-gnu/libc.so.6 (0x00007f119181e000)',
    '\tlibc.so.6 => /lib/x86_64-linux-gnu/libc.so.6 (0x00007f119181e000)',
    '\tlibgone.so => not found',
    '\t/lib64/ld-linux-x86-64.so.2 (0x00007f1198bff000)',
  ].join('\n')
  expect(librariesIn(ldd)).toEqual([
    '/lib/x86_64-linux-gnu/libc.so.6',
    '/lib/x86_64-linux-gnu/libm.so.6',
    '/lib64/ld-linux-x86-64.so.2',
  ])
})

test('a static program has none', () => {
  expect(librariesIn('\tnot a dynamic executable\n')).toEqual([])
})

test('a root holds the program, runnable, and a /tmp for everyone', () => {
  const folder = mkdtempSync(join(tmpdir(), 'root-'))
  try {
    fillRoot(folder, [{ from: process.execPath, to: '/usr/bin/program' }])
    expect(readdirSync(folder)).toEqual(expect.arrayContaining(['tmp', 'usr']))
    expect(statSync(join(folder, 'usr/bin/program')).mode & 0o111).toBe(0o111)
    expect(statSync(join(folder, 'tmp')).mode & 0o7777).toBe(0o1777)
  } finally {
    rmSync(folder, { recursive: true })
  }
})
