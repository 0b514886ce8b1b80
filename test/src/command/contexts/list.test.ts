import * as assert from 'uvu/assert'
import { dockerVersion, runDocker } from '../../../oracle/dockerCommand.ts'
import { type DockerFolder, withDockerFolder } from '../../../support/dockerFolder.ts'
import { withTool } from '../../../support/optionalTool.ts'
import { suite } from '../../../support/suite.ts'
import { run } from '../stage.ts'

type Env = Record<string, string>

async function list(env: Env, ...args: string[]) {
  const { code, stdout, stderr } = run({}, env, ['context', 'ls', ...args])
  return { code: await code, stdout: stdout.text(), stderr: stderr.text() }
}

/** Three contexts: far away, with the default address, and one that is broken. */
const onContexts = (act: (folder: DockerFolder) => Promise<void>) =>
  withDockerFolder(async (folder) => {
    folder.context('far10', { Host: 'ssh://me@far.example' }, undefined, 'far away')
    folder.context('far9', { Host: '' })
    folder.context('broken', '{')
    await act(folder)
  })

suite('plugin-flow context ls', (test) => {
  test('a table with a star on the one in force, and why another cannot be', () =>
    onContexts(async ({ env, metaOf }) => {
      const { code, stdout, stderr } = await list(env)
      assert.equal([code, stderr], [0, ''])
      const [header = '', , standard = '', nine = '', ten = '', ...more] = stdout.split('\n')
      assert.match(header, /^NAME +DESCRIPTION +DOCKER ENDPOINT +ERROR$/)
      assert.match(
        standard,
        /^default \* +What DOCKER_HOST says +unix:\/\/\/var\/run\/docker.sock$/,
      )
      assert.match(nine, /^far9 +unix:\/\/\/var\/run\/docker.sock$/)
      assert.match(ten, /^far10 +far away +ssh:\/\/me@far.example$/)
      assert.equal(more, [''])
      assert.ok(stdout.includes(metaOf('broken')), stdout)
    }))

  test('no configuration :: the default', () =>
    withDockerFolder(async ({ env }) => {
      assert.equal(await list(env, '--quiet'), { code: 0, stdout: 'default\n', stderr: '' })
    }))

  const deciding: [by: string, env: Env, current: string, endpoint: string][] = [
    ['DOCKER_HOST', { DOCKER_HOST: 'tcp://h:1', DOCKER_CONTEXT: 'far9' }, 'default', 'tcp://h:1'],
    ['DOCKER_CONTEXT', { DOCKER_CONTEXT: 'far10' }, 'far10', 'ssh://me@far.example'],
    ['DOCKER_CONTEXT', { DOCKER_CONTEXT: 'nosuch' }, 'nosuch', ''],
  ]
  for (const [by, variables, current, endpoint] of deciding) {
    test(`${by} decides for ${current} :: it is said`, () =>
      onContexts(async ({ env, config }) => {
        config({ currentContext: 'far9' })
        const { stderr } = await list({ ...env, ...variables })
        assert.is(stderr, `plugin-flow: ${by} decides which engine is used\n`)
        assert.equal(currentOf(await list({ ...env, ...variables }, '--format', 'json')), [
          { Name: current, DockerEndpoint: endpoint },
        ])
      }))
  }

  test('currentContext decides :: it is as Docker says it', () =>
    onContexts(async ({ env, config }) => {
      config({ currentContext: 'far9' })
      const listed = await list(env, '--format', 'json')
      assert.equal(currentOf(listed), [
        { Name: 'far9', DockerEndpoint: 'unix:///var/run/docker.sock' },
      ])
      assert.is(listed.stderr, '')
    }))

  test('a configuration that cannot be used :: a warning, and the list', () =>
    withDockerFolder(async ({ env, path, config }) => {
      config('{')
      const { code, stdout, stderr } = await list(env)
      assert.is(code, 0)
      assert.match(stdout, /^default \*/m)
      const warning = `plugin-flow: warning: the Docker config ${path}/config.json is not valid JSON: it ends too early, at line 1, column 2; it is ignored\n`
      assert.is(stderr, warning)
    }))

  test('a name from outside is shown with its control characters', () =>
    withDockerFolder(async ({ env, context }) => {
      context('red\x1b[31m', { Host: 'tcp://h:1' })
      const { stdout } = await list(env)
      assert.not.match(stdout, /\x1b/)
      assert.match(stdout, 'red')
    }))

  test('arguments are refused', () =>
    withDockerFolder(async ({ env }) => {
      const { code, stderr } = await list(env, 'far')
      assert.is(code, 2)
      assert.match(stderr, /^plugin-flow: context ls takes no arguments/)
    }))

  withTool(
    test,
    'docker',
    (program) => {
      const variables: Env[] = [{}, { DOCKER_CONTEXT: 'far9' }, { DOCKER_CONTEXT: 'nosuch' }]
      for (const env of variables) {
        test(`as Docker’s own command :: ${JSON.stringify(env)}`, () =>
          withDockerFolder(async (folder) => {
            folder.context('far10', { Host: 'ssh://me@far.example' }, undefined, 'far away')
            folder.context('far9', { Host: 'tcp://h:2375' })
            const all = { ...folder.env, ...env }
            for (const format of [
              '{{.Name}} {{.Current}} {{.DockerEndpoint}}',
              'table {{.Name}}',
            ]) {
              const { PATH } = process.env
              const args = ['context', 'ls', '--format', format]
              const theirs = await runDocker(program, { ...all, PATH }, args)
              const ours = await list(all, '--format', format)
              assert.equal([ours.code, ours.stdout], [theirs.code, theirs.stdout])
            }
          }))
      }
    },
    (program) => dockerVersion(program).isFit,
  )
})

function currentOf({ stdout }: { stdout: string }) {
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
    .filter(({ Current }) => Current)
    .map(({ Name, DockerEndpoint }) => ({ Name, DockerEndpoint }))
}
