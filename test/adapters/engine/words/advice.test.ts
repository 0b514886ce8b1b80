import * as assert from 'uvu/assert'
import { explain } from '../../../../adapters/engine/words/explain.ts'
import type { CallContext } from '../../../../adapters/engine/words/sentences.ts'
import { catalogue, type InstallErrorCode } from '../../../../machines/catalogue.ts'
import type { OperationId } from '../../../../machines/engine.ts'
import { toFailure } from '../../../../machines/failure.ts'
import { readRecording, recordedBody } from '../../../support/recordingServer.ts'
import { suite } from '../../../support/suite.ts'

const LOCAL = '127.0.0.1:5055/acme/plain:1.0'
const HUB = 'docker.io/acme/plain:latest'
const ID = '5f'.repeat(32)
const about: CallContext = {
  operation: 'distributionInspect',
  subject: HUB,
  host: 'unix:///var/run/docker.sock',
}

interface Advice {
  words: string
  code: InstallErrorCode
  on?: Partial<CallContext>
  says?: RegExp
  next?: RegExp
  /** In neither the message nor the next step. */
  never?: RegExp
  inStream?: true
  status?: number
}

function told({ words, on, inStream, status = 500 }: Advice) {
  const from = inStream ? { inStream } : { status }
  const error = explain({ ...about, ...on }, { words, ...from })
  return toFailure(error, 'checkPrivileges')
}

function check(title: string, advices: readonly Advice[]) {
  suite(title, (test) => {
    for (const advice of advices) {
      test(`${advice.words.slice(0, 90)} ${JSON.stringify(advice.on ?? {})}`, () => {
        const failure = told(advice)
        assert.is(failure.code, advice.code, failure.message)
        assert.is(failure.engineMessage, advice.words)
        if (advice.says) assert.match(failure.message, advice.says)
        if (advice.next) assert.match(failure.next, advice.next)
        if (advice.never) assert.not.match(`${failure.message} ${failure.next}`, advice.never)
        assert.not.match(`${failure.message}${failure.next}`, /\{\w+\}/)
      })
    }
  })
}

const isLoggedIn = { hasCredentials: true }

