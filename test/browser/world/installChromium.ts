import { existsSync } from 'node:fs'
import { installPackages, updatePackages } from '../../engine/world/aptGet.ts'

/** Whether this machine has a browser, and if not, why and what to do. */
export type Availability = { path: string } | { path: undefined; reason: string; remedy: string }

const PATH = '/usr/bin/chromium'
const REMEDY = 'apt-get install --no-install-recommends chromium'

/**
 * Finds Debian's chromium, and installs it where it is missing and may be installed. Nothing is asked
 * of a network when it is there. Never rejects.
 */
export async function installChromium(): Promise<Availability> {
  if (existsSync(PATH)) return { path: PATH }
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) {
    return { path: undefined, reason: `no ${PATH}`, remedy: REMEDY }
  }
  try {
    await updatePackages()
    await installPackages(['chromium'])
  } catch {
    return { path: undefined, reason: 'apt-get could not install chromium', remedy: REMEDY }
  }
  return existsSync(PATH)
    ? { path: PATH }
    : { path: undefined, reason: `still no ${PATH}`, remedy: REMEDY }
}
