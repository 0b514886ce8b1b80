import type { Setting } from '../settings.ts'
import type { InstallSnapshot } from './snapshot.ts'

/**
 * Checks a snapshot that comes from outside, such as a file.
 *
 * @throws RangeError when it is not a snapshot, or of another version
 */
export function readSnapshot(value: unknown): InstallSnapshot {
  if (!isRecord(value)) throw new RangeError('a snapshot is an object')
  if (value.version !== VERSION) {
    throw new RangeError(
      `this is a snapshot of version ${String(value.version)}, and not of ${VERSION}`,
    )
  }
  const { input, run } = value
  const texts = isRecord(input) && typeof input.reference === 'string' && isSettings(input.settings)
  const facts = isRecord(run) && OWNERSHIPS.includes(String(run.ownership))
  if (!texts || !facts || typeof run.enableRequested !== 'boolean') {
    throw new RangeError('the snapshot is damaged')
  }
  return value as unknown as InstallSnapshot
}

const VERSION = 2
const OWNERSHIPS = ['nothing', 'adopted', 'uncertain', 'created']

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isSettings(value: unknown): value is Setting[] {
  return Array.isArray(value) && value.every(isSetting)
}

function isSetting(value: unknown): value is Setting {
  if (!isRecord(value) || typeof value.name !== 'string') return false
  const texts = [value.field, value.value]
  return texts.every((text) => ['string', 'undefined'].includes(typeof text))
}
