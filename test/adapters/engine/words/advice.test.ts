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
    says: /hides why/,
    next: /credentials.*certs\.d\/127\.0\.0\.1:5055/,
  },
  {
    words:
      'Get "http://127.0.0.1:5055/v2/": read tcp 127.0.0.1:1->127.0.0.1:5055: read: connection reset by peer',
    code: 'registry-unreachable',
    on: { subject: LOCAL },
    says: /hides why/,
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
  {
    words: 'Get "https://r.example/v2/": Forbidden',
    code: 'registry-unreachable',
    says: /engine's proxy does not let/,
    next: /NO_PROXY/,
    never: /docker login/,
  },
  {
    words: 'Get "https://r.example/v2/": Gateway Time-out',
    code: 'registry-unreachable',
    says: /engine's proxy cannot reach/,
  },
  {
    words: 'Get "https://r.example/v2/": unexpected EOF',
    code: 'registry-unreachable',
  },
  {
    words: 'unavailable: service unavailable',
    code: 'registry-unreachable',
  },
  {
    words: 'dial tcp: lookup r.example: Temporary failure in name resolution',
    code: 'registry-unreachable',
  },
  {
    words: 'Get "https://r.example/v2/": dial tcp: lookup r.example on 127.0.0.53:53: no such host',
    code: 'registry-unreachable',
    next: /DNS.*ENGINE/,
  },
  {
    words:
      'Get "https://auth.docker.io/token?scope=x": dial tcp: lookup auth.docker.io: no such host',
    code: 'registry-unreachable',
    says: /cannot reach auth\.docker\.io, which gives tokens/,
    next: /ENGINE that it reaches auth\.docker\.io/,
  },
  {
    words: 'authorization server did not include a token in the response',
    code: 'registry-unreachable',
    says: /gives tokens/,
  },
  {
    words:
      'Get "https://r.example/v2/": x509: certificate relies on legacy Common Name field, use SANs instead',
    code: 'registry-unreachable',
    next: /Subject Alternative Name/,
    never: /ca\.crt/,
  },
  {
    words:
      'x509: certificate signed by unknown authority (possibly because of "x509: cannot verify signature: insecure algorithm SHA1-RSA")',
    code: 'registry-unreachable',
    next: /SHA-1/,
  },
  {
    words: 'Get "https://r.example/v2/": remote error: tls: bad certificate',
    code: 'registry-unreachable',
    next: /client\.cert and client\.key .*ENGINE/,
  },
  {
    words:
      'missing key client.key for client certificate client.cert. CA certificates must use the extension .crt',
    code: 'registry-unreachable',
    next: /certs\.d\/docker\.io on the host of the ENGINE/,
  },
  {
    words:
      'error parsing HTTP 429 response body: invalid character T looking for beginning of value: "Too Many Requests"',
    code: 'registry-unreachable',
    next: /^Wait/,
  },
  {
    words: 'toomanyrequests: You have reached your pull rate limit',
    code: 'registry-unreachable',
    on: isLoggedIn,
    next: /^Wait until the limit of the account/,
  },
  {
    words: 'Head "https://ghcr.io/v2/acme/plain/manifests/latest": denied: denied',
    code: 'unauthorized',
    next: /Check the name/,
  },
  {
    words:
      'Get "https://registry-1.docker.io/v2/": unauthorized: your account must log in with a Personal Access Token (PAT)',
    code: 'unauthorized',
  },
  {
    words:
      'unknown: current image without vulnerability scanning cannot be pulled due to configured policy in \'Prevent images with vulnerability severity of "Critical"\'',
    code: 'pull-failed',
    says: /policy of the registry/,
    never: /log in/,
  },
  { words: 'denied: quota exceeded', code: 'pull-failed', next: /quota/, never: /log in/ },
  {
    words: 'Encountered remote "application/vnd.cncf.helm.config.v1+json"(unknown) when fetching',
    code: 'not-a-plugin',
    says: /content of the type application\/vnd\.cncf\.helm\.config\.v1\+json/,
  },
  { words: 'unsupported schema version 1', code: 'not-a-plugin' },
  {
    words: 'mediatype "application/vnd.wasm.config.v1+json" not supported',
    code: 'not-a-plugin',
  },
  {
    words: 'unsupported media type application/vnd.oci.image.layer.v1.tar+zstd',
    code: 'not-a-plugin',
    says: /compressed with zstd/,
    next: /gzip/,
  },
  {
    words:
      'plugin acme-authz failed with error: AuthZPlugin.AuthZReq: dial unix /run/docker/plugins/acme.sock: connect: no such file or directory',
    code: 'engine-access-denied',
    next: /acme-authz does not answer/,
    status: 403,
  },
])

