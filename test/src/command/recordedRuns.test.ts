import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { beginRun } from '../../../adapters/journal/runJournal.ts'
import { recordedRuns } from '../../../src/command/install/recordedRuns.ts'
import { definePlugin, startEmbeddedEngine } from '../../../src/embedded.ts'
import { connect } from '../../../src/flow/connect.ts'
import { installPlugin } from '../../../src/flow/install.ts'
import { upgradePlugin } from '../../../src/flow/upgrade.ts'
import type { Started } from '../../../src/ui/startFlow.ts'
import { writeNoCredentials } from '../../support/noCredentials.ts'
import { suite } from '../../support/suite.ts'
import { withoutUser } from '../../support/withoutUser.ts'
import { collector } from './collect.ts'

const OLD = 'acme/plain:latest'
const NEW = 'acme/plain:2.0'
const GRANT = { grantAllPermissions: true }
const RESUME = { rollBack: false, secrets: {} }
const ROLL_BACK = { rollBack: true, secrets: {} }

/** The flows of a page on a simulated engine, and the folder that they are recorded in. */
async function onPage(act: (page: Awaited<ReturnType<typeof open>>) => Promise<void>) {
  const config = mkdtempSync(join(tmpdir(), 'plugin-flow-page-'))
  writeNoCredentials(config)
  const page = await open(config)
  try {
    await act(page)
  } finally {
    page.engine.close()
    await page.embedded.close()
    rmSync(config, { recursive: true })
  }
}

async function open(config: string) {
  const embedded = await startEmbeddedEngine({ pace: 0 })
  const newer = { Description: 'newer' }
  embedded.publish(NEW, definePlugin({ config: newer, layers: [1_000] }))
  const env = { DOCKER_CONFIG: config, XDG_STATE_HOME: config }
  const engine = connect({ host: embedded.host, env })
  const folder = join(config, 'plugin-flow')
  const stderr = collector()
  const begin = (more: object = {}) =>
    recordedRuns(engine, {}, { env, stderr, ...more } as unknown as Parameters<
      typeof recordedRuns
    >[2])
  /** A run whose process is lost before its first change. */
  const leave = async (upgrade = false) => {
    const run = await beginRun(folder, { host: embedded.host })
    let isRecorded = false
    const journal = async (snapshot: Parameters<typeof run.write>[0]) => {
      if (!isRecorded && 'name' in snapshot) {
        isRecorded = true
        await run.write(snapshot)
      }
      return isRecorded ? ('abandon' as const) : undefined
    }
    const { result } = upgrade
      ? upgradePlugin(engine, { name: OLD, reference: NEW, ...GRANT, journal })
      : installPlugin(engine, { reference: OLD, ...GRANT, journal })
    const { failure } = await result.catch((error) => error)
    assert.is(failure.code, 'abandoned')
    return run
  }
  return { embedded, engine, folder, stderr, begin, leave }
}

/** The message with which a request of the page is refused. */
async function refusalOf(request: unknown): Promise<string> {
  const error = await Promise.resolve(request).then(
    () => undefined,
    (thrown) => thrown,
  )
  assert.instance(error, RangeError)
  return error.message
}

/** Ends a flow as the server of the page does. */
async function finish({ flow, onEnd }: Started): Promise<void> {
  await flow.result
  onEnd?.([{ type: 'outcome' }] as never)
}

