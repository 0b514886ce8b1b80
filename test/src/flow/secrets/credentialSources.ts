import type { RegistryCredentials } from '../../../../src/index.ts'
import { base64, type Ground, gives } from '../../../adapters/docker/credentialGround.ts'

export const REGISTRY = 'registry.example'

/** A place where the credentials of a registry come from. */
export interface CredentialSource {
  name: string
  /** The values that an engine must be sent, by the places they were planted in. */
  secrets: Readonly<Record<string, string>>
  /** Writes what Docker has configured, and gives variables. */
  configure?(ground: Ground): Record<string, string>
  /** The answers of a function of the host, or of a person, one after the other. */
  answers?: { by: 'function' | 'person'; credentials: readonly RegistryCredentials[] }
}

/** Marks that JSON, addresses and base64 write in other ways. */
export function plant(name: string): string {
  return `pl4nted"&<${name}>/é+9f8e7d`
}

const username = 'alice'
const auths = (entry: unknown) => ({ auths: { [REGISTRY]: entry } })

function configured(name: string, entry: (secret: string) => unknown): CredentialSource {
  const secret = plant(name)
  return {
    name,
    secrets: { [name]: secret },
    configure(ground) {
      ground.config(auths(entry(secret)))
      return {}
    },
  }
}

function helped(name: string, config: unknown, user = username): CredentialSource {
  const secret = plant(name)
  return {
    name,
    secrets: { [name]: secret },
    configure(ground) {
      ground.config(config)
      ground.helper('planted', gives(user, secret))
      return {}
    },
  }
}

function answered(by: 'function' | 'person'): CredentialSource {
  const [wrong, token, right] = ['first', 'token', 'last'].map((which) => plant(`${by} ${which}`))
  const secrets = { [`${by}, refused`]: wrong, [`${by}, token`]: token, [`${by}, taken`]: right }
  const credentials = [
    { username, password: wrong },
    { identitytoken: token },
    { username, password: right },
  ]
  return { name: by, secrets, answers: { by, credentials } } as CredentialSource
}

export const sources: readonly CredentialSource[] = [
  configured('auth', (secret) => ({ auth: base64(`${username}:${secret}`) })),
  configured('password', (password) => ({ username, password })),
  configured('identitytoken', (identitytoken) => ({ identitytoken })),
  configured('registrytoken', (registrytoken) => ({ registrytoken })),
  helped('credHelpers', { credHelpers: { [REGISTRY]: 'planted' } }),
  helped('credHelpers, token', { credHelpers: { [REGISTRY]: 'planted' } }, '<token>'),
  helped('credsStore', { credsStore: 'planted' }),
  {
    name: 'DOCKER_AUTH_CONFIG',
    secrets: { DOCKER_AUTH_CONFIG: plant('DOCKER_AUTH_CONFIG') },
    configure: () => ({
      DOCKER_AUTH_CONFIG: JSON.stringify(
        auths({ auth: base64(`${username}:${plant('DOCKER_AUTH_CONFIG')}`) }),
      ),
    }),
  },
  answered('function'),
  answered('person'),
]
