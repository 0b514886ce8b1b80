import { quoted } from '../../machines/text.ts'
import { glob } from '../flow/consent/allowList.ts'
import type { FleetTarget } from './fleetFile.ts'

const TERM = /^(?:([A-Za-z0-9_][\w./-]*)(!?)=|(!?))([^=!]+)$/
const GRAMMAR =
  'write KEY=VALUE, KEY!=VALUE, ID or !ID, separated by commas; KEY is zone, id or a label, and VALUE may have * and alternatives, as in zone=eu|us'

/**
 * Reads an expression that chooses targets: terms that all have to hold, separated by commas. A term is `KEY=VALUE`,
 * `KEY!=VALUE`, or `VALUE` and `!VALUE` for the ID; `KEY` is `id`, `zone` or the name of a label. A value is a pattern of
 * the whole text, with `*` for any characters but `/` and `**` for any at all, or several that `|` separates. A target
 * without the label is like one where it is empty.
 *
 * @throws RangeError that names the term that cannot be read
 */
export function parseLimit(expression: string): (target: Omit<FleetTarget, 'access'>) => boolean {
  const terms = expression.split(',').map((term) => parseTerm(term.trim()))
  return (target) => terms.every((holds) => holds(target))
}

function parseTerm(term: string): (target: Omit<FleetTarget, 'access'>) => boolean {
  const [, key = 'id', notEqual = '', not = '', value] = TERM.exec(term) ?? []
  if (value === undefined) {
    throw new RangeError(`${quoted(term)} is not a term of it: ${GRAMMAR}`)
  }
  const patterns = value.split('|').map(glob)
  const isNegated = notEqual + not === '!'
  return (target) => patterns.some((matches) => matches(textOf(target, key))) !== isNegated
}

function textOf({ id, zone = '', labels }: Omit<FleetTarget, 'access'>, key: string): string {
  if (key === 'id') return id
  if (key === 'zone') return zone
  return Object.hasOwn(labels, key) ? String(labels[key]) : ''
}
