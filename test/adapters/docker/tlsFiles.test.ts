import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { readTlsFiles } from '../../../adapters/docker/contextStore.ts'
import { type DockerFolder, withDockerFolder } from '../../support/dockerFolder.ts'
import { refusedWith } from '../../support/engineFailure.ts'
import { suite } from '../../support/suite.ts'

function write({ path }: DockerFolder, ...files: string[]): void {
  for (const file of files) writeFileSync(join(path, file), `text of ${file}`)
}

suite('readTlsFiles', (test) => {
  test('nothing asks for TLS', () =>
    withDockerFolder((folder) => {
      write(folder, 'ca.pem')
      assert.is(readTlsFiles({}, folder.env), undefined)
      const env = { ...folder.env, DOCKER_CERT_PATH: folder.path, DOCKER_TLS_VERIFY: '' }
      assert.is(readTlsFiles({ tlscacert: '/nosuch' }, env), undefined)
    }))

  const asks = [
    ['--tlsverify', { tlsverify: true }, {}, true],
    ['DOCKER_TLS_VERIFY', {}, { DOCKER_TLS_VERIFY: '1' }, true],
    ['DOCKER_TLS_VERIFY=0, which is not empty', {}, { DOCKER_TLS_VERIFY: '0' }, true],
    ['--tls', { tls: true }, {}, false],
    ['DOCKER_TLS', {}, { DOCKER_TLS: '1' }, false],
    ['--tls and DOCKER_TLS_VERIFY', { tls: true }, { DOCKER_TLS_VERIFY: '1' }, true],
  ] as const
  for (const [title, flags, env, verify] of asks) {
    test(`${title} :: with the files of the configuration`, () =>
      withDockerFolder((folder) => {
        write(folder, 'ca.pem', 'cert.pem', 'key.pem')
        assert.equal(readTlsFiles(flags, { ...folder.env, ...env }), {
          verify,
          ca: 'text of ca.pem',
          cert: 'text of cert.pem',
          key: 'text of key.pem',
        })
      }))
  }

  test('DOCKER_CERT_PATH is looked into in place of the configuration', () =>
    withDockerFolder((folder) => {
      const DOCKER_CERT_PATH = join(folder.path, 'certs')
      mkdirSync(DOCKER_CERT_PATH)
      write(folder, 'key.pem', 'certs/ca.pem')
      const tls = readTlsFiles({ tlsverify: true }, { ...folder.env, DOCKER_CERT_PATH })
      assert.equal(tls, { verify: true, ca: 'text of certs/ca.pem' })
    }))

  test('flags name other files', () =>
    withDockerFolder((folder) => {
      write(folder, 'ca.pem', 'a', 'b', 'c')
      const at = (file: string) => join(folder.path, file)
      const files = { tlscacert: at('a'), tlscert: at('b'), tlskey: at('c') }
      const tls = readTlsFiles({ tlsverify: true, ...files }, folder.env)
      assert.equal(tls, { verify: true, ca: 'text of a', cert: 'text of b', key: 'text of c' })
    }))

  test('without a check nothing needs to be there', () =>
    withDockerFolder(({ env }) => {
      assert.equal(readTlsFiles({ tls: true }, env), { verify: false })
    }))

  test('a check needs a CA :: the file is named', () =>
    withDockerFolder(async ({ env, path }) => {
      const error = await refusedWith('invalid-option', async () =>
        readTlsFiles({ tlsverify: true }, env),
      )
      assert.match(error.message, `there is no file ${join(path, 'ca.pem')}; name another one`)
    }))

  for (const flag of ['tlscacert', 'tlscert', 'tlskey']) {
    test(`a file that is named and not there :: --${flag}`, () =>
      withDockerFolder(async ({ env }) => {
        const error = await refusedWith('invalid-option', async () =>
          readTlsFiles({ tls: true, [flag]: '/nosuch/x.pem' }, env),
        )
        assert.match(error.message, 'there is no file /nosuch/x.pem')
      }))
  }

  test('a pipe that is named :: is waited for, and given up without a writer', () =>
    withDockerFolder(async ({ env, path }) => {
      const tlskey = join(path, 'key')
      execFileSync('mkfifo', [tlskey])
      const ended = once(spawn('sh', ['-c', 'printf text > "$0"', tlskey]), 'close')
      assert.equal(readTlsFiles({ tls: true, tlskey }, env), { verify: false, key: 'text' })
      await ended
      const error = await refusedWith('invalid-configuration', async () =>
        readTlsFiles({ tls: true, tlskey }, env),
      )
      assert.match(error.message, `${tlskey} cannot be read: it is a pipe that nothing writes to`)
    }))

  test('a file that cannot be read', () =>
    withDockerFolder(async ({ env, path }) => {
      const error = await refusedWith('invalid-configuration', async () =>
        readTlsFiles({ tls: true, tlskey: path }, env),
      )
      assert.match(error.message, `the TLS file ${path} cannot be read (EISDIR): it is a folder`)
    }))
})
