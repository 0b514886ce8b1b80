import { open } from 'node:fs/promises'
import type { GivenSetting } from '../flow/types.ts'
import type { SecretSelection } from './secretOptions.ts'
import { UsageError } from './usageError.ts'
import { whyUnreadable } from './whyUnreadable.ts'

/** Linux gives a process no variable that is longer. */
const MAX_BYTES = 131_072

/**
 * Reads each file once, as text and without its last line break.
 *
 * @throws UsageError that names the option and the file that cannot be used
 */
export async function readSecrets({ secrets = [] }: SecretSelection): Promise<GivenSetting[]> {
  const settings: GivenSetting[] = []
  for (const { name, path } of secrets) {
    const value = await readValue(path).catch((error: unknown) => {
      throw new UsageError(`--set-secret ${name}: ${path}: ${whyUnreadable(error)}`)
    })
    settings.push({ setting: `${name}=${value}`, secret: true })
  }
  return settings
}

async function readValue(path: string): Promise<string> {
  const bytes = await readBytes(path)
  if (bytes.length > MAX_BYTES) throw new RangeError(`it has more than ${MAX_BYTES} bytes`)
  let text: string
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    throw new RangeError('it is not text in UTF-8')
  }
  if (text.includes('\0')) throw new RangeError('it is not text in UTF-8')
  // As Docker takes a password from the standard input.
  const value = text.replace(/\r?\n$/, '')
  if (value === '') throw new RangeError('it is empty')
  return value
}

/** A pipe tells no size. */
async function readBytes(path: string): Promise<Buffer> {
  const file = await open(path)
  try {
    const bytes = Buffer.alloc(MAX_BYTES + 1)
    let length = 0
    while (length < bytes.length) {
      const { bytesRead } = await file.read(bytes, length, bytes.length - length, null)
      if (bytesRead === 0) break
      length += bytesRead
    }
    return bytes.subarray(0, length)
  } finally {
    await file.close()
  }
}
