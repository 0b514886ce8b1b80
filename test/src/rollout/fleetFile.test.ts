import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { parseFleetFile, readFleetFile } from '../../../src/rollout/fleetFile.ts'
import { refusedWith } from '../../support/engineFailure.ts'
import { type Schema, violations } from '../../support/jsonSchema.ts'
import { suite } from '../../support/suite.ts'

const schema: Schema = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../../docs/fleet.schema.json'), 'utf8'),
)

const name = 'the fleet file fleet.json'
const parse = (file: unknown) =>
  parseFleetFile(typeof file === 'string' ? file : JSON.stringify(file, null, 2), name, '/fleet')
const one = (target: object) => ({ targets: [{ id: 'a', host: 'tcp://a:2375', ...target }] })
const from = (source: object) => ({ sources: [source] })
const swarm = { context: 'manager' }

suite('parseFleetFile :: what a fleet file may hold', (test) => {
  const files: object[] = [
    one({}),
    one({ zone: 'eu', labels: { role: 'db', 'com.acme/rack': 'a 1', toString: 'x' } }),
    { targets: [{ id: 'web/1.eu@x+y:1', context: 'prod' }] },
    one({ tls: {} }),
    one({ tls: { ca: 'ca.pem', cert: 'cert.pem', key: 'key.pem' } }),
    { $schema: 'x', targets: [], ...from({ contexts: 'prod-*', zone: 'eu' }) },
    from({ command: ['./list', '--json', ''], timeout: 5, labels: { a: 'b' } }),
    from({ swarm, host: 'ssh://root@{hostname}', id: '{id}' }),
  ]
  for (const file of files) {
    test(JSON.stringify(file), () => {
      parse(file)
      assert.equal(violations(schema, file), [])
    })
  }

  test('a target :: paths of its TLS files are from the folder of the file', () => {
    const { targets } = parse(one({ zone: 'eu', tls: { ca: 'tls/ca.pem' }, labels: { a: 'b' } }))
    assert.equal(targets, [
      {
        id: 'a',
        zone: 'eu',
        labels: { a: 'b' },
        access: { host: 'tcp://a:2375', tls: { ca: '/fleet/tls/ca.pem' } },
      },
    ])
  })

  test('sources :: with their defaults', () => {
    const { sources } = parse({
      sources: [{ command: ['list'] }, { swarm, host: 'tcp://{address}:2376', zone: 'us' }],
    })
    assert.equal(sources, [
      { labels: {}, command: ['list'], timeoutMs: 60_000 },
      {
        zone: 'us',
        labels: {},
        swarm: { context: 'manager' },
        hostTemplate: 'tcp://{address}:2376',
        idTemplate: '{hostname}',
      },
    ])
  })

  test('a byte order mark of an editor is passed over', () => {
    assert.is(parse(`\ufeff${JSON.stringify(one({}))}`).targets.length, 1)
  })
})

