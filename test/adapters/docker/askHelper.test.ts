import { chmodSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { askHelper, helperWords } from '../../../adapters/docker/askHelper.ts'
import type { ProgramRun } from '../../../adapters/process/runProgram.ts'
import { isAlive } from '../../engine/world/processes.ts'
import { until } from '../../engine/world/until.ts'
import { PLANTED, refusedWith } from '../../support/engineFailure.ts'
import { suite } from '../../support/suite.ts'
import { alice, type Ground, gives, HAS_NONE, onGround } from './credentialGround.ts'

const never = new AbortController().signal
/** The output of a helper that fails all the same. */
const LEAK = `echo '{"Username":"alice","Secret":"${PLANTED}"}'; echo ${PLANTED} >&2`
const SPAWNS = '/bin/sleep 60 &\necho $$ >> $PIDS; echo $! >> $PIDS'

function runOn({ env }: Ground, run: Partial<ProgramRun> = {}): ProgramRun {
  return { env, platform: 'linux', limitMs: 60_000, signal: never, ...run }
}

suite('askHelper', (test) => {
  const ANSWERS: [title: string, script: string, credentials: unknown][] = [
    ['a user name and a password', gives('alice'), alice],
    ['an identity token', gives('<token>'), { identitytoken: PLANTED }],
    ['a user without a password', gives('alice', ''), { username: 'alice', password: '' }],
    ['in another case', `echo '{"username":"alice","SECRET":"${PLANTED}"}'`, alice],
    ['none', HAS_NONE, undefined],
    [
      'none, in its own way',
      "printf '  credentials not found in native keychain'; exit 3",
      undefined,
    ],
    ['and words behind it, as Docker does not read them', `${gives('alice')}; echo bye`, alice],
    ['nothing but empty texts', gives('', ''), undefined],
  ]
  for (const [title, script, credentials] of ANSWERS) {
    test(title, () =>
      onGround(async (ground) => {
        ground.helper('x', script)
        assert.equal(await askHelper('x', 'r.example', runOn(ground)), credentials)
      }),
    )
  }

  test('it is asked to get, for the key of the registry', () =>
    onGround(async (ground) => {
      ground.helper('x', 'echo "{\\"Username\\":\\"$registry\\",\\"Secret\\":\\"$*\\"}"')
      const ask = (registry: string) => askHelper('x', registry, runOn(ground))
      assert.equal(await ask('r.example:5000'), { username: 'r.example:5000', password: 'get' })
      const hub = { username: 'https://index.docker.io/v1/', password: 'get' }
      assert.equal(await ask('docker.io'), hub)
    }))

  test('its environment is the one given, and no other', () =>
    onGround(async (ground) => {
      ground.helper('x', 'echo "{\\"Username\\":\\"$GIVEN\\",\\"Secret\\":\\"$NOT_GIVEN\\"}"')
      process.env.NOT_GIVEN = 'x'
      try {
        const env = { ...ground.env, GIVEN: 'here', UNSET: undefined }
        const given = await askHelper('x', 'r', runOn(ground, { env }))
        assert.equal(given, { username: 'here', password: '' })
      } finally {
        delete process.env.NOT_GIVEN
      }
    }))

  test('one that does not read what it is asked', () =>
    onGround(async (ground) => {
      const file = join(ground.programs, 'docker-credential-deaf')
      writeFileSync(file, `#!/bin/sh\nexec <&-\n${gives('alice')}\n`)
      chmodSync(file, 0o755)
      const registry = 'r'.repeat(200_000)
      assert.equal(await askHelper('deaf', registry, runOn(ground)), alice)
    }))

  test('the first on the PATH that is a program', () =>
    onGround(async (ground) => {
      const { directory, programs } = ground
      ground.helper('x', gives('alice'))
      const other = join(directory, 'other')
      mkdirSync(join(other, 'docker-credential-x'), { recursive: true })
      const PATH = `${other}:/nonexistent::.:bin:${programs}`
      const run = runOn(ground, { env: { ...ground.env, PATH } })
      assert.equal(await askHelper('x', 'r', run), alice)
    }))

  test('on Windows :: a program has .exe, the PATH is Path, and there is no process group', () =>
    onGround(async (ground) => {
      ground.helper('x.exe', gives('alice'))
      ground.helper('bare', gives('bob'))
      const { PATH: Path, ...env } = ground.env
      const run = runOn(ground, { env: { ...env, Path }, platform: 'win32' })
      assert.equal(await askHelper('x', 'r', run), alice)
      assert.equal(await askHelper('x.exe', 'r', run), alice)
      assert.equal(await askHelper('bare', 'r', run), { username: 'bob', password: PLANTED })
      ground.helper('slow.exe', `echo $$ >> $PIDS\nexec /bin/sleep 60`)
      await refusedWith('invalid-configuration', () =>
        askHelper('slow', 'r', { ...run, limitMs: 300 }),
      )
      assert.not.ok(ground.pids().some(isAlive))
    }))
})

suite('askHelper :: failure', (test) => {
  const asked = 'the credential helper docker-credential-x, asked for r.example,'

  const BROKEN: [script: string, why: string][] = [
    [`${LEAK}; exit 1`, 'failed with exit status 1: …'],
    [
      HAS_NONE.replace('keychain', `keychain: ${PLANTED}`),
      'failed with exit status 1: credentials not found in native keychain: …',
    ],
    [
      `echo 'no access for AbCdEf0123456789 at https://x.example/login (eu-west-1)'; exit 1`,
      'failed with exit status 1: no access for … at https://x.example/login (eu-west-1)',
    ],
    [`${LEAK}; kill -9 $$`, 'was ended by a signal: …'],
    [`echo ${PLANTED}`, 'wrote something other than credentials'],
    [HAS_NONE.replace('exit 1', 'exit 0'), 'wrote something other than credentials'],
    ['', 'wrote nothing'],
    ['echo null', 'wrote something other than credentials'],
    ['echo []', 'wrote something other than credentials'],
    ['echo {}', 'wrote something other than credentials'],
    [`echo '{"Username":"alice"}'`, 'wrote something other than credentials'],
    [`echo '{"Username":7,"Secret":"${PLANTED}"}'`, 'wrote something other than credentials'],
    [`echo more; ${LEAK}`, 'wrote something other than credentials: …'],
    [gives(''), 'wrote something other than credentials'],
    [gives('<token>', ''), 'wrote something other than credentials'],
    [
      `while :; do echo ${PLANTED}${PLANTED}${PLANTED}; done`,
      'wrote more than 64 KiB and was killed',
    ],
  ]
  for (const [script, why] of BROKEN) {
    test(`${script.replaceAll(PLANTED, '…')} :: ${why}`, () =>
      onGround(async (ground) => {
        ground.helper('x', script)
        const error = await refusedWith('invalid-configuration', () =>
          askHelper('x', 'r.example', runOn(ground)),
        )
        assert.is(error.message, `${asked} ${why}`)
      }))
  }

  test('as much as it may write is not too much', () =>
    onGround(async (ground) => {
      const answer = JSON.stringify({ Username: 'alice', Secret: PLANTED })
      const file = join(ground.directory, 'answer')
      ground.helper('x', `exec /bin/cat ${file}`)
      writeFileSync(file, answer.padEnd(64 * 1024))
      assert.equal(await askHelper('x', 'r.example', runOn(ground)), alice)
      writeFileSync(file, answer.padEnd(64 * 1024 + 1))
      await refusedWith('invalid-configuration', () => askHelper('x', 'r.example', runOn(ground)))
    }))

  test('it is not there, or no program', () =>
    onGround(async (ground) => {
      const refused = async (env: Ground['env'], why = 'is not on the PATH') => {
        const error = await refusedWith('invalid-configuration', () =>
          askHelper('x', 'r.example', runOn(ground, { env })),
        )
        assert.is(error.message, `${asked} ${why}`)
      }
      await refused(ground.env)
      ground.helper('x', gives('alice'))
      const file = join(ground.programs, 'docker-credential-x')
      chmodSync(file, 0o644)
      await refused(ground.env, `is no program that this user may execute: ${file}`)
      await refused({})
      rmSync(file)
      mkdirSync(file)
      await refused(ground.env, `is no program that this user may execute: ${file}`)
    }))

  test('it is on the PATH by a way from the current folder only', () =>
    onGround(async (ground) => {
      const here = process.cwd()
      ground.helper('x', gives('alice'))
      process.chdir(ground.programs)
      try {
        for (const PATH of ['.', '../bin', '', ':']) {
          const env = { ...ground.env, PATH }
          const error = await refusedWith('invalid-configuration', () =>
            askHelper('x', 'r.example', runOn(ground, { env })),
          )
          assert.is(error.message, `${asked} is not on the PATH`)
        }
      } finally {
        process.chdir(here)
      }
    }))

  test('it cannot be started', () =>
    onGround(async (ground) => {
      ground.helper('x', gives('alice'))
      const file = join(ground.programs, 'docker-credential-x')
      const refused = async (run: ProgramRun, code: string) => {
        const error = await refusedWith('invalid-configuration', () =>
          askHelper('x', 'r.example', run),
        )
        assert.is(error.message, `${asked} could not be started (${code})`)
      }
      const env = { ...ground.env, BROKEN: `${PLANTED}\0` }
      await refused(runOn(ground, { env }), 'ERR_INVALID_ARG_VALUE')
      rmSync(file)
      writeFileSync(file, '#!/nonexistent/interpreter\n', { mode: 0o755 })
      await refused(runOn(ground), 'ENOENT: the interpreter that its first line names is not there')
    }))

  test('it hangs :: killed in time, with what it has started', () =>
    onGround(async (ground) => {
      ground.helper('x', `${LEAK}\n${SPAWNS}\nwait`)
      const began = performance.now()
      const error = await refusedWith('invalid-configuration', () =>
        askHelper('x', 'r.example', runOn(ground, { limitMs: 2_000 })),
      )
      assert.is(error.message, `${asked} did not end within 2 s and was killed: …`)
      assert.ok(performance.now() - began < 30_000)
      const [own = 0, started = 0] = ground.pids()
      assert.not.ok(isAlive(own))
      await until('what it had started has gone', () => !isAlive(started))
    }))

  test('it has ended, and what it has started holds its output :: not waited for', () =>
    onGround(async (ground) => {
      ground.helper('x', `${gives('alice')}\n/usr/bin/setsid /bin/sleep 2 &\necho $! >> $PIDS`)
      const run = runOn(ground, { limitMs: 10_000 })
      assert.equal(await askHelper('x', 'r.example', run), alice)
      assert.ok(ground.pids().every(isAlive))
      await until('it has ended by itself', () => !ground.pids().some(isAlive))
    }))

  test('it has ended, and what it has started is still in its group and holds its output :: that is killed', () =>
    onGround(async (ground) => {
      for (const [output, ended] of [
        ['1', gives('alice')],
        ['2', 'exit 3'],
      ]) {
        const closed = output === '1' ? '2>&-' : '>&-'
        ground.helper('x', `/bin/sleep 1000 ${closed} &\necho $! >> $PIDS\n${ended}`)
        await askHelper('x', 'r.example', runOn(ground)).catch(() => {})
      }
      assert.is(ground.pids().length, 2)
      await until('what it had started has gone', () => !ground.pids().some(isAlive))
    }))

  test('it closes its output and stays, deaf to SIGTERM :: killed in time', () =>
    onGround(async (ground) => {
      ground.helper(
        'x',
        `trap '' TERM\necho $$ >> $PIDS\nexec >&- 2>&-\nwhile :; do /bin/sleep 1; done`,
      )
      const error = await refusedWith('invalid-configuration', () =>
        askHelper('x', 'r.example', runOn(ground, { limitMs: 1_000 })),
      )
      assert.is(error.message, `${asked} did not end within 1 s and was killed`)
      assert.not.ok(ground.pids().some(isAlive))
    }))

  test('it answers and goes on with garbage without end :: killed', () =>
    onGround(async (ground) => {
      ground.helper('x', `echo $$ >> $PIDS\n${gives('alice')}\nwhile :; do echo garbage; done`)
      const error = await refusedWith('invalid-configuration', () =>
        askHelper('x', 'r.example', runOn(ground)),
      )
      assert.is(error.message, `${asked} wrote more than 64 KiB and was killed`)
      assert.not.ok(ground.pids().some(isAlive))
    }))

  test('cancelled when it has ended, and what it has started holds its output', () =>
    onGround(async (ground) => {
      ground.helper('x', 'echo $$ >> $PIDS\n/usr/bin/setsid /bin/sleep 2 &')
      const cancel = new AbortController()
      const asking = refusedWith('cancelled', () =>
        askHelper('x', 'r', runOn(ground, { signal: cancel.signal })),
      )
      await until('it has ended', () => ground.pids().length === 1 && !ground.pids().some(isAlive))
      cancel.abort()
      await asking
    }))

  test('cancelled before :: it is not started', () =>
    onGround(async (ground) => {
      ground.helper('x', 'echo $$ >> $PIDS')
      const run = runOn(ground, { signal: AbortSignal.abort() })
      await refusedWith('cancelled', () => askHelper('x', 'r', run))
      assert.equal(ground.pids(), [])
    }))

  test('cancelled meanwhile :: killed, and gone when that is reported', () =>
    onGround(async (ground) => {
      ground.helper('x', `${LEAK}\n${SPAWNS}\nwait`)
      const cancel = new AbortController()
      const asking = refusedWith('cancelled', () =>
        askHelper('x', 'r', runOn(ground, { signal: cancel.signal })),
      )
      await until('it runs', () => ground.pids().length === 2)
      cancel.abort()
      await asking
      const [own = 0, started = 0] = ground.pids()
      assert.not.ok(isAlive(own))
      await until('what it had started has gone', () => !isAlive(started))
    }))
})

suite('helperWords', (test) => {
  test('of many words the last ones are kept, where the cause is', () =>
    onGround(async (ground) => {
      ground.helper(
        'x',
        'i=0; while [ $i -lt 300 ]; do echo "Traceback of a script, line $i" >&2; i=$((i+1)); done; echo "No module named google." >&2; exit 1',
      )
      const error = await refusedWith('invalid-configuration', () =>
        askHelper('x', 'r.example', runOn(ground)),
      )
      assert.match(error.message, /^[^…]*status 1: ….*No module named google\.$/)
    }))

  test('nothing where credentials belong', () =>
    onGround(async (ground) => {
      ground.helper('x', 'exit 0')
      const error = await refusedWith('invalid-configuration', () =>
        askHelper('x', 'r.example', runOn(ground)),
      )
      assert.match(error.message, /wrote nothing$/)
    }))

  test('values of secret variables are left out; those that are short, or of other variables, are not', () => {
    const env = {
      API_TOKEN: 'correct-horse',
      CI_TOKEN: 'on',
      EDITOR: 'vi-improved',
      NO_SECRET: undefined,
    }
    const errors = 'no access with correct-horse on vi-improved'
    assert.is(helperWords('', errors, env), 'no access with … on vi-improved')
  })
})
