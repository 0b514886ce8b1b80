import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { suite } from '../../support/suite.ts'
import { lines, onStage, type Stage } from './stage.ts'

const SSHFS = 'vieux/sshfs'
const ALLOWED = ['network:host', 'mount:/var/lib/**', 'mount:', 'device:/dev/fuse']
const CAPABILITY = 'capabilities:CAP_SYS_ADMIN'
const allow = (patterns: readonly string[]) => patterns.flatMap((pattern) => ['--allow', pattern])

function policyFile({ config }: Stage, policy: unknown): string {
  const path = join(config, 'policy.json')
  writeFileSync(path, typeof policy === 'string' ? policy : JSON.stringify(policy))
  return path
}

suite('plugin-flow install :: a policy answers', (test) => {
  test('--allow :: everything is allowed, without a question', () =>
    onStage(async ({ embedded, run }) => {
      const { code, stdout, stderr } = run(SSHFS, ...allow([...ALLOWED, CAPABILITY]))
      assert.is(await code, 0)
      assert.not.match(stdout.text(), 'Do you grant')
      assert.is(stderr.text(), '')
      assert.ok(embedded.plugins()[0]?.Enabled)
    }))

  test('--allow :: the missing permission is named, without a question', () =>
    onStage(async ({ embedded, run }) => {
      const { code, stdin, stdout, stderr } = run(SSHFS, ...allow(ALLOWED))
      stdin.end('y\n')
      assert.is(await code, 1)
      assert.not.match(stdout.text(), 'Do you grant')
      assert.equal(lines(stderr), [
        `plugin-flow: the privileges were not granted: not allowed: ${CAPABILITY}`,
        'what to do: Grant them to install the plugin.',
        'on the engine: nothing was installed',
      ])
      assert.equal(embedded.plugins(), [])
    }))

  test('--allow :: a setting that widens has to be allowed too', () =>
    onStage(async ({ run }) => {
      const patterns = allow([...ALLOWED, CAPABILITY])
      const denied = run(SSHFS, 'state.source=/etc', ...patterns)
      assert.is(await denied.code, 1)
      assert.match(denied.stderr.text(), 'not allowed: mount:/etc\n')
      assert.is(await run(SSHFS, 'state.source=/var/lib/x', ...patterns).code, 0)
    }))

  test('--allow :: a mount without a source is named, with the option that allows it', () =>
    onStage(async ({ embedded, run }) => {
      const others = [...ALLOWED, CAPABILITY].filter((pattern) => pattern !== 'mount:')
      const { code, stderr } = run(SSHFS, ...allow(others))
      assert.is(await code, 1)
      assert.is(
        lines(stderr)[0],
        'plugin-flow: the privileges were not granted: not allowed: mount: (it has no source yet: --allow mount: or the pattern "mount:" allows it)',
      )
      assert.equal(embedded.plugins(), [])
    }))

  for (const page of ['command.md', 'guides/unattended.md']) {
    test(`--policy :: the example in ${page} installs what it names`, () =>
      onStage(async (stage) => {
        const text = readFileSync(join(import.meta.dirname, '../../../docs', page), 'utf8')
        const blocks = [...text.matchAll(/```json\n([\s\S]*?)```/g)].map(([, json = '']) => json)
        const [example = ''] = blocks.filter((json) => json.includes('"rules"'))
        const { code, stderr } = stage.run(SSHFS, '--policy', policyFile(stage, example))
        assert.equal([await code, stderr.text()], [0, ''])
      }))
  }

  test('--policy :: by reference', () =>
    onStage(async (stage) => {
      const rules = [{ reference: 'vieux/*:latest', allow: [...ALLOWED, CAPABILITY] }]
      const path = policyFile(stage, { version: 1, rules })
      assert.is(await stage.run(SSHFS, '--policy', path).code, 0)
      assert.ok(stage.embedded.plugins()[0]?.Enabled)
    }))

  test('--policy :: a plugin without a rule is denied', () =>
    onStage(async (stage) => {
      const path = policyFile(stage, { version: 1, rules: [] })
      const { code, stderr } = stage.run(SSHFS, '--policy', path)
      assert.is(await code, 1)
      assert.match(stderr.text(), 'not granted: the policy has no rule for vieux/sshfs\n')
      assert.equal(stage.embedded.plugins(), [])
    }))

  const unusable: [policy: unknown, words: string][] = [
    ['{', 'the policy is no JSON'],
    [{ version: 2, rules: [] }, 'the policy is not { "version": 1, "rules": [ … ] }'],
    [
      { version: 1, rules: [{ reference: 'a', allow: [] }, { reference: 'a' }] },
      'rule 2 of the policy needs "allow": a list of NAME:VALUE',
    ],
    [
      { version: 1, rules: [{ reference: 'a', allow: ['x\x1b'] }] },
      'rule 1 of the policy: "x\\u{1b}" allows nothing: write NAME:VALUE, as in mount:/var/lib/*',
    ],
  ]
  for (const [policy, words] of unusable) {
    test(`--policy :: ${JSON.stringify(policy)} :: one line, and 2`, () =>
      onStage(async (stage) => {
        const path = policyFile(stage, policy)
        const { code, stdout, stderr } = stage.run(SSHFS, '--policy', path)
        assert.is(await code, 2)
        const told = `plugin-flow: --policy ${path}: ${words}; see plugin-flow install --help\n`
        assert.is(stderr.text(), told)
        assert.is(stdout.text(), '')
        assert.equal(stage.embedded.requests(), [])
      }))
  }

  test('--policy :: a file that cannot be read', () =>
    onStage(async ({ config, run }) => {
      const [large, latin] = [join(config, 'large.json'), join(config, 'latin.json')]
      const pipe = join(config, 'pipe')
      if (process.platform !== 'win32') execFileSync('mkfifo', [pipe])
      writeFileSync(large, ' '.repeat(1024 * 1024 + 1))
      writeFileSync(latin, Buffer.from('{"version":1,"rules":[],"\xe9":1}', 'latin1'))
      for (const [path, why] of [
        [join(config, 'nosuch.json'), 'there is no such file'],
        [config, 'it is a folder'],
        [large, 'it has more than 1 MiB'],
        [latin, 'it is not text in UTF-8'],
        // A device has no end.
        ...(process.platform === 'win32'
          ? []
          : ([
              ['/dev/zero', 'it has more than'],
              [pipe, 'it is a pipe that nothing writes to'],
            ] as const)),
      ] as const) {
        const { code, stderr } = run(SSHFS, '--policy', path)
        assert.is(await code, 2)
        assert.match(stderr.text(), `plugin-flow: --policy ${path}: ${why}`)
      }
    }))

  test('--allow :: an invalid pattern', () =>
    onStage(async ({ run, embedded }) => {
      const { code, stderr } = run(SSHFS, '--allow', 'mount:/x', '--allow', 'mount')
      assert.is(await code, 2)
      assert.match(stderr.text(), /^plugin-flow: --allow: "mount" allows nothing: .*; see .*\n$/)
      assert.equal(embedded.requests(), [])
    }))
})
