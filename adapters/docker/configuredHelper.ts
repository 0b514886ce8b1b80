import { type ConfigSource, fieldsIn, textIn, unusable } from './configSource.ts'
import { findRegistry, registryKey } from './registryKey.ts'

/** What may follow `docker-credential-`: a name, and never a way to another folder. */
const HELPER = /^[A-Za-z0-9][\w.+-]{0,63}$/

/**
 * The credential helper that a configuration has for a registry: that of `credHelpers`, else
 * `credsStore`, else that of a key in `credHelpers` which is not in Docker's own form. `undefined`: none,
 * and the `auths` hold the credentials themselves; an empty name in `credHelpers` says so of one registry.
 *
 * @throws EngineError `invalid-configuration` when it is no name of a helper
 */
export function configuredHelper(config: ConfigSource, registry: string): string | undefined {
  const helpers = fieldsIn(config, 'credHelpers')
  const store = textIn(config.fields, 'credsStore', config.name)
  const key = findRegistry(helpers, registry)
  if (key === undefined || (key !== registryKey(registry) && store !== '')) {
    return checked(store, 'credsStore', config)
  }
  const helper = textIn(helpers, key, config.name)
  return checked(helper, `credHelpers of ${JSON.stringify(key)}`, config)
}

function checked(helper: string, where: string, { name }: ConfigSource): string | undefined {
  if (helper === '' || HELPER.test(helper)) return helper || undefined
  throw unusable(name, `cannot be used: ${where} is no name of a credential helper`)
}

/** Whether a configuration says nothing at all of credentials. */
export function saysNothing(config: ConfigSource): boolean {
  const records = [fieldsIn(config, 'auths'), fieldsIn(config, 'credHelpers')]
  return (
    textIn(config.fields, 'credsStore', config.name) === '' &&
    records.every((record) => Object.keys(record).length === 0)
  )
}
