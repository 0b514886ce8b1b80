import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { readFleet } from '../../../src/rollout/fleet.ts'
import { makeDockerFolder } from '../../support/dockerFolder.ts'
import { refusedWith } from '../../support/engineFailure.ts'
import { answerJSON, answerPing, serveEngine } from '../../support/engineServer.ts'
import { suite } from '../../support/suite.ts'

/** A folder with a fleet file of these sources, and the contexts that it may name. */
async function asked(
  source: object,
  set: (folder: string, docker: ReturnType<typeof makeDockerFolder>) => void = () => {},
  { signal, targets }: { signal?: AbortSignal; targets?: object[] } = {},
) {
  const folder = mkdtempSync(join(tmpdir(), 'fleet-'))
  const docker = makeDockerFolder(folder)
  try {
    set(folder, docker)
    const file = join(folder, 'fleet.json')
    writeFileSync(file, JSON.stringify({ ...(targets && { targets }), sources: [source] }))
    const env = { ...docker.env, PATH: process.env.PATH }
    return (await readFleet(file, { env, ...(signal && { signal }) })).targets
  } finally {
    rmSync(folder, { recursive: true })
  }
}

const listed = (...ids: string[]) =>
  JSON.stringify({ targets: ids.map((id) => ({ id, host: `tcp://${id}:2375` })) })

/** Writes a program that is a shell script. */
function script(lines: string) {
  return (folder: string) => {
    writeFileSync(join(folder, 'list'), `#!/bin/sh\n${lines}\n`)
    chmodSync(join(folder, 'list'), 0o755)
  }
}

suite('readFleet :: contexts', (test) => {
  const contexts = (_: string, docker: ReturnType<typeof makeDockerFolder>) => {
    docker.context('prod-1', { Host: 'tcp://one:2375' })
    docker.context('prod-2', { Host: 'tcp://two:2375' })
    docker.context('test-1', { Host: 'tcp://three:2375' })
    docker.context('broken', '{')
  }

  test('those that the pattern matches, with what the source gives all', async () => {
    const targets = await asked(
      { contexts: 'prod-*', zone: 'eu', labels: { tier: 'one' } },
      contexts,
      { targets: [{ id: 'own', host: 'tcp://own', labels: { tier: 'two' } }] },
    )
    assert.equal(targets, [
      { id: 'own', labels: { tier: 'two' }, access: { host: 'tcp://own' } },
      { id: 'prod-1', zone: 'eu', labels: { tier: 'one' }, access: { context: 'prod-1' } },
      { id: 'prod-2', zone: 'eu', labels: { tier: 'one' }, access: { context: 'prod-2' } },
    ])
  })

  test('a pattern that matches nothing', async () => {
    await refusedWith(
      'invalid-configuration',
      () => asked({ contexts: 'prd-*' }, contexts),
      /^sources\[0\] of the fleet file .*fleet.json matches no Docker context with "prd-\*"; plugin-flow/,
    )
  })

  test('a context that is broken', async () => {
    await refusedWith(
      'invalid-configuration',
      () => asked({ contexts: '*' }, contexts),
      /matches a broken context: the Docker context/,
    )
  })

  test('an ID that is there twice', async () => {
    await refusedWith(
      'invalid-configuration',
      () =>
        asked({ contexts: 'prod-*' }, contexts, { targets: [{ id: 'prod-2', host: 'tcp://x' }] }),
      /lists two targets with the ID "prod-2": give each its own/,
    )
  })
})

