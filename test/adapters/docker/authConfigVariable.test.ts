import * as assert from 'uvu/assert'
import { PLANTED } from '../../support/engineFailure.ts'
import { suite } from '../../support/suite.ts'
import { alice, base64, login, onGround, read, readWarned } from './credentialGround.ts'

suite('readDockerConfig :: DOCKER_AUTH_CONFIG', (test) => {
  const env = { username: 'env', password: PLANTED }
  const auths = { auths: { r: { auth: base64(`env:${PLANTED}`) } } }
  const BEHIND: [title: string, config: unknown][] = [
    ['auths', { auths: { r: login } }],
    ['a helper, which is not run', { credHelpers: { r: 'a' } }],
    ['a helper that is not there', { credsStore: 'nosuch' }],
    ['a file that cannot be used', '{'],
  ]
  for (const [title, config] of BEHIND) {
    test(`goes before ${title}`, () =>
      onGround(async (ground) => {
        ground.helper('a', 'echo $$ >> $PIDS')
        ground.config(config)
        const given = { ...ground.env, DOCKER_AUTH_CONFIG: JSON.stringify(auths) }
        assert.equal(await read(given, 'r'), env)
        assert.equal(ground.pids(), [])
      }))
  }

  for (const text of ['', ' ', '{}', '{"auths":null}', '{"auths":{"s":{}}}']) {
    test(`${JSON.stringify(text)} :: has nothing for the registry, and the file is read`, () =>
      onGround(async (ground) => {
        ground.config({ auths: { r: login } })
        assert.equal(await read({ ...ground.env, DOCKER_AUTH_CONFIG: text }, 'r'), alice)
      }))
  }

  test('its keys are those of a file', () =>
    onGround(async (ground) => {
      const entry = { auth: base64(`alice:${PLANTED}`) }
      const keys = ['https://index.docker.io/v1/', 'https://r.example:5000/v1/']
      const config = { auths: Object.fromEntries(keys.map((key) => [key, entry])) }
      const given = { ...ground.env, DOCKER_AUTH_CONFIG: JSON.stringify(config) }
      assert.equal(await read(given, 'docker.io'), alice)
      assert.equal(await read(given, 'r.example:5000'), alice)
      assert.is(await read(given, 'r.example'), undefined)
    }))

  const BROKEN: [text: string, why: string][] = [
    ['{', 'is not valid JSON: it ends too early, at line 1, column 2; it is ignored'],
    ['{}{}', 'has more after its end at line 1, column 3; it is ignored'],
    ['[]', 'cannot be used: it is not an object; it is ignored'],
    [`{"auths":{"r":{}}}`, 'has no credentials for "r"; it is ignored'],
    [
      `{"auths":{"r":{"auth":"${base64(PLANTED)}"}}}`,
      'has no username:password in auth of "r"; it is ignored',
    ],
  ]
  for (const [text, why] of BROKEN) {
    test(`${text.slice(0, 20)} :: ${why}`, () =>
      onGround(async (ground) => {
        ground.config({ auths: { r: login } })
        const env = { ...ground.env, DOCKER_AUTH_CONFIG: text }
        const { credentials, warnings } = await readWarned(env, 'r')
        assert.equal(credentials, alice)
        const message = `the variable DOCKER_AUTH_CONFIG ${why}`
        assert.equal(warnings, [{ code: 'docker-config', message }])
      }))
  }
})