check('what a registry says', [
  {
    words: 'Get "https://registry-1.docker.io/v2/": Proxy Authentication Required',
    code: 'registry-unreachable',
    says: /engine's proxy/,
    next: /ENGINE/,
    never: /docker login/,
  },
  {
    words:
      'Get "https://r.example/v2/": proxyconnect tcp: dial tcp 10.0.0.1:3128: connect: connection refused',
    code: 'registry-unreachable',
    says: /engine's proxy/,
    next: /HTTPS_PROXY/,
  },
  {
    words: 'denied: Your authorization token has expired. Reauthenticate and try again.',
    code: 'unauthorized',
    on: isLoggedIn,
    says: /Your authorization token has expired\. Reauthenticate/,
    next: /docker login docker\.io/,
    status: 403,
  },
  {
    words:
      'errors:\ndenied: requested access to the resource is denied\nunauthorized: authentication required\n',
    code: 'unauthorized',
    on: isLoggedIn,
    says: /denies .* or has no such name: errors: denied: requested access/,
    next: /Check the name.*access/,
    never: /did not accept|wants credentials/,
    status: 403,
  },
  {
    words:
      'errors:\ndenied: requested access to the resource is denied\nunauthorized: authentication required\n',
    code: 'unauthorized',
    says: /no such name/,
    next: /Check the name.*log in/,
    status: 403,
  },
  {
    words: 'unauthorized: incorrect username or password',
    code: 'unauthorized',
    on: isLoggedIn,
    never: /no such name/,
  },
  {
    words:
      'toomanyrequests: You have reached your unauthenticated pull rate limit. https://www.docker.com/increase-rate-limit',
    code: 'registry-unreachable',
    says: /unauthenticated pull rate limit/,
    next: /^Wait.*docker login/,
    never: /certificate|address/,
    status: 429,
  },
  {
    words:
      'Get "https://10.0.0.5:5000/v2/": tls: failed to verify certificate: x509: certificate signed by unknown authority',
    code: 'registry-unreachable',
    on: { subject: '10.0.0.5:5000/acme/plain:1.0' },
    next: /\/etc\/docker\/certs\.d\/10\.0\.0\.5:5000\/ca\.crt .*ENGINE/,
  },
  {
    words:
      'Get "https://r.example/v2/": tls: failed to verify certificate: x509: certificate has expired or is not yet valid: current time 2026-11-28T00:00:00Z is after 2025-01-01T00:00:00Z',
    code: 'registry-unreachable',
    next: /renewed.*clock/,
    never: /ca\.crt/,
  },
  {
    words: 'Get "https://r.example/v2/": x509: certificate is valid for a.example, not r.example',
    code: 'registry-unreachable',
    next: /name/,
    never: /ca\.crt/,
  },
  {
    words: 'Get "https://r.example:5000/v2/": http: server gave HTTP response to HTTPS client',
    code: 'registry-unreachable',
    on: { subject: 'r.example:5000/acme/plain:1.0' },
    next: /"r\.example:5000" in insecure-registries .*ENGINE/,
  },
  {
    words: 'unknown: Client sent an HTTP request to an HTTPS server.',
    code: 'registry-unreachable',
    on: { subject: LOCAL },
    next: /credentials.*certs\.d\/127\.0\.0\.1:5055/,
  },
  {
    words:
      'unexpected status from HEAD request to https://r.example/v2/acme/plain/manifests/1.0: 402 Payment Required',
    code: 'pull-failed',
    next: /quota/,
    never: /docker login/,
  },
  {
    words:
      'unexpected status from HEAD request to https://r.example/v2/acme/plain/manifests/1.0: 451 Unavailable For Legal Reasons',
    code: 'pull-failed',
    says: /legal/,
    never: /docker login/,
  },
  {
    words:
      "pull access denied for acme/plain, repository does not exist or may require 'docker login': denied: <html><body><h1>403 Forbidden</h1>\nSince Docker is a US company, we must comply with US export control regulations.",
    code: 'pull-failed',
    says: /place where the engine is/,
    never: /log in/,
  },
  {
    words:
      'error parsing HTTP 403 response body: invalid character \'<\' looking for beginning of value: "<html><head><title>403 Forbidden</title></head></html>"',
    code: 'registry-unreachable',
    says: /web page/,
    never: /docker login/,
  },
  {
    words:
      'error parsing HTTP 404 response body: invalid character \'<\' looking for beginning of value: "<html><head><title>404 Not Found</title></head></html>"',
    code: 'registry-unreachable',
    says: /web page/,
  },
  {
    words:
      'error parsing HTTP 401 response body: invalid character \'<\' looking for beginning of value: "<html><head><title>401 Authorization Required</title></head></html>"',
    code: 'unauthorized',
  },
  {
    words:
      'error parsing HTTP 502 response body: invalid character \'<\' looking for beginning of value: "<html><head><title>502 Bad Gateway</title></head></html>"',
    code: 'registry-unreachable',
  },
  {
    words:
      'failed to authorize: failed to fetch anonymous token: Get "https://auth.docker.io/token": dial tcp 10.0.0.1:443: connect: connection refused',
    code: 'registry-unreachable',
  },
  {
    words:
      'failed to authorize: failed to fetch oauth token: unexpected status: 503 Service Unavailable',
    code: 'registry-unreachable',
  },
])

check('what a pull ends with', [
  {
    words: 'short read: expected 340732 bytes but got 98304: unexpected EOF',
    code: 'incomplete-layer',
    on: { operation: 'pluginPull' },
    inStream: true,
  },
  {
    words:
      'failed commit on ref "layer-sha256:8b": unexpected commit digest sha256:1, expected sha256:8b: failed precondition',
    code: 'corrupt-layer',
    on: { operation: 'pluginPull' },
    says: /an earlier pull/,
    next: /stop the engine, empty plugins\/storage\/ingest/,
    never: /at the registry is damaged/,
    inStream: true,
  },
])