suite('parseFleetFile :: refused by the reader and by the schema', (test) => {
  const rows: [file: object, words: RegExp][] = [
    [[], /it is not an object, at line 1, column 1$/],
    [{ tragets: [] }, /tragets is unknown: known are \$schema, targets, sources, at line 2/],
    [{ targets: 1 }, /targets is not a list/],
    [{ targets: [7] }, /targets\[0\] is not an object, at line 3, column 5$/],
    [{ targets: [{ host: 'tcp://a' }] }, /targets\[0\]\.id is missing, at line 3, column 5$/],
    [one({ id: '' }), /targets\[0\]\.id is empty, at line 4, column 7$/],
    [one({ id: 'a b' }), /\.id has a character that an ID cannot have/],
    [one({ id: '-a' }), /\.id has a character/],
    [one({ id: 'a'.repeat(256) }), /\.id has more than 255 characters/],
    [one({ host: 7 }), /\.host is not a string/],
    [one({ hots: 'x' }), /\.hots is unknown: known are id, host, context, tls, zone, labels, at/],
    [one({ zone: '' }), /\.zone is empty/],
    [one({ labels: [] }), /\.labels is not an object/],
    [one({ labels: { role: 1 } }), /\.labels\.role is not a string/],
    [one({ labels: { id: 'x' } }), /\.labels\.id is not a name that a label can have/],
    [one({ labels: { 'a b': 'x' } }), /\.labels\."a b" is not a name/],
    [one({ labels: { constructor: 'x' } }), /constructor is not a name that a field can have/],
    [one({ tls: { pw: 'x' } }), /\.tls\.pw is unknown: known are ca, cert, key/],
    [{ sources: [] }, /sources is empty/],
    [from({}), /sources\[0\] needs one of "contexts", "command" and "swarm"/],
    [from({ contexts: 'a', command: ['b'] }), /sources\[0\] needs one of/],
    [from({ contexts: 'a', timeout: 5 }), /\.timeout is only for a source with "command"/],
    [from({ contexts: 'a', host: 'b' }), /\.host is only for a source with "swarm"/],
    [from({ command: ['a'], id: 'b' }), /\.id is only for a source with "swarm"/],
    [from({ command: 'ls -l' }), /\.command is not a list/],
    [from({ command: [] }), /\.command is empty/],
    [from({ command: ['a'], timeout: 601 }), /\.timeout is more than 600/],
    [from({ swarm }), /sources\[0\] needs "host", such as "ssh:\/\/root@\{hostname\}"/],
    [from({ swarm: { ...swarm, x: 1 }, host: 'a' }), /swarm\.x is unknown: known are host, con/],
    [from({ shell: 'ls' }), /sources\[0\]\.shell is unknown: known are contexts, command, t/],
  ]
  for (const [file, words] of rows) {
    test(JSON.stringify(file).slice(0, 70), async () => {
      await refusedWith('invalid-configuration', async () => parse(file), words)
      assert.is.not(violations(schema, file).length, 0)
    })
  }

  test('more targets than a fleet may have', async () => {
    const targets = Array.from({ length: 20_001 }, (_, index) => ({
      id: `t${index}`,
      context: 'x',
    }))
    await refusedWith('invalid-configuration', async () => parse({ targets }), /more than 20000/)
    assert.match(String(violations(schema, { targets })), /more than 20000/)
  })
})

suite('parseFleetFile :: refused by the reader alone', (test) => {
  const rows: [file: object | string, words: RegExp][] = [
    [
      '{\n "targets": [,]}',
      /^the fleet file fleet.json is not valid JSON: .* at line 2, column 14$/,
    ],
    ['{} {}', /has more after its end at line 1, column 4/],
    ['', /is not valid JSON/],
    ['{"targets":[],\n"targets":[]}', /has "targets" twice in one object, at line 2, column 1/],
    [{}, /it has neither "targets" nor "sources"/],
    ['{"targets":[{"id":"a","__proto__":{"host":"tcp://a"}}]}', /__proto__ is not a name/],
    ['{"targets":[{"id":"a","labels":{"__proto__":"x"}}]}', /__proto__ is not a name/],
    [{ targets: [{ id: 'a' }] }, /targets\[0\] needs either "host" or "context", at line 3/],
    [one({ context: 'b' }), /targets\[0\] needs either "host" or "context"/],
    [{ targets: [{ id: 'a', context: 'b', tls: {} }] }, /\.tls is not for a context/],
    [one({ tls: { cert: 'a' } }), /\.tls needs "cert" and "key" together/],
    [one({ host: 'a:2375' }), /\.host is invalid: .*is not an address that Docker knows/],
    [one({ host: 'unix:///x', tls: {} }), /TLS is asked for/],
    [from({ swarm: {}, host: 'a' }), /swarm needs either "host" or "context"/],
  ]
  for (const [file, words] of rows) {
    test(String(words), async () => {
      await refusedWith('invalid-configuration', async () => parse(file), words)
    })
  }

  for (const host of [
    'ssh://root:hunter2@a',
    'https://me:hunter2@a:2376',
    'tcp://hunter2@a',
    'https://a/?token=hunter2',
  ]) {
    test(`a host with credentials in it is refused, and not quoted :: ${host}`, async () => {
      const error = await refusedWith('invalid-configuration', async () => parse(one({ host })))
      assert.match(error.message, /targets\[0\]\.host is invalid/)
      assert.not.match(error.message, /hunter2/)
    })
  }
})

suite('readFleetFile', (test) => {
  test('a file that does not exist', async () => {
    await refusedWith(
      'invalid-configuration',
      async () => readFleetFile('/nowhere/fleet.json'),
      /^the fleet file \/nowhere\/fleet.json does not exist$/,
    )
  })
})
