import { type ConfigSource, fieldsIn, textIn, unusable } from './configSource.ts'
import { findRegistry } from './registryKey.ts'

/** What may follow `docker-credential-`: a name, and never a way to another folder. */
const HELPER = /^[A-Za-z0-9][\w.+-]{0,63}$/

/**
 * The credential helper that a configuration has for a registry: that of `credHelpers`, else
 * `credsStore`. `undefined`: none, and the `auths` hold the credentials themselves; an empty name in
 * `credHelpers` says so of one registry.
 *
 * @throws EngineError `invalid-configuration` when it is no name of a helper
 */
export function configuredHelper(config: ConfigSource, registry: string): string | undefined {
  const helpers = fieldsIn(config, 'credHelpers')
  const key = findRegistry(helpers, registry)
  const helper =
    key === undefined
      ? textIn(config.fields, 'credsStore', config.name)
      : textIn(helpers, key, config.name)
  if (helper === '' || HELPER.test(helper)) return helper || undefined
  const where = key === undefined ? 'credsStore' : `credHelpers of ${JSON.stringify(key)}`
  throw unusable(config.name, `cannot be used: ${where} is no name of a credential helper`)
}

/** Whether a configuration says nothing at all of credentials. */
export function saysNothing(config: ConfigSource): boolean {
  const records = [fieldsIn(config, 'auths'), fieldsIn(config, 'credHelpers')]
  return (
    textIn(config.fields, 'credsStore', config.name) === '' &&
    records.every((record) => Object.keys(record).length === 0)
  )
}