check('what a pull ends with', [
  {
    words: 'ref layer-sha256:8b locked for 3m0s (since 2026): unavailable',
    code: 'pull-failed',
    on: { operation: 'pluginPull' },
    says: /another pull/,
    inStream: true,
  },
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
    words: 'failed to fulfil mount request: lstat /var/lib/x: no such file or directory: unknown',
    code: 'mount-source-missing',
    on: enabling,
    says: /host path \/var\/lib\/x, which/,
  },
  {
    words: 'failed to fulfil mount request: open /var/lib/x: permission denied: unknown',
    code: 'enable-failed',
    on: enabling,
    says: /cannot use the host path \/var\/lib\/x,/,
    next: /Mend \/var\/lib\/x/,
  },
  {
    words:
      'error mounting "/var/lib/x" to rootfs at "/mnt": mount src=/var/lib/x: operation not permitted: unknown',
    code: 'enable-failed',
    on: enabling,
    says: /cannot use the host path \/var\/lib\/x,/,
  },
  {
    words: 'path /var/lib/x is mounted on / but it is not a shared mount',
    code: 'enable-failed',
    on: enabling,
    next: /make-rshared/,
  },
  {
    words: 'bind source path does not exist: /var/lib/x',
    code: 'mount-source-missing',
    on: enabling,
    next: /Create \/var\/lib\/x on/,
  },
  {
    words:
      'error gathering device information while adding custom device "/etc/hosts": not a device node',
    code: 'mount-source-missing',
    on: enabling,
    says: /\/etc\/hosts .* is no device/,
    never: /Attach/,
  },
  {
    words: 'unable to start container process: exec /p: no such file or directory: unknown',
    code: 'enable-failed',
    on: enabling,
    says: /or its interpreter, is not in it/,
  },
  {
    words: 'exec: "p": executable file not found in $PATH: unknown',
    code: 'enable-failed',
    on: enabling,
    says: /is not in it/,
  },
  {
    words: 'exec: "/p": permission denied: unknown',
    code: 'enable-failed',
    on: enabling,
    says: /can be executed/,
  },
  {
    words: 'exec: "runc": executable file not found in $PATH: unknown',
    code: 'enable-failed',
    on: enabling,
    says: /program of its own/,
    never: /publisher/,
  },
  {
    words:
      'connection error: desc = "transport: Error while dialing dial unix /run/containerd/containerd.sock: connect: connection refused": unavailable',
    code: 'enable-failed',
    on: enabling,
    says: /program of its own/,
  },
  {
    words: `dial unix /run/docker/plugins/${ID}/p.sock: i/o timeout`,
    code: 'plugin-did-not-listen',
    on: enabling,
    next: new RegExp(`log.*${ID}`),
  },
  {
    words: `Post "http://%2Frun%2Fdocker%2Fplugins%2F${ID}%2Fp.sock/Plugin.Activate": EOF`,
    code: 'enable-failed',
    on: enabling,
    says: /opened its socket/,
    next: new RegExp(`log.*${ID}`),
  },
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
    next: /Attach the device/,
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

  test('the name of a registry or a host cannot break the line', () => {
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
