import { createPrivateKey, randomUUID, sign, X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'

/** Who may pull, and what the registry is shown for it. */
export interface TokenAccount {
  username: string
  password: string
  /** Stands for the password, as a login at an identity provider gives it. */
  identityToken: string
}

export interface TokenServerOptions {
  /** The files of a certificate that the registry trusts, and its key (P-256). */
  certificate: string
  key: string
  issuer: string
  service: string
}

/** Hands out the tokens that a registry with `auth: token` wants. */
export interface TokenServer {
  /** Where tokens are asked for. */
  readonly realm: string
  /** How tokens were asked for: `anonymous`, `password reader`, `refresh_token`; `refused …`. */
  readonly requests: readonly string[]
  /** From now on these are good, and what was good before is refused. */
  change(account: TokenAccount): void
  close(): Promise<void>
}

const TOKEN_LIFE_S = 300

/**
 * Speaks both of the ways in which engines ask (distribution's `auth/token` and `auth/oauth`). As
 * Docker Hub does it gives a token to everybody: without an account it opens nothing.
 */
export async function startTokenServer(
  options: TokenServerOptions,
  first: TokenAccount,
): Promise<TokenServer> {
  let account = first
  const requests: string[] = []
  const makeToken = tokenMaker(options)
  const server = createServer(async (request, answer) => {
    const asked = await readRequest(request)
    const isGood =
      asked.grant === 'anonymous' ||
      (asked.grant === 'refresh_token'
        ? asked.secret === account.identityToken
        : asked.username === account.username && asked.secret === account.password)
    const who = [asked.grant, asked.username].filter(Boolean).join(' ')
    requests.push(isGood ? who : `refused ${who}`)
    answer.setHeader('Content-Type', 'application/json')
    if (!isGood) {
      answer.writeHead(401).end('{"details":"incorrect username or password"}')
      return
    }
    const token = makeToken(asked.username, asked.grant === 'anonymous' ? [] : asked.scopes)
    const times = { expires_in: TOKEN_LIFE_S, issued_at: new Date().toISOString() }
    answer.end(JSON.stringify({ token, access_token: token, ...times }))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    realm: `http://127.0.0.1:${port}/token`,
    requests,
    change(next) {
      account = next
    },
    async close() {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}

interface TokenRequest {
  grant: 'anonymous' | 'password' | 'refresh_token'
  username: string
  secret: string
  scopes: string[]
}

async function readRequest(request: IncomingMessage): Promise<TokenRequest> {
  let body = ''
  for await (const chunk of request) body += chunk
  const query = new URL(request.url ?? '/', 'http://localhost').searchParams
  const form = request.method === 'POST' ? new URLSearchParams(body) : query
  const scopes = form.getAll('scope').flatMap((scope) => scope.split(' '))
  if (form.get('grant_type') === 'refresh_token') {
    return { grant: 'refresh_token', username: '', secret: form.get('refresh_token') ?? '', scopes }
  }
  const [username = '', secret = ''] =
    request.method === 'POST'
      ? [form.get('username') ?? '', form.get('password') ?? '']
      : basicLogin(request.headers.authorization)
  return { grant: username === '' ? 'anonymous' : 'password', username, secret, scopes }
}

function basicLogin(authorization = ''): string[] {
  const [, encoded = ''] = /^Basic (.*)$/.exec(authorization) ?? []
  return Buffer.from(encoded, 'base64').toString('utf8').split(/:(.*)/s)
}

/** A JSON Web Token, signed with the key whose certificate goes along (distribution's token spec). */
function tokenMaker({ certificate, key, issuer, service }: TokenServerOptions) {
  const privateKey = createPrivateKey(readFileSync(key))
  const der = new X509Certificate(readFileSync(certificate)).raw.toString('base64')
  const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  return (subject: string, scopes: readonly string[]): string => {
    const now = Math.floor(Date.now() / 1000)
    const claims = {
      iss: issuer,
      sub: subject,
      aud: service,
      iat: now,
      nbf: now - 10,
      exp: now + TOKEN_LIFE_S,
      jti: randomUUID(),
      access: scopes.map(readScope),
    }
    const text = `${encode({ typ: 'JWT', alg: 'ES256', x5c: [der] })}.${encode(claims)}`
    const signature = sign('sha256', Buffer.from(text), {
      key: privateKey,
      dsaEncoding: 'ieee-p1363',
    })
    return `${text}.${signature.toString('base64url')}`
  }
}

/** `repository:acme/plain:pull,push` */
function readScope(scope: string): object {
  const [type = '', name = '', actions = ''] = scope.split(':')
  return { type, name, actions: actions.split(',') }
}
