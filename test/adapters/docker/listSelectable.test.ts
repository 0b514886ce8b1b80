import * as assert from 'uvu/assert'
import type { DockerWarning } from '../../../adapters/docker/configFile.ts'
import { listSelectable } from '../../../adapters/docker/selectEngine.ts'
import { withDockerFolder } from '../../support/dockerFolder.ts'
import { suite } from '../../support/suite.ts'

const standard = {
  name: 'default',
  description: 'What DOCKER_HOST says',
  host: 'unix:///var/run/docker.sock',
  error: '',
}

suite('listSelectable', (test) => {
  test('nothing is configured :: the default is in force', () =>
    withDockerFolder(({ env }) => {
      const { contexts, inForce } = listSelectable(env, unexpected, 'linux')
      assert.equal(contexts, [standard])
      assert.equal(inForce, { context: 'default', by: 'default' })
      assert.is(
        listSelectable(env, unexpected, 'win32').contexts[0]?.host,
        'npipe:////./pipe/docker_engine',
      )
      assert.equal(listSelectable(env, unexpected).contexts.length, 1)
    }))

  test('contexts of the store, with the default address where they have none', () =>
    withDockerFolder(({ env, context }) => {
      context('far', { Host: 'ssh://far' }, undefined, 'away')
      context('near', { Host: '' })
      const { contexts } = listSelectable({ ...env, DOCKER_HOST: 'tcp://h:1' }, unexpected, 'linux')
      assert.equal(contexts, [
        { ...standard, host: 'tcp://h:1' },
        { name: 'far', description: 'away', host: 'ssh://far', error: '' },
        { name: 'near', description: '', host: 'unix:///var/run/docker.sock', error: '' },
      ])
    }))

  test('one that is broken, one that is not there and a default that cannot be say why', () =>
    withDockerFolder(({ env, path, context, metaOf }) => {
      context('broken', '{')
      const variables = { ...env, DOCKER_TLS_VERIFY: '1', DOCKER_CONTEXT: 'nosuch' }
      const { contexts, inForce } = listSelectable(variables, unexpected, 'linux')
      const [first, second, third] = contexts
      assert.is(first?.host, '')
      assert.match(first?.error ?? '', `${path}/ca.pem`)
      assert.match(second?.error ?? '', metaOf('broken'))
      assert.equal(third, { name: 'nosuch', description: '', host: '', error: 'it does not exist' })
      assert.is(contexts.length, 3)
      assert.equal(inForce, { context: 'nosuch', by: 'DOCKER_CONTEXT' })
    }))

  test('a config.json that cannot be used is passed over, with a warning', () =>
    withDockerFolder(({ env, config, context }) => {
      config('{')
      context('far', { Host: 'ssh://far' })
      const warnings: string[] = []
      const { contexts } = listSelectable(env, ({ message }) => warnings.push(message), 'linux')
      assert.equal(
        contexts.map(({ name }) => name),
        ['default', 'far'],
      )
      assert.is(warnings.length, 1)
      assert.match(warnings[0] ?? '', /config\.json is not valid JSON/)
    }))
})

function unexpected({ message }: DockerWarning): never {
  throw new Error(message)
}
