import { type Ground, onGround } from '../../../adapters/docker/credentialGround.ts'
import { type EngineServer, serveEngine } from '../../../support/engineServer.ts'
import { plant, REGISTRY } from './credentialSources.ts'
import { type Quoting, quotingEngine } from './quotingEngine.ts'

export const REFERENCE = `${REGISTRY}/acme/volume:1.0`
export const secrets = {
  'the password': plant('password'),
  'the setting': plant('setting'),
  'the header': 'pl4nted-configured-header-52ab',
}

/** A quoting engine, and a Docker configuration with the header. */
export async function onQuoting(
  quoting: Quoting,
  act: (ground: Ground, server: EngineServer) => Promise<void>,
): Promise<void> {
  const server = await serveEngine(quotingEngine(quoting))
  try {
    await onGround(async (ground) => {
      ground.config({ HttpHeaders: { 'X-Configured': secrets['the header'] } })
      await act(ground, server)
    })
  } finally {
    await server.close()
  }
}

export function wasSent({ requests }: EngineServer): string {
  return requests
    .map(({ headers, body }) => {
      const auth = Buffer.from(headers['x-registry-auth'] ?? '', 'base64url').toString()
      return [auth, headers['x-configured'], body].join('\n')
    })
    .join('\n')
}
