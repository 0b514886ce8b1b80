import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { searchFor } from '../../../support/findSecrets.ts'
import { suite } from '../../../support/suite.ts'
import { run } from '../../command/stage.ts'
import type { Quoting } from './quotingEngine.ts'
import { onQuoting, REFERENCE, secrets, wasSent } from './quotingGround.ts'

suite('planted secrets :: the command', (test) => {
  const search = searchFor(secrets)
  const { 'the password': _, ...ofResumed } = secrets
  const searchResumed = searchFor(ofResumed)
  const forms: [name: string, args: string[]][] = [
    ['lines', []],
    ['--json', ['--json']],
    ['--quiet', ['--quiet']],
    ['--dry-run', ['--dry-run']],
    ['--dry-run --json', ['--dry-run', '--json']],
  ]
  const quotings: Quoting[] = [{}, { lies: true }, { fails: 'set' }]
  for (const [name, args] of forms) {
    test(`${name} :: neither in its output nor in its journal`, async () => {
      // A removal that fails is tried again for a while.
      const left: Quoting[] = name === 'lines' ? [{ fails: 'delete' }] : []
      for (const quoting of [...quotings, ...left]) {
        await onQuoting(quoting, async (ground, server) => {
          const file = join(ground.directory, 'setting')
          writeFileSync(file, `${secrets['the setting']}\n`)
          const env = { ...ground.env, DOCKER_HOST: server.host, XDG_STATE_HOME: ground.directory }
          const command = async (...argv: string[]) => {
            const running = run({}, env, argv)
            running.stdin.end(`${secrets['the password']}\n`)
            await running.code
            // An engine that quotes what another process has sent it tells what this one cannot know.
            const { look } = argv[0] === 'resume' ? searchResumed : search
            look('stdout', [running.stdout.text()])
            look('stderr', [running.stderr.text()])
          }
          const loggedIn = ['-u', 'alice', '--password-stdin', '--grant-all-permissions']
          const secret = ['--set-secret', `TOKEN=@${file}`]
          await command('install', ...loggedIn, ...secret, ...args, REFERENCE)
          const isDry = args.includes('--dry-run')
          for (const secret of Object.values(secrets).slice(0, isDry ? 1 : 3)) {
            const written = [secret, JSON.stringify(secret).slice(1, -1)]
            const sent = wasSent(server)
            if (!quoting.lies || secret !== secrets['the setting'])
              assert.ok(
                written.some((text) => sent.includes(text)),
                secret,
              )
          }
          if (isDry) return
          await command('runs', '--json')
          const folder = join(ground.directory, 'plugin-flow')
          const read = (within: string) =>
            readdirSync(within)
              .filter((name) => name !== 'ended')
              .map((name) => readFileSync(join(within, name), 'utf8'))
          const left = read(folder)
          assert.is(left.length > 0, quoting.fails === 'delete')
          const ended = existsSync(join(folder, 'ended')) ? read(join(folder, 'ended')) : []
          search.look('journal', [...left, ...ended])
          if (left.length > 0) await command('resume', ...secret)
        })
      }
      assert.equal([...new Set([...search.found, ...searchResumed.found])], [])
      assert.ok(Number(search.looked.get('stdout')) > 0)
    })
  }
})
