import { readFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { EngineError } from '../../machines/errors.ts'
import type { RegistryCredentials } from './authHeader.ts'
import { readCredentials } from './readCredentials.ts'
import { keyHost, registryKey } from './registryKey.ts'

type Env = Readonly<Record<string, string | undefined>>
type Fields = Record<string, unknown>

/**
 * What Docker's own config holds for a registry: the plain `auths` of `$DOCKER_CONFIG/config.json`, else
 * of `~/.docker/config.json`. `undefined`: nothing, or there is no such file.
 *
 * @throws EngineError `host-failed` naming the file, when it cannot be read or understood
 */
export async function readDockerConfig(
  env: Env,
  registry: string,
): Promise<RegistryCredentials | undefined> {
  const directory = env.DOCKER_CONFIG || join(env.HOME || homedir(), '.docker')
  const file = join(directory, 'config.json')
  const text = await readIfThere(file)
  if (text === undefined) return undefined
  const auths = fieldsIn(parse(text, file), 'auths', file)
  const key = Object.hasOwn(auths, registryKey(registry))
    ? registryKey(registry)
    : Object.keys(auths).find((each) => keyHost(each) === keyHost(registry))
  return key === undefined ? undefined : entryCredentials(fieldsIn(auths, key, file), key, file)
}

async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    if (code === 'ENOENT') return undefined
    throw failed(file, `cannot be read (${code})`)
  }
}

function parse(text: string, file: string): Fields {
  let config: unknown
  try {
    config = JSON.parse(text)
  } catch {
    // The words of the parser quote the text.
    throw failed(file, 'is no JSON')
  }
  return asFields(config, file, 'it')
}

function fieldsIn(parent: Fields, key: string, file: string): Fields {
  return asFields(parent[key] ?? {}, file, JSON.stringify(key))
}

function asFields(value: unknown, file: string, what: string): Fields {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Fields
  throw failed(file, `cannot be used: ${what} is no object`)
}

/** An entry of a registry whose credentials a helper keeps is empty. */
function entryCredentials(
  entry: Fields,
  key: string,
  file: string,
): RegistryCredentials | undefined {
  const { auth } = entry
  const login = typeof auth === 'string' && auth !== '' ? decodeAuth(auth, key, file) : {}
  const given: Fields = { ...entry, ...login }
  const names = ['username', 'password', 'identitytoken', 'registrytoken'] as const
  if (names.every((name) => !given[name])) return undefined
  try {
    return readCredentials(given, '')
  } catch {
    throw failed(file, `has no usable credentials for ${JSON.stringify(key)}`)
  }
}

/** `auth` is base64 of `username:password`; Docker itself cuts NUL characters off the password. */
function decodeAuth(
  auth: string,
  key: string,
  file: string,
): { username: string; password: string } {
  const decoded = Buffer.from(auth, 'base64').toString('utf8')
  const colon = decoded.indexOf(':')
  if (colon < 1) throw failed(file, `has no username:password in auth of ${JSON.stringify(key)}`)
  const password = decoded.slice(colon + 1).replace(/^\0+|\0+$/g, '')
  return { username: decoded.slice(0, colon), password }
}

function failed(file: string, why: string): EngineError {
  return new EngineError('host-failed', `the Docker config ${file} ${why}`)
}