const enabling = { operation: 'pluginEnable' as const, subject: 'acme/plain:latest' }

check('what an enable ends with', [
  {
    words:
      'failed to create task for container: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: error during container init: failed to fulfil mount request: open /nosuch: no such file or directory',
    code: 'mount-source-missing',
    on: enabling,
    says: /host path \/nosuch, which/,
    next: /Create \/nosuch/,
  },
  {
    words: `OCI runtime create failed: container_linux.go:349: starting container process caused "process_linux.go:449: container init caused \\"rootfs_linux.go:58: mounting \\\\\\"/var/lib/docker/plugins/\\\\\\" to rootfs \\\\\\"/var/snap/docker/common/var-lib-docker/plugins/${ID}/rootfs\\\\\\" at \\\\\\"/mnt/state\\\\\\" caused \\\\\\"stat /var/lib/docker/plugins/: no such file or directory\\\\\\"\\"": unknown`,
    code: 'mount-source-missing',
    on: enabling,
    says: /host path \/var\/lib\/docker\/plugins\/, which.*no such file or directory.*unknown$/,
    next: /Create \/var\/lib\/docker\/plugins\/ on/,
  },
  {
    words:
      'error mounting "/etc/hostname" to rootfs at "/state": mount src=/etc/hostname, dst=/state, dstFd=/proc/thread-self/fd/8, flags=MS_BIND|MS_REC: not a directory: unknown',
    code: 'mount-source-missing',
    on: enabling,
    says: /\/etc\/hostname, which .* is a file where a directory belongs/,
  },
  {
    words:
      'error gathering device information while adding custom device "/dev/nosuch": no such file or directory',
    code: 'mount-source-missing',
    on: enabling,
    says: /the device \/dev\/nosuch/,
    next: /NAME\.path/,
  },
  {
    words: `dial unix /run/docker/plugins/${ID}/p.sock: connect: no such file or directory`,
    code: 'plugin-did-not-listen',
    on: enabling,
    next: new RegExp(`first: .*another architecture.*missing.*ends at once.*socket.*log.*${ID}`),
  },
  {
    words:
      'OCI runtime create failed: exec: "/probe": stat /probe: no such file or directory: unknown',
    code: 'enable-failed',
    on: enabling,
    says: /is not in it/,
  },
  {
    words:
      'authorization denied by plugin opa-docker-authz:latest: request rejected by administrative policy',
    code: 'engine-access-denied',
    on: enabling,
    says: /policy of the engine .* does not allow this user to enable acme\/plain:latest: .*administrative policy$/,
    next: /opa-docker-authz:latest decides/,
    never: /pluginEnable|socket|key/i,
    status: 403,
  },
])

suite('a next step of words', (test) => {
  test('words without one :: that of their code', () => {
    const failure = told({ words: 'the moon is full', code: 'engine-failed' })
    assert.is(failure.next, catalogue['engine-failed'].next)
  })

  test('what a registry or a host is called cannot break the line', () => {
    const subject = 'r.example\n\u202e:5000/acme/plain:1.0'
    const failure = told({ words: 'x509: unknown', code: 'registry-unreachable', on: { subject } })
    assert.not.match(failure.next, /[\p{Cc}\p{Cf}]/u)
  })

  const recorded: [scenario: string, operation: OperationId, next: RegExp][] = [
    ['enable.dies', 'pluginEnable', /look for [0-9a-f]{64}/],
    ['enable.badmount', 'pluginEnable', /Create \/does\/not\/exist/],
    ['pull.auth-none', 'pluginPull', /insecure-registries/],
    ['pull.token-auth-none', 'pluginPull', /Check the name/],
  ]
  for (const [scenario, operation, next] of recorded) {
    test(`${scenario} :: ${next.source}`, () => {
      const last = recordedBody(readRecording(scenario))
        .toString('utf8')
        .trim()
        .split('\r\n')
        .at(-1)
      const { message = '', error = message } = JSON.parse(last ?? '') as Record<string, string>
      const { details } = explain({ ...about, operation }, { words: error, status: 500 })
      assert.match(details.next ?? '', next)
    })
  }
})
