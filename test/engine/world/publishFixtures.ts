import { randomBytes } from 'node:crypto'
import { copyFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Answer, askEngine, registryAuthHeader } from './askEngine.ts'
import { type Fixture, type FixtureName, fixtures } from './fixtures.ts'
import { runTool } from './runTool.ts'
import { settled } from './settled.ts'

/** Compiles the fixtures' one program, static so that it runs in an empty root. */
export async function buildProbe(folder: string): Promise<string> {
  const program = join(folder, 'probe')
  const source = join(import.meta.dirname, 'probe.c')
  await runTool('gcc', ['-O1', '-static', '-s', '-Wall', '-Werror', '-o', program, source])
  return program
}

/** Where fixtures are made: the engine that makes them, and the compiled program. */
export interface Workshop {
  socketPath: string
  folder: string
  program: string
}

/** Makes the fixtures on the engine and pushes them to the registry that the references name. */
export async function publishFixtures(
  workshop: Workshop,
  references: readonly (readonly [FixtureName, string])[],
): Promise<void> {
  const publish = async ([name, reference]: readonly [FixtureName, string]) => {
    await createFixture(workshop, name, reference)
    await pushFixture(workshop, reference)
  }
  await settled(references.map(publish))
}

async function createFixture(
  { socketPath, folder, program }: Workshop,
  name: FixtureName,
  reference: string,
): Promise<void> {
  const tar = await packFixture(join(folder, `fixture-${name}`), program, name)
  const path = `/plugins/create?name=${encodeURIComponent(reference)}`
  const headers = { 'Content-Type': 'application/x-tar' }
  for (let tries = 1; ; tries++) {
    const answer = await askEngine(socketPath, 'POST', path, tar, headers).catch(
      (error: Error) => ({ status: 0, text: error.message }),
    )
    // An engine closes the connection before it has read the padding of the archive, and its answer may be
    // lost with it: then the plugin is there.
    if (tries > 1 && answer.status === 409 && answer.text.includes('already exists')) return
    if (answer.status !== 0 || tries === 3) return succeed(answer, path)
  }
}

async function pushFixture({ socketPath }: Workshop, reference: string): Promise<void> {
  const path = `/plugins/${reference}/push`
  succeed(await askEngine(socketPath, 'POST', path, undefined, registryAuthHeader({})), path)
}

function succeed({ status, text }: Pick<Answer, 'status' | 'text'>, path: string): void {
  // A push that fails halfway has answered 200 before.
  if (status < 300 && !text.includes('"errorDetail"')) return
  throw new Error(`${path}: ${status} ${text.slice(-500)}`)
}

async function packFixture(folder: string, program: string, name: FixtureName): Promise<Buffer> {
  const { config, ballast, files = 0 }: Fixture = fixtures[name]
  mkdirSync(join(folder, 'rootfs'), { recursive: true })
  writeFileSync(join(folder, 'config.json'), JSON.stringify(config))
  copyFileSync(program, join(folder, 'rootfs', 'probe'))
  // 20.10.24 answers a create with 409 when it has the same layer already.
  writeFileSync(join(folder, 'rootfs', 'fixture'), name)
  if (ballast) writeFileSync(join(folder, 'rootfs', 'ballast'), randomBytes(ballast))
  for (let k = 0; k < files; k++) writeFileSync(join(folder, 'rootfs', `empty-${k}`), '')
  const tar = await runTool('tar', ['-C', folder, '-cf', '-', 'config.json', 'rootfs'], 120_000)
  rmSync(folder, { recursive: true })
  return tar
}
