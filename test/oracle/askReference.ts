import { answerJSON, answerPing, serveEngine } from '../support/engineServer.ts'
import { type DockerCommand, dockerCommand } from './dockerCommand.ts'

export interface ReferenceOracle {
  /** The remote that Docker's own command asks an engine for; `null` when it refuses the reference. */
  remoteOf(reference: string): Promise<string | null>
  close(): void
}

/** Asks Docker's own command what it makes of references, on an engine that only listens. */
export function referenceOracle(docker: DockerCommand = dockerCommand()): ReferenceOracle {
  return {
    async remoteOf(reference) {
      const server = await serveEngine((request, response) => {
        if (request.url === '/_ping') answerPing(response)
        else answerJSON(response, 500, { message: 'heard' })
      })
      try {
        await docker.run(server.host, ['plugin', 'install', '--', reference])
        const urls = server.requests.map(({ url }) => new URL(url, 'http://engine'))
        const asked = urls.find(({ pathname }) => pathname.endsWith('/plugins/privileges'))
        return asked?.searchParams.get('remote') ?? null
      } finally {
        await server.close()
      }
    },
    close: () => docker.close(),
  }
}

/** Several at a time, in their order. */
export async function remotesOf(
  oracle: ReferenceOracle,
  references: readonly string[],
  atOnce = 4,
): Promise<(string | null)[]> {
  const remotes: (string | null)[] = []
  for (let start = 0; start < references.length; start += atOnce) {
    const batch = references.slice(start, start + atOnce)
    remotes.push(...(await Promise.all(batch.map(oracle.remoteOf))))
  }
  return remotes
}
