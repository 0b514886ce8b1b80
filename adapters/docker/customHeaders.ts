import { isHeader, isReservedHeader } from '../engine/http/requestHeaders.ts'
import {
  type ConfigSource,
  type Fields,
  fieldsIn,
  unlessUnusable,
  unusable,
  type Warn,
} from './configFile.ts'

type Headers = Readonly<Record<string, string>>

/**
 * The headers that Docker's configuration adds to every request to an engine: the variable
 * `DOCKER_CUSTOM_HEADERS` (`NAME=VALUE,…` as a line of CSV), else `HttpHeaders` of `config.json`. Those
 * that the connection sets itself are left out: old versions of the command wrote `User-Agent` there.
 *
 * Unusable headers of the file are left out after a warning.
 *
 * @throws EngineError `invalid-configuration` naming the variable, but no value
 */
export function customHeaders(env: NodeJS.ProcessEnv, config: ConfigSource, warn: Warn): Headers {
  const given = env.DOCKER_CUSTOM_HEADERS
  if (given) return checked(headersInVariable(given), VARIABLE)
  return unlessUnusable(warn, {}, () => checked(fieldsIn(config, 'HttpHeaders'), config.name))
}

function checked(headers: Fields, name: string): Headers {
  const kept = Object.entries(headers).filter(([header]) => !isReservedHeader(header))
  const broken = kept.find(([header, value]) => !isHeader(header, value))
  if (broken) throw unusable(name, `cannot be used: a header in it is invalid`)
  return Object.fromEntries(kept) as Headers
}

const VARIABLE = 'the variable DOCKER_CUSTOM_HEADERS'

function headersInVariable(text: string): Headers {
  const fields = splitCsv(text)
  return Object.fromEntries(
    fields.map((field) => {
      const at = field.indexOf('=')
      if (at < 1) throw unusable(VARIABLE, 'cannot be used: write NAME=VALUE,NAME=VALUE')
      return [field.slice(0, at).trim(), field.slice(at + 1)]
    }),
  )
}

/** A field may be quoted; a quote inside it is doubled. */
function splitCsv(text: string): string[] {
  const fields: string[] = []
  const field = /\s*(?:"((?:[^"]|"")*)"|([^",]*))(?:,|$)/y
  for (let at = 0; at < text.length; at = field.lastIndex) {
    field.lastIndex = at
    const [, quoted, plain = ''] = field.exec(text) ?? []
    if (field.lastIndex <= at) throw unusable(VARIABLE, 'cannot be used: it is not a line of CSV')
    fields.push(quoted?.replaceAll('""', '"') ?? plain)
  }
  return fields
}
