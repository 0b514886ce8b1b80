import { flowEvents } from '../../../../src/events/flowEvents.ts'
import { connect } from '../../../../src/flow/connect.ts'
import { installPlugin, planInstall } from '../../../../src/flow/install.ts'
import type { InstallOptions } from '../../../../src/flow/types.ts'
import type { Ground } from '../../../adapters/docker/credentialGround.ts'
import type { Search } from '../../../support/findSecrets.ts'
import { type CredentialSource, plant, REGISTRY } from './credentialSources.ts'

/** Sent by every run, besides its credentials. */
export const common = {
  'a header of the host': 'Bearer pl4nted-header-7c1d',
  'HttpHeaders of Docker': 'pl4nted-configured-header-52ab',
  'a secret setting': plant('setting'),
}

const twice = { attempts: 2, baseMs: 1 }

/**
 * One install with everything planted, and a plan of the same. Whatever can be seen of it is looked
 * through; it resolves to how it ended.
 */
export async function plantedInstall(
  host: string,
  ground: Ground,
  source: CredentialSource,
  search: Search,
): Promise<string> {
  const env = { ...ground.env, ...source.configure?.(ground) }
  const headers = { 'X-Planted': common['a header of the host'] }
  const engine = connect({ host, env, headers })
  const { answers } = source
  const seen: Record<string, unknown[]> = {}
  const into = (sink: string) => {
    seen[sink] ??= []
    const values = seen[sink]
    return (value: unknown) => void values.push(value)
  }
  const options: InstallOptions = {
    reference: `${REGISTRY}/acme/volume:1.0`,
    settings: { TOKEN: { value: common['a secret setting'], secret: true } },
    ...(answers?.by !== 'person' && {
      consent(request) {
        into('consent')(request)
        return true
      },
    }),
    ...(answers?.by === 'function' && {
      credentials: ({ attempt }) => answers.credentials[attempt - 1],
    }),
    policy: { retry: twice, rollback: twice },
    journal: into('journal'),
    inspect: into('inspect'),
  }
  try {
    const flow = installPlugin(engine, options)
    flow.actor.subscribe((snapshot) => {
      search.look('context', [snapshot.context])
      search.walk('actor', [snapshot])
    })
    flow.transition$.subscribe(into('transition$'))
    flow.progress$.subscribe(into('progress$'))
    flow.consent$.subscribe((request) => {
      into('consent$')(request)
      flow.grant(request)
    })
    flow.retry$.subscribe(into('retry$'))
    flow.credentials$.subscribe((request) => {
      into('credentials$')(request)
      const given = answers?.by === 'person' ? answers.credentials[request.attempt - 1] : undefined
      if (given) flow.authenticate(given)
    })
    flowEvents(flow).subscribe(into('flowEvents'))
    const end = await flow.result.then(
      (plugin) => {
        into('result')(plugin)
        return 'done'
      },
      (error: Error & { code?: string }) => {
        into('error')(error)
        return String(error.code)
      },
    )
    into('snapshot')(flow.snapshot())
    search.walk('flow', [flow])
    search.walk('engine', [engine])
    await planInstall(engine, options).then(into('plan'), into('error'))
    for (const [sink, values] of Object.entries(seen)) {
      if (sink === 'inspect') search.walk(sink, values)
      else search.look(sink, values)
    }
    return end
  } finally {
    engine.close()
  }
}
