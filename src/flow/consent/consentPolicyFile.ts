import { findRepeated } from '../../../adapters/docker/parseJson.ts'
import type { ConsentRequest } from '../../../machines/consent.ts'
import { canonicalName, familiarName, parseReference } from '../../../machines/reference.ts'
import type { ConsentPolicy } from '../types.ts'
import { allowList, glob } from './allowList.ts'
import { isUpgrade, refuseNew } from './noNewPrivileges.ts'

interface Rule {
  /** As people count: 1 is the first. */
  number: number
  applies(request: ConsentRequest): boolean
  /** Absent in a rule that grants an upgrade whatever the plugin has already. */
  allow?: string[]
  noNewPrivileges: boolean
  replace: boolean
}

/**
 * Reads a consent policy from JSON:
 *
 *     { "version": 1, "rules": [
 *       { "reference": "vieux/sshfs:*", "allow": ["network:host", "device:/dev/fuse"] },
 *       { "digest": "sha256:…", "allow": ["mount:/var/lib/*"] },
 *       { "reference": "acme/*", "noNewPrivileges": true } ] }
 *
 * A rule is for the references that its pattern matches (as people write them, or with the registry),
 * or for one content. Everything that the rules for a request allow together is granted, everything else denied. One with
 * `noNewPrivileges` denies an upgrade that asks for anything that the plugin does not have; without `allow` it grants
 * the rest of an upgrade. One with `"replace": true` agrees to an upgrade that replaces the plugin, too.
 *
 * @throws RangeError that names what is wrong with it, and where
 */
export function parseConsentPolicy(text: string): ConsentPolicy {
  const rules = readRules(text)
  return (request) => {
    const applying = rules.filter((rule) => rule.applies(request))
    if (applying.length === 0) {
      return { granted: false, reason: `the policy has no rule for ${request.reference}` }
    }
    const who = applying.map(({ number }) => `rule ${number}`).join(', ')
    const refusal = applying.some((rule) => rule.noNewPrivileges) ? refuseNew(request) : undefined
    if (refusal) return { ...refusal, who }
    const replace = applying.some((rule) => rule.replace)
    const given = { who, ...(replace && { replace }) }
    if (isUpgrade(request) && applying.some(({ allow }) => !allow)) {
      return { granted: true, ...given }
    }
    const decide = allowList(applying.flatMap(({ allow = [] }) => allow))
    return { ...decide(request), ...given }
  }
}

function readRules(text: string): Rule[] {
  const policy = readJson(text)
  if (!isRecord(policy) || policy.version !== 1 || !Array.isArray(policy.rules)) {
    throw new RangeError('the policy is not { "version": 1, "rules": [ … ] }')
  }
  const { version: _version, rules: _rules, ...others } = policy
  refuseUnknown(others, 'the policy')
  return policy.rules.map((rule, index) => readRule(rule, index + 1))
}

/** A field that is passed over may be one that was meant to deny something. */
function refuseUnknown(others: object, where: string): void {
  const [unknown] = Object.keys(others)
  if (unknown !== undefined) throw new RangeError(`${where} has an unknown field "${unknown}"`)
}

function readRule(rule: unknown, number: number): Rule {
  const where = `rule ${number} of the policy`
  if (!isRecord(rule)) throw new RangeError(`${where} is no object`)
  const { reference, digest, allow, noNewPrivileges = false, replace = false, ...others } = rule
  refuseUnknown(others, where)
  const given = [reference, digest].filter((value) => value !== undefined)
  if (given.length !== 1 || typeof given[0] !== 'string') {
    throw new RangeError(`${where} needs either a "reference" or a "digest"`)
  }
  if (typeof noNewPrivileges !== 'boolean') {
    throw new RangeError(`${where}: "noNewPrivileges" is true or false`)
  }
  if (typeof replace !== 'boolean') throw new RangeError(`${where}: "replace" is true or false`)
  const isNeeded = !noNewPrivileges || allow !== undefined
  if (isNeeded && !isTexts(allow)) {
    throw new RangeError(`${where} needs "allow": a list of NAME:VALUE`)
  }
  return within(where, () => {
    const given = { number, noNewPrivileges, replace, ...(isTexts(allow) && { allow }) }
    allowList(given.allow ?? [])
    if (typeof reference === 'string') return { ...given, applies: forReference(reference) }
    return { ...given, applies: (request) => request.digest === digest }
  })
}

/** Says where it is, when something is wrong with a pattern. */
function within<Value>(where: string, read: () => Value): Value {
  try {
    return read()
  } catch (error) {
    throw new RangeError(`${where}: ${(error as Error).message}`)
  }
}

function forReference(pattern: string): Rule['applies'] {
  const matches = glob(pattern)
  return ({ reference }) => {
    const parsed = parseReference(reference)
    if (typeof parsed === 'string') return false
    const tagged = (parsed.tag ?? parsed.digest) ? parsed : { ...parsed, tag: 'latest' }
    return matches(familiarName(tagged)) || matches(canonicalName(tagged))
  }
}

/** Windows' editors and shells begin a file with a byte order mark. */
function readJson(written: string): unknown {
  const text = written.replace(/^\ufeff/, '')
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw new RangeError('the policy is no JSON')
  }
  const twice = findRepeated(text)
  if (twice === undefined) return value
  throw new RangeError(
    `the policy has the field "${twice.name}" twice in one object, ${twice.place}`,
  )
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string')
}
