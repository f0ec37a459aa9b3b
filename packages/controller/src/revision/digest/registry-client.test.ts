import { createHash } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { Agent } from 'undici'
import { parseImageReference } from './image-reference.ts'
import { anonymous, dockerCredentials } from './pull-credentials.ts'
import { RegistryClient } from './registry-client.ts'

const sha = `sha256:${'b'.repeat(64)}`
const manifest = '/v2/team/app/manifests/v1'
type Answer = (request: IncomingMessage, response: ServerResponse, body: string) => void

let answer: Answer
let seen: string[]
let host: string
let agent: Agent
let client: RegistryClient
const server = createServer((request, response) => {
  let body = ''
  request.setEncoding('utf8')
  request.on('data', (chunk: string) => {
    body += chunk
  })
  request.on('end', () => {
    seen.push(`${request.method} ${request.url} ${request.headers.authorization ?? '-'}`)
    answer(request, response, body)
  })
})

beforeEach(async () => {
  seen = []
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  host = `127.0.0.1:${(server.address() as AddressInfo).port}`
  agent = new Agent()
  client = new RegistryClient({ userAgent: 'knative/test (serving)', dispatcher: async () => agent })
})

afterEach(async () => {
  await agent.close()
  await new Promise((resolve) => server.close(resolve))
})

const digestOf = (credentials = anonymous) =>
  client.digestOf(parseImageReference(`${host}/team/app:v1`), credentials, new AbortController().signal)
const login = () => dockerCredentials([{ auths: { [host]: { username: 'me', password: 'secret' } } }])
const basicMe = `Basic ${Buffer.from('me:secret').toString('base64')}`
const challenge =
  (value: string): Answer =>
  (_, response) =>
    response.writeHead(401, { 'www-authenticate': value }).end()

describe('asking a registry', () => {
  test('HEAD tells the digest; cleartext is tried where TLS is not spoken', async () => {
    answer = (request, response) => {
      expect(request.headers['user-agent']).toBe('knative/test (serving)')
      expect(request.headers.accept).toContain('application/vnd.oci.image.index.v1+json')
      response.writeHead(200, { 'docker-content-digest': sha }).end()
    }
    expect(await digestOf()).toBe(sha)
    expect(seen).toEqual([`HEAD ${manifest} -`])
  })

  test.each([405, 200])(
    'a registry that answers HEAD with %i and no digest is asked for the manifest',
    async (status) => {
      answer = (request, response) => {
        if (request.method === 'HEAD') response.writeHead(status).end()
        else response.end('{"schemaVersion":2}')
      }
      const digest = createHash('sha256').update('{"schemaVersion":2}').digest('hex')
      expect(await digestOf()).toBe(`sha256:${digest}`)
    },
  )

  test('a bearer token is fetched as the challenge says', async () => {
    answer = (request, response) => {
      if (request.url?.startsWith('/token')) response.end('{"token":"t0ken"}')
      else if (request.headers.authorization === 'Bearer t0ken') {
        response.writeHead(200, { 'docker-content-digest': sha }).end()
      } else {
        const realm = `Bearer realm="http://${host}/token",service="the registry",scope="repository:team/app:pull"`
        challenge(realm)(request, response, '')
      }
    }
    const token = 'GET /token?service=the+registry&scope=repository%3Ateam%2Fapp%3Apull'
    expect(await digestOf()).toBe(sha)
    expect(seen).toEqual([`HEAD ${manifest} -`, `${token} -`, `HEAD ${manifest} Bearer t0ken`])
    seen = []
    expect(await digestOf(login())).toBe(sha)
    expect(seen[1]).toBe(`${token} ${basicMe}`)
  })

  test('an identity token is exchanged', async () => {
    answer = (request, response, body) => {
      if (request.method === 'POST') {
        expect(Object.fromEntries(new URLSearchParams(body))).toEqual({
          scope: 'repository:team/app:pull',
          grant_type: 'refresh_token',
          refresh_token: 'idt',
          client_id: 'knative',
        })
        response.end('{"access_token":"acc"}')
      } else if (request.headers.authorization === 'Bearer acc') {
        response.writeHead(200, { 'docker-content-digest': sha }).end()
      } else challenge(`Bearer realm="http://${host}/token"`)(request, response, '')
    }
    expect(await digestOf(dockerCredentials([{ [host]: { identitytoken: 'idt' } }]))).toBe(sha)
  })

  test('basic authentication', async () => {
    answer = (request, response) => {
      if (request.headers.authorization === basicMe) {
        response.writeHead(200, { 'docker-content-digest': sha }).end()
      } else challenge('Basic realm="x"')(request, response, '')
    }
    expect(await digestOf(login())).toBe(sha)
    await expect(digestOf()).rejects.toThrow('unexpected status code 401 Unauthorized')
  })

  test('a redirect is followed', async () => {
    answer = (request, response) => {
      if (request.url === manifest) response.writeHead(307, { location: '/elsewhere' }).end()
      else response.writeHead(200, { 'docker-content-digest': sha }).end()
    }
    expect(await digestOf()).toBe(sha)
  })
})

describe('refusals', () => {
  test('a missing manifest', async () => {
    answer = (_, response) => response.writeHead(404).end()
    await expect(digestOf()).rejects.toMatchObject({
      code: 'REGISTRY_ANSWER',
      status: 404,
      message: `HEAD http://${host}${manifest}: unexpected status code 404 Not Found (HEAD responses have no body, use GET for details)`,
    })
  })

  test('an error that the registry explains', async () => {
    answer = (request, response) => {
      if (request.method === 'HEAD') response.writeHead(405).end()
      else response.writeHead(404).end('{"errors":[{"code":"MANIFEST_UNKNOWN","message":"no such tag"}]}')
    }
    await expect(digestOf()).rejects.toThrow(`GET http://${host}${manifest}: MANIFEST_UNKNOWN: no such tag`)
  })

  test.each(['{}', 'not json', '{"token":""}'])('a token service that answers %s', async (text) => {
    answer = (request, response) => {
      if (request.url?.startsWith('/token')) response.end(text)
      else challenge(`Bearer realm="http://${host}/token"`)(request, response, '')
    }
    await expect(digestOf()).rejects.toThrow(`http://${host}/token answered without a token`)
  })

  test('a challenge that nobody can meet', async () => {
    answer = challenge('Negotiate')
    await expect(digestOf()).rejects.toMatchObject({ status: 401 })
  })

  test('redirects without end', async () => {
    answer = (request, response) => response.writeHead(307, { location: request.url }).end()
    await expect(digestOf()).rejects.toThrow('too many redirects')
  })

  test('nobody there', async () => {
    await new Promise((resolve) => server.close(resolve))
    await expect(digestOf()).rejects.toMatchObject({ code: 'ECONNREFUSED' })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  })
})
