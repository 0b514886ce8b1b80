import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runTool } from './runTool.ts'

const PACKAGES = ['docker.io', 'docker-cli', 'containerd']
const KEYS = '/usr/share/keyrings/debian-archive-keyring.gpg'
const LIMIT_MS = 300_000

/**
 * Downloads the engine of another release of Debian, and unpacks it into a folder, once. Nothing is installed, and the
 * lists of this machine are left alone.
 */
export async function unpackEngine(release: string, folder: string): Promise<void> {
  if (existsSync(folder)) return
  const work = mkdtempSync(join(tmpdir(), 'plugin-flow-engine-'))
  try {
    const sources = `deb [signed-by=${KEYS}] ${await mirror()} ${release} main\n`
    writeFileSync(join(work, 'sources.list'), sources)
    mkdirSync(join(work, 'lists/partial'), { recursive: true })
    mkdirSync(join(work, 'cache/archives/partial'), { recursive: true })
    await aptGet(work, 'update')
    await aptGet(work, 'download', ...PACKAGES)
    const root = join(work, 'root')
    for (const file of readdirSync(work).filter((name) => name.endsWith('.deb'))) {
      await runTool('dpkg', ['-x', join(work, file), root], LIMIT_MS)
    }
    mkdirSync(join(folder, '..'), { recursive: true })
    // Another file system may be in between, which a rename cannot cross.
    await runTool('cp', ['-a', root, `${folder}.part`], LIMIT_MS)
    renameSync(`${folder}.part`, folder)
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}

/** Where this machine has its packages of Debian from. */
async function mirror(): Promise<string> {
  const uris = await runTool('apt-get', ['indextargets', '--format', '$(REPO_URI)'])
  const own = String(uris).split('\n')
  return own.find((uri) => uri.endsWith('/debian/')) ?? 'http://deb.debian.org/debian/'
}

async function aptGet(work: string, ...args: string[]): Promise<void> {
  const options = [
    `Dir::Etc::sourcelist=${work}/sources.list`,
    'Dir::Etc::sourceparts=/dev/null',
    `Dir::State::Lists=${work}/lists`,
    `Dir::Cache=${work}/cache`,
  ].flatMap((option) => ['-o', option])
  const inWork = 'cd "$1" && shift && exec apt-get "$@"'
  await runTool('sh', ['-c', inWork, 'sh', work, ...options, ...args], LIMIT_MS)
}
