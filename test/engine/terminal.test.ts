import * as assert from 'uvu/assert'
import { engineSuite } from './world/engineSuite.ts'
import { onEngine } from './world/flows.ts'
import { runInstall } from './world/runInstall.ts'
import { runTerminal } from './world/runTerminal.ts'

engineSuite('real engine :: plugin-flow install on a terminal', (test, world) => {
  const locked = () => world().registries.private
  const reference = () => world().reference('private', locked())

  test('wrong credentials first, good ones second :: shown is the user name, and no password', async () => {
    const { username, password } = locked()
    const { answer, ended } = runTerminal(world(), [reference()])
    await answer(`The registry ${locked().address} requires credentials`, '')
    await answer('Username: ', `${username}\r`)
    await answer(`Password for ${username}: `, 'wrong-horse\r')
    await answer(`The registry ${locked().address} gives no access with these credentials`, '')
    await answer(`Username (${username}): `, '\r')
    await answer(`Password for ${username}: `, `${password}\r`)
    const { code, screen } = await ended
    assert.is(code, 0, screen)
    assert.match(screen, `Username: ${username}`)
    assert.not.match(screen, 'wrong-horse')
    assert.not.match(screen, password)
    assert.equal(await onEngine(world()), [`${reference()} enabled`])
  })

  test('Ctrl-C at the user name, and at the password :: 130, and nothing is installed', async () => {
    const { username } = locked()
    for (const keys of [['\x03'], [`${username}\r`, 'half a pass\x03']]) {
      const { answer, ended } = runTerminal(world(), [reference()])
      await answer('Username: ', keys[0] ?? '')
      if (keys[1]) await answer(`Password for ${username}: `, keys[1])
      const { code, screen } = await ended
      assert.is(code, 130, screen)
      assert.match(screen, 'SIGINT: cancelled')
      assert.not.match(screen, 'half a pass')
      assert.equal(await onEngine(world()), [])
    }
  })

  test('Ctrl-D at the user name :: it says how to log in, and 1', async () => {
    const { answer, ended } = runTerminal(world(), [reference()])
    await answer('Username: ', '\x04')
    const { code, screen } = await ended
    assert.is(code, 1, screen)
    assert.match(screen, `docker login ${locked().address}`)
  })

  test('--username and --password-stdin, from a pipe', async () => {
    const { username, password } = locked()
    const login = [reference(), '--username', username, '--password-stdin']
    const good = await runInstall(world(), login, { input: `${password}\n` }).ended
    assert.equal([good.code, good.stderr], [0, ''])
    assert.equal(await onEngine(world()), [`${reference()} enabled`])
    await world().removeAll()
    const wrong = await runInstall(world(), login, { input: 'wrong-horse\n' }).ended
    assert.is(wrong.code, 1)
    assert.match(wrong.stderr, `${locked().address} did not accept the credentials`)
    assert.not.match(wrong.stdout + wrong.stderr, 'wrong-horse')
    assert.equal(await onEngine(world()), [])
  })
})
