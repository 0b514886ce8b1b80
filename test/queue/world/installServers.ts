import { existsSync, readdirSync } from 'node:fs'
import { installPackages, updatePackages } from '../../engine/world/aptGet.ts'

export interface Servers {
  redis: string
  /** Folder of PostgreSQL's programs. */
  postgres: string
}

/** Whether this machine has the servers of queues, and if not, why and what to do. */
export type Availability =
  | ({ ready: true } & Servers)
  | { ready: false; reason: string; remedy: string }

const PACKAGES = ['redis-server', 'postgresql']
const REMEDY = `apt-get install --no-install-recommends ${PACKAGES.join(' ')}`
const REDIS = '/usr/bin/redis-server'
const POSTGRES = '/usr/lib/postgresql'

/** Finds Debian's Redis and PostgreSQL, and installs what is missing where that is allowed. Nothing is started. Never rejects. */
export async function installServers(): Promise<Availability> {
  const found = find()
  if (found) return { ready: true, ...found }
  const reason = 'Redis or PostgreSQL is missing'
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) {
    return { ready: false, reason, remedy: REMEDY }
  }
  try {
    await updatePackages()
    await installPackages(PACKAGES)
  } catch {
    return { ready: false, reason: 'apt-get could not install them', remedy: REMEDY }
  }
  const installed = find()
  return installed ? { ready: true, ...installed } : { ready: false, reason, remedy: REMEDY }
}

function find(): Servers | undefined {
  const versions = existsSync(POSTGRES) ? readdirSync(POSTGRES) : []
  const postgres = versions
    .map((version) => `${POSTGRES}/${version}/bin`)
    .find((folder) => existsSync(`${folder}/initdb`))
  return postgres !== undefined && existsSync(REDIS) ? { redis: REDIS, postgres } : undefined
}