suite('recorded runs of the page', (test) => {
  test('a user without a home :: flows run, no run is listed, and none can be resumed', () =>
    onPage(async ({ begin, embedded, stderr }) => {
      await withoutUser(async () => {
        const { starts, history, closed } = begin({ env: {} })
        assert.equal(await history.list(), [])
        assert.is(await history.events('00000000'), undefined)
        assert.match(await refusalOf(history.resume('00000000', RESUME)), 'there is no home')
        const started = await starts.pluginInstall({ reference: OLD, ...GRANT })
        assert.is(started.id, undefined)
        await finish(started)
        await closed()
      })
      assert.equal(
        embedded.plugins().map(({ Name }) => Name),
        [OLD],
      )
      assert.match(stderr.text(), 'this run is not recorded: there is no home')
    }))

  test('an upgrade whose process has ended is resumed', () =>
    onPage(async ({ begin, engine, embedded, leave, folder }) => {
      await installPlugin(engine, { reference: OLD, ...GRANT }).result
      const left = await leave(true)
      await left.close()
      const { id } = left
      const { history, closed } = begin()
      const [run] = await history.list()
      assert.equal([run?.id, run?.kind, run?.name, run?.left], [id, 'upgrade', OLD, 'left'])
      assert.equal([run?.reference, run?.tone], [NEW, 'bad'])
      const started = await history.resume(id, RESUME)
      assert.is(started.id, id)
      await finish(started)
      await closed()
      assert.equal(
        embedded.plugins().map(({ Name, Config }) => [Name, Config.Description]),
        [[OLD, 'newer']],
      )
      assert.equal(
        readdirSync(folder).filter((name) => name.endsWith('.json')),
        [],
      )
      assert.equal(await history.events(id), [{ type: 'outcome' }])
    }))

  test('an upgrade is not resumed while another run has its plugin, and can be afterwards', () =>
    onPage(async ({ begin, engine, leave, embedded }) => {
      await installPlugin(engine, { reference: OLD, ...GRANT }).result
      const left = await leave(true)
      await left.close()
      const { id } = left
      const driven = await leave(true)
      await driven.claim(OLD)
      const { history, closed } = begin()
      const words = await refusalOf(history.resume(id, RESUME))
      assert.match(words, `${OLD} is being upgraded: run ${driven.id}`)
      await driven.close()
      await finish(await history.resume(id, RESUME))
      await closed()
      assert.is(embedded.plugins().length, 1)
    }))

  test('a run that a process works on is shown so, and is not taken from it', () =>
    onPage(async ({ begin, leave }) => {
      const driven = await leave()
      const { history } = begin()
      const [run] = await history.list()
      assert.equal([run?.id, run?.tone, run?.left], [driven.id, 'working', 'driven'])
      const words = await refusalOf(history.resume(driven.id, ROLL_BACK))
      assert.match(words, 'another plugin-flow process owns this run')
      await driven.close()
    }))

  test('a run that has failed shows why, and asks for no secret again', () =>
    onPage(async ({ begin, engine, folder, embedded }) => {
      const run = await beginRun(folder, { host: embedded.host })
      const flow = installPlugin(engine, {
        reference: OLD,
        settings: [{ setting: 'DEBUG=hunter2', secret: true }],
        ...GRANT,
      })
      flow.cancel()
      const { failure } = await flow.result.catch((error) => error)
      const { outcome: _, ...left } = flow.snapshot()
      await run.write({ ...left, state: 'removing', run: { ...left.run, failure } })
      await run.close()
      const { history } = begin()
      const [shown] = await history.list()
      assert.equal([shown?.failure, shown?.secrets], [failure.message, []])
    }))

  test('an upgrade is not begun while another run has its plugin, and leaves no record', () =>
    onPage(async ({ begin, engine, leave, folder }) => {
      await installPlugin(engine, { reference: OLD, ...GRANT }).result
      const driven = await leave(true)
      await driven.claim(OLD)
      const before = readdirSync(folder)
      const { starts } = begin()
      const words = await refusalOf(starts.pluginUpgrade({ name: OLD, reference: NEW, ...GRANT }))
      assert.match(words, `${OLD} is being upgraded: run ${driven.id}`)
      assert.equal(readdirSync(folder), before)
      await driven.close()
    }))

  test('the end of a run is shown by its outcome, the newest first', () =>
    onPage(async ({ begin, folder, embedded }) => {
      const ended = join(folder, 'ended')
      mkdirSync(ended, { recursive: true, mode: 0o700 })
      const write = (id: string, more: object) => {
        const facts = { host: embedded.host, kind: 'install', name: OLD, reference: OLD }
        const file = JSON.stringify({ ...facts, began: '2026-01-01', ended: '2026-01-02', ...more })
        writeFileSync(join(ended, `${id}.json`), file, { mode: 0o600 })
      }
      const failed = (code: string) => ({
        outcome: 'rolledBack',
        failure: { code, message: `failed: ${code}` },
      })
      write('00000001', { outcome: 'done' })
      write('00000002', { ...failed('engine-failed'), began: '2026-01-03' })
      write('00000003', { ...failed('consent-denied'), began: '2026-01-02' })
      write('00000004', { outcome: 'stranded', began: 'once', ended: 'later' })
      write('00000005', { outcome: 'done', host: 'unix:///elsewhere.sock' })
      const { history } = begin()
      const shown = (await history.list()).map(({ id, tone, failure, left }) => [
        id,
        tone,
        failure,
        left,
      ])
      assert.equal(shown, [
        ['00000002', 'bad', 'failed: engine-failed', undefined],
        ['00000003', 'stopped', 'failed: consent-denied', undefined],
        ['00000001', 'good', undefined, undefined],
        ['00000004', 'bad', undefined, undefined],
      ])
      const damaged = (await history.list()).find(({ id }) => id === '00000004')
      assert.equal([damaged?.began, damaged?.ended], [0, 0])
    }))

  test('an upgrade on an engine that does not answer ends with the reason, and its record is closed', () =>
    onPage(async ({ begin, embedded, folder }) => {
      const { starts, closed } = begin()
      await embedded.close()
      const started = await starts.pluginUpgrade({ name: OLD, reference: NEW, ...GRANT })
      const error = await started.flow.result.catch((thrown: unknown) => thrown)
      assert.is((error as { failure?: { code: string } }).failure?.code, 'engine-unreachable')
      started.onEnd?.([])
      await closed()
      assert.equal(
        readdirSync(folder).filter((name) => name.endsWith('.json')),
        [],
      )
    }))

  test('a damaged run and an unknown secret are refused in words, and the run stays for another attempt', () =>
    onPage(async ({ begin, leave, folder }) => {
      const left = await leave()
      await left.close()
      const { id } = left
      const path = join(folder, `${id}.json`)
      const text = readFileSync(path, 'utf8')
      writeFileSync(path, '{')
      const { history } = begin()
      assert.match(await refusalOf(history.resume(id, RESUME)), `${id}.json cannot be read`)
      writeFileSync(path, text)
      const unnamed = await refusalOf(history.resume(id, { rollBack: false, secrets: { X: '1' } }))
      assert.match(unnamed, 'the run has no secret setting X')
      const [run] = await history.list()
      assert.is(run?.left, 'left')
    }))
})