suite('readFleet :: a command', (test) => {
  test('its targets; their own zone and labels count', async () => {
    const targets = await asked(
      { command: ['./list', 'x y', '$HOME'], zone: 'eu', labels: { a: '1', b: '1' } },
      script(
        `[ "$1,$2" = 'x y,$HOME' ] && [ -f fleet.json ] && echo '${JSON.stringify({
          targets: [{ id: 'a', host: 'tcp://a', zone: 'us', labels: { b: '2' } }],
        })}'`,
      ),
    )
    assert.equal(targets, [
      { id: 'a', zone: 'us', labels: { a: '1', b: '2' }, access: { host: 'tcp://a' } },
    ])
  })

  test('a program of the PATH', async () => {
    const targets = await asked({ command: ['echo', listed('a', 'b')] })
    assert.equal(
      targets.map(({ id }) => id),
      ['a', 'b'],
    )
  })

  const failures: [lines: string, words: RegExp][] = [
    ['echo no list >&2; exit 3', /runs "\.\/list", which failed with exit status 3: no list$/],
    ['kill -9 $$', /which failed with exit status of a signal$/],
    ['echo "{"', /^the output of "\.\/list" is not valid JSON: it ends too early/],
    [`echo '{"targets":[{"id":"a"}]}'`, /^the output of "\.\/list" cannot be used: targets\[0\]/],
    [`echo '{"sources":[{"contexts":"*"}]}'`, /which lists sources: it may list targets only/],
    [`echo '{"targets":[],"sources":[{"contexts":"*"}]}'`, /which lists sources/],
    ['echo \'{"targets":[]}\'', /neither|lists no target/],
    ['head -c 5000000 /dev/zero', /which wrote more than 4 MiB and was killed$/],
  ]
  for (const [lines, words] of failures) {
    test(lines.slice(0, 40), async () => {
      await refusedWith(
        'invalid-configuration',
        () => asked({ command: ['./list'] }, script(lines)),
        words,
      )
    })
  }

  test('one that does not end is killed', async () => {
    await refusedWith(
      'invalid-configuration',
      () => asked({ command: ['./list'], timeout: 1 }, script('exec sleep 1000')),
      /which did not end within 1 s and was killed$/,
    )
  })

  test('cancelled', async () => {
    await refusedWith('cancelled', () =>
      asked({ command: ['./list'] }, script('exec sleep 1000'), { signal: AbortSignal.abort() }),
    )
  })

  test('one that is not there', async () => {
    await refusedWith(
      'invalid-configuration',
      () => asked({ command: ['no-such-program-here'] }),
      /runs "no-such-program-here", which is not on the PATH$/,
    )
    await refusedWith(
      'invalid-configuration',
      () => asked({ command: ['./list'] }),
      /which cannot be started \(ENOENT\)$/,
    )
  })
})

suite('readFleet :: a swarm', (test) => {
  const node = (id: string, more: object = {}) => ({
    ID: id,
    Spec: { Role: 'worker', Labels: { rack: id, id: 'x', 'a b': 'c', empty: '' } },
    Description: { Hostname: `host-${id}` },
    Status: { Addr: id === 'v6' ? 'fd00::1' : '10.0.0.1' },
    ...more,
  })

  async function nodes(list: unknown, source: object = {}, status = 200) {
    const manager = await serveEngine((request, response) => {
      if (request.url === '/_ping') return answerPing(response)
      return answerJSON(response, status, list)
    })
    try {
      return await asked({
        swarm: { host: manager.host },
        host: 'ssh://root@{hostname}',
        ...source,
      })
    } finally {
      await manager.close()
    }
  }

  test('its nodes, with the labels that an expression can have, and their role', async () => {
    assert.equal(await nodes([node('a'), node('b', { Spec: null })]), [
      {
        id: 'host-a',
        labels: { role: 'worker', rack: 'a' },
        access: { host: 'ssh://root@host-a' },
      },
      { id: 'host-b', labels: { role: 'unknown' }, access: { host: 'ssh://root@host-b' } },
    ])
  })

  test('templates', async () => {
    const targets = await nodes([node('a'), node('v6')], {
      host: 'tcp://{address}:2375',
      id: '{hostname}/{id}',
    })
    assert.equal(
      targets.map(({ id, access }) => [id, access]),
      [
        ['host-a/a', { host: 'tcp://10.0.0.1:2375' }],
        ['host-v6/v6', { host: 'tcp://[fd00::1]:2375' }],
      ],
    )
  })

  const failures: [list: unknown, source: object, words: RegExp][] = [
    [[], {}, /^sources\[0\] of the fleet file .* lists no target$/],
    [[node('a')], { host: '{name}' }, /has \{name\} in a template: known are \{id\}, \{hostname\}/],
    [[node('a')], { host: '{toString}' }, /has \{toString\} in a template: known are/],
    [
      [node('a', { Status: {} })],
      { host: '{address}' },
      /\{address\} in a template: the node a has/,
    ],
    [
      [node('a', { Description: { Hostname: 'x -oProxyCommand=y' } })],
      {},
      /^the list of nodes of .* cannot be used: targets\[0\]\.id has a character/,
    ],
    [[node('a'), node('a')], {}, /lists two targets with the ID "host-a"/],
  ]
  for (const [list, source, words] of failures) {
    test(String(words).slice(0, 60), async () => {
      await refusedWith('invalid-configuration', () => nodes(list, source), words)
    })
  }

  test('an engine that is no manager :: its words', async () => {
    const message = 'This node is not a swarm manager. Use "docker swarm init"'
    const error = await nodes({ message }, {}, 503).catch((reason) => reason)
    assert.match(error.message, /^sources\[0\] of the fleet file .*: /)
    assert.match(JSON.stringify(error.details), /not a swarm manager/)
  })
})
