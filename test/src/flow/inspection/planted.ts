import { definePlugin, type EmbeddedEngineOptions } from '../../../../src/embedded.ts'
import type { InstallOptions, PluginInstall } from '../../../../src/flow/types.ts'
import type { RegistryCredentials } from '../../../../src/index.ts'
import { onStage } from '../../../support/embedded.ts'

const username = 'planted-user-5b1d'
const password = 'planted-password-c07e'
const identitytoken = 'planted-identity-token-93aa'
const registrytoken = 'planted-registry-token-4f6c'
const setting = 'planted-setting-value-e218'
const config = 'planted-config-value-77d0'
const reason = 'planted-reason-1c9b'
const who = 'planted-person-a3f4'

/** Values that no inspector may receive: each can be recognised wherever it turns up. */
export const planted = {
  username,
  password,
  identitytoken,
  registrytoken,
  setting,
  config,
  reason,
  who,
}

const registry = 'registry.example.com'

/** A registry that takes the planted password, and a plugin with the planted value in its config. */
const world: EmbeddedEngineOptions = {
  registries: {
    [registry]: {
      auth: { kind: 'token', accounts: { [username]: password } },
      repositories: {
        'acme/volume': {
          '1.0': definePlugin({
            config: {
              Network: { Type: 'host' },
              Env: [
                { Name: 'TOKEN', Settable: ['value'] },
                { Name: 'OTHER', Value: config },
              ],
            },
          }),
        },
      },
    },
  },
}

/** Wrong ones first, and the right ones last. */
const credentials: readonly RegistryCredentials[] = [
  { identitytoken },
  { registrytoken },
  { username, password },
]

export type PlantedFlow = PluginInstall & { states: string[] }

/** A flow that is given everything planted, and what else the options say. */
export async function onPlanted(
  act: (start: (options?: Partial<InstallOptions>) => PlantedFlow) => Promise<void>,
): Promise<void> {
  await onStage(
    ({ install }) =>
      act((options) => {
        const flow = install({
          reference: `${registry}/acme/volume:1.0`,
          settings: { TOKEN: setting },
          ...options,
        })
        flow.credentials$.subscribe(({ attempt }) => {
          flow.authenticate(credentials[attempt - 1] ?? { username, password })
        })
        const states: string[] = []
        flow.transition$.subscribe(({ to }) => states.push(to))
        return Object.assign(flow, { states })
      }),
    world,
  )
}

/** Those of the planted that a text holds, as they are or in base64, wherever in it they begin. */
export function findPlanted(text: string): string[] {
  const decoded = text.replaceAll('-', '+').replaceAll('_', '/')
  return Object.values(planted).filter(
    (secret) =>
      text.includes(secret) || inBase64(secret).some((written) => decoded.includes(written)),
  )
}

/** Three ways, by how many bytes stand before it; without the characters that neighbours share. */
function inBase64(secret: string): string[] {
  return [0, 1, 2].map((before) => {
    const written = Buffer.from(`${'x'.repeat(before)}${secret}`).toString('base64')
    const whole = Math.floor(((before + secret.length) * 8) / 6)
    return written.slice(Math.ceil((before * 8) / 6), whole)
  })
}
