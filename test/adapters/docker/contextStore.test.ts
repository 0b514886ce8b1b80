import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { listContexts, readContext } from '../../../adapters/docker/contextStore.ts'
import { withDockerFolder } from '../../support/dockerFolder.ts'
import { PLANTED, refusedWith } from '../../support/engineFailure.ts'
import { suite } from '../../support/suite.ts'

suite('readContext', (test) => {
  test('a context without TLS', () =>
    withDockerFolder((folder) => {
      folder.context('plain', { Host: 'ssh://me@engine', SkipTLSVerify: false })
      assert.equal(readContext(folder.path, 'plain'), {
        name: 'plain',
        description: '',
        host: 'ssh://me@engine',
      })
    }))

  test('is where Docker has it', () =>
    withDockerFolder((folder) => {
      const id = '9c0abe51c6e6655d81de2d044d4fb194931f058c0426c67c7285d8f5657ed64a'
      const meta = join(folder.path, 'contexts/meta', id)
      mkdirSync(meta, { recursive: true })
      // As docker context create has written it.
      const text =
        '{"Name":"c2","Metadata":{},"Endpoints":{"docker":{"Host":"tcp://127.0.0.1:18375","SkipTLSVerify":false}}}'
      writeFileSync(join(meta, 'meta.json'), text)
      assert.is(readContext(folder.path, 'c2')?.host, 'tcp://127.0.0.1:18375')
    }))

  test('its TLS files, and its description', () =>
    withDockerFolder((folder) => {
      const tls = { ca: 'A', cert: 'B', key: 'C' }
      folder.context('safe', { Host: 'tcp://engine' }, tls, 'in the cellar')
      assert.equal(readContext(folder.path, 'safe'), {
        name: 'safe',
        description: 'in the cellar',
        host: 'tcp://engine',
        tls: { ca: 'A', cert: 'B', key: 'C', verify: true },
      })
    }))

  for (const file of ['ca', 'cert', 'key']) {
    test(`one TLS file is enough for TLS :: ${file}`, () =>
      withDockerFolder((folder) => {
        folder.context('half', { Host: 'tcp://engine' }, { [file]: 'X' })
        assert.equal(readContext(folder.path, 'half')?.tls, { [file]: 'X', verify: true })
      }))
  }

  test('SkipTLSVerify :: TLS without a check', () =>
    withDockerFolder((folder) => {
      folder.context('lax', { Host: 'tcp://engine', SkipTLSVerify: true })
      assert.equal(readContext(folder.path, 'lax')?.tls, { verify: false })
    }))

  test('a host that is absent is empty', () =>
    withDockerFolder((folder) => {
      folder.context('bare', {})
      assert.is(readContext(folder.path, 'bare')?.host, '')
    }))

  test('a missing context', () =>
    withDockerFolder((folder) => {
      assert.is(readContext(folder.path, 'nosuch'), undefined)
      folder.context('other', {})
      assert.is(readContext(folder.path, '../other'), undefined)
    }))

  const broken: [title: string, text: string, words: RegExp][] = [
    [
      'no JSON',
      `{"Name": "${PLANTED}`,
      /is not valid JSON: it ends too early, at line 1, column \d+$/,
    ],
    ['no object', '[]', /it is not an object$/],
    ['another name', '{"Name":"b","Endpoints":{"docker":{}}}', /contains another name$/],
    ['no name', '{"Endpoints":{"docker":{}}}', /contains another name$/],
    ['no engine', '{"Name":"a","Endpoints":{"kubernetes":{}}}', /names no Docker Engine$/],
    ['no endpoints', '{"Name":"a"}', /names no Docker Engine$/],
    ['an invalid endpoint', '{"Name":"a","Endpoints":{"docker":7}}', /"docker" is not an object$/],
    [
      'an invalid host',
      '{"Name":"a","Endpoints":{"docker":{"Host":7}}}',
      /"Host" is not a string$/,
    ],
  ]
  for (const [title, text, words] of broken) {
    test(`${title} :: names the context and the file`, () =>
      withDockerFolder(async (folder) => {
        folder.context('a', text)
        const error = await refusedWith('invalid-configuration', async () =>
          readContext(folder.path, 'a'),
        )
        assert.match(error.message, words)
        assert.ok(error.message.startsWith(`the Docker context "a" (${folder.metaOf('a')}) `))
      }))
  }

  test('a file that cannot be read', () =>
    withDockerFolder(async (folder) => {
      folder.context('a', {})
      rmSync(folder.metaOf('a'))
      mkdirSync(folder.metaOf('a'))
      const error = await refusedWith('invalid-configuration', async () =>
        readContext(folder.path, 'a'),
      )
      assert.match(error.message, /cannot be read \(EISDIR\): it is a folder/)
    }))
})

suite('listContexts', (test) => {
  test('none', () =>
    withDockerFolder((folder) => {
      assert.equal(listContexts(folder.path), [])
      assert.equal(listContexts(join(folder.path, 'nosuch')), [])
    }))

  test('by their names; what is broken tells why', () =>
    withDockerFolder((folder) => {
      folder.context('zebra', { Host: 'tcp://z' }, undefined, 'striped')
      folder.context('ant', { Host: 'unix:///a' })
      folder.context('cow', '{"Name":"cow"}')
      folder.context('dog', '{')
      folder.context('egg', '{"Name":"fox","Endpoints":{"docker":{}}}')
      folder.context('gnu', {})
      rmSync(folder.metaOf('gnu'))
      const found = listContexts(folder.path)
      assert.equal(
        found.map(({ name }) => (name.startsWith('(') ? '(…)' : name)),
        ['(…)', '(…)', 'ant', 'cow', 'zebra'],
      )
      assert.equal(found[4], { name: 'zebra', description: 'striped', host: 'tcp://z' })
      const errors = found.map((context) => ('error' in context ? context.error : ''))
      assert.match(errors.slice(0, 2).join('\n'), /is not valid JSON/)
      assert.match(errors.slice(0, 2).join('\n'), /contains the name of another context/)
      assert.match(errors[3] ?? '', /names no Docker Engine$/)
    }))
})
