import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { bashScript } from '../../../../src/command/completion/bash.ts'
import { fishScript } from '../../../../src/command/completion/fish.ts'
import { zshScript } from '../../../../src/command/completion/zsh.ts'
import type { CommandEntry } from '../../../../src/command/defineCommand.ts'
import { commandTable } from '../../../../src/command/runCommand.ts'
import { withTool } from '../../../support/optionalTool.ts'
import { suite } from '../../../support/suite.ts'
import { run } from '../stage.ts'
import { DISABLED, ENABLED, harness, onGround } from './shellGround.ts'

const top = commandTable.map(({ name }) => name.split(' ')[0] ?? '')
const optionsOf = (name: string) =>
  Object.keys(commandTable.find((command) => command.name === name)?.options ?? {})

/** A line, and the words that it can go on with; `listed` where a shell shows whole words. */
const lines: [line: string, words: string[], listed?: string[]][] = [
  ['plugin-flow ', [...new Set(top)]],
  ['plugin-flow ins', ['inspect', 'install']],
  ['plugin-flow help comp', ['completion']],
  ['plugin-flow completion ', ['bash', 'fish', 'zsh']],
  ['plugin-flow install --eng', ['--engine']],
  ['plugin-flow install --engine ', ['embedded']],
  ['plugin-flow install --if-present k', ['keep']],
  ['plugin-flow rm ', [ENABLED, DISABLED]],
  ['plugin-flow remove v', [DISABLED]],
  ['plugin-flow rm -f vieux/sshfs:la', ['latest'], [DISABLED]],
  ['plugin-flow enable ', [DISABLED]],
  ['plugin-flow disable --force a', [ENABLED]],
  ['plugin-flow -H tcp://other:1 rm ', ['other/plugin:1']],
  ['plugin-flow rm --host=tcp://other:1 ', ['other/plugin:1']],
]

/** Commands of two words, beside one whose name is the second of them. */
const prepare = (): never => {
  throw new Error('it is not run')
}
const plain = { synopsis: '', examples: [], prepare }

const flag = { type: 'boolean', help: 'Some flag' } as const
const grouped: CommandEntry[] = [
  { ...plain, name: 'ls', summary: 'List', options: { all: flag }, arguments: ['one'] },
  {
    ...plain,
    name: 'context ls',
    aliases: ['context list'],
    summary: 'List contexts',
    options: {
      deep: flag,
      in: { type: 'string', value: 'FOLDER', completes: 'folders', help: 'Where' },
    },
    arguments: ['two', 'three'],
  },
  { ...plain, name: 'context show', summary: 'Show one', options: {} },
]
const groupedLines: [line: string, words: string[]][] = [
  ['plugin-flow c', ['context']],
  ['plugin-flow context ', ['ls', 'show']],
  ['plugin-flow context l', ['ls']],
  ['plugin-flow context ls ', ['three', 'two']],
  ['plugin-flow context list --d', ['--deep']],
  ['plugin-flow ls ', ['one']],
  ['plugin-flow ls --a', ['--all']],
]

suite('completion scripts', (test) => {
  // Their completions are tested below, by the shells that this host has.
  for (const [shell, script] of Object.entries({
    bash: bashScript,
    fish: fishScript,
    zsh: zshScript,
  })) {
    test(`${shell} :: has every command and every option`, () => {
      const text = script(commandTable)
      for (const { name, options } of commandTable) {
        for (const word of [...name.split(' '), ...Object.keys(options)]) {
          assert.ok(new RegExp(`\\b${word}\\b`).test(text), `${name}: ${word}`)
        }
      }
    })
  }
})

const typed = lines.map(([line]) => line)
/** The lines that a shell wrote below the one that it was asked. */
const below = (block = '') =>
  block
    .split('\n')
    .slice(1)
    .filter((line) => line !== '')

/** Between the line and the next prompt, without what is said about each word. */
function listedByZsh(block = ''): string[] {
  const [, list = ''] = /\r\r\n(.*?)>/s.exec(block) ?? []
  const words = list.split('\n').flatMap((line) => line.split(' -- ', 1)[0]?.split(/\s+/) ?? [])
  return words.filter((word) => word !== '')
}

suite('completion :: bash', (test) => {
  withTool(test, 'bash', (bash) => {
    const shell = [bash, '--norc', harness('completeInBash.bash')]

    test('completes commands, options, values and plugins', () =>
      onGround('bash', async ({ complete }) => {
        const completed = await complete(shell, typed)
        for (const [line, words] of lines) {
          const known = line === 'plugin-flow ' ? [...words, '--help', '--version'] : words
          assert.equal(below(completed.get(line)).sort(), known.sort(), line)
        }
      }))

    test('completes every option of every command', () =>
      onGround('bash', async ({ complete }) => {
        const asked = commandTable.map(({ name }) => `plugin-flow ${name} --`)
        const completed = await complete(shell, asked)
        for (const [index, { name }] of commandTable.entries()) {
          const wanted = [...optionsOf(name), 'help'].map((option) => `--${option}`)
          assert.equal(below(completed.get(String(asked[index]))).sort(), wanted.sort(), name)
        }
      }))

    test('commands of two words, and folders', () =>
      onGround(
        'bash',
        async ({ complete, folder }) => {
          mkdirSync(join(folder, 'inner'))
          writeFileSync(join(folder, 'inn'), '')
          const inFolder = `plugin-flow context ls --in ${folder}/in`
          const completed = await complete(shell, [...groupedLines.map(([line]) => line), inFolder])
          for (const [line, words] of groupedLines) {
            assert.equal(below(completed.get(line)).sort(), words, line)
          }
          assert.equal(below(completed.get(inFolder)), [`${folder}/inner`])
        },
        bashScript(grouped),
      ))

    test('a value behind = :: readline replaces only what is behind it', () =>
      onGround('bash', async ({ complete }) => {
        const [engine, filter] = [
          'plugin-flow install --engine=em',
          'plugin-flow ls --filter enabled=t',
        ]
        const completed = await complete(shell, [engine, filter])
        assert.equal(below(completed.get(engine)), ['embedded'])
        assert.equal(below(completed.get(filter)), ['true'])
      }))

    test('files', () =>
      onGround('bash', async ({ complete, folder }) => {
        writeFileSync(join(folder, 'policy.json'), '')
        const line = `plugin-flow install --policy ${folder}/pol`
        assert.equal(below((await complete(shell, [line])).get(line)), [`${folder}/policy.json`])
      }))

    test('a name that a shell would run is not offered, and not run', () =>
      onGround('bash', async ({ complete, fake, folder }) => {
        fake(`#!/bin/sh\nprintf '%s\\n' '$(touch ${folder}/pwned)' 'a b' 'a;b' 'good:1'\n`)
        const line = 'plugin-flow rm '
        assert.equal(below((await complete(shell, [line])).get(line)), ['good:1'])
        assert.throws(() => readFileSync(join(folder, 'pwned')), /ENOENT/)
      }))

    test('no engine :: nothing is offered, and nothing is said', () =>
      onGround('bash', async ({ complete, fake }) => {
        fake('#!/bin/sh\necho no engine >&2\nexit 1\n')
        const line = 'plugin-flow rm '
        assert.equal(below((await complete(shell, [line])).get(line)), [])
      }))
  })
})

suite('completion :: zsh', (test) => {
  withTool(test, 'zsh', (zsh) => {
    test('completes commands, options, values and plugins', () =>
      onGround('zsh', async ({ complete }) => {
        const completed = await complete([zsh, '-f', harness('completeInZsh.zsh')], typed)
        for (const [line, words, listed = words] of lines) {
          assert.equal(listedByZsh(completed.get(line)).sort(), listed.sort(), line)
        }
      }))

    test('commands of two words', () =>
      onGround(
        'zsh',
        async ({ complete }) => {
          const shell = [zsh, '-f', harness('completeInZsh.zsh')]
          const completed = await complete(
            shell,
            groupedLines.map(([line]) => line),
          )
          for (const [line, words] of groupedLines) {
            assert.equal(listedByZsh(completed.get(line)).sort(), words, line)
          }
        },
        zshScript(grouped),
      ))
  })
})

suite('completion :: fish', (test) => {
  withTool(test, 'fish', (fish) => {
    test('completes commands, options, values and plugins', () =>
      onGround('fish', async ({ complete }) => {
        const shell = [fish, '--no-config', harness('completeInFish.fish')]
        const completed = await complete(shell, typed)
        for (const [line, words, listed = words] of lines) {
          const offered = below(completed.get(line)).map((each) => each.split('\t', 1)[0] ?? '')
          assert.equal(offered.sort(), listed.sort(), line)
        }
      }))

    test('commands of two words', () =>
      onGround(
        'fish',
        async ({ complete }) => {
          const shell = [fish, '--no-config', harness('completeInFish.fish')]
          const completed = await complete(
            shell,
            groupedLines.map(([line]) => line),
          )
          for (const [line, words] of groupedLines) {
            const offered = below(completed.get(line)).map((each) => each.split('\t', 1)[0])
            assert.equal(offered.sort(), words, line)
          }
        },
        fishScript(grouped),
      ))
  })
})

suite('completion :: wrong usage', (test) => {
  for (const argv of [['completion'], ['completion', 'tcsh'], ['completion', 'bash', 'zsh']]) {
    test(argv.join(' '), async () => {
      const { code, stdout, stderr } = run({}, {}, argv)
      assert.is(await code, 2)
      assert.is(stdout.text(), '')
      assert.match(stderr.text(), /^plugin-flow: completion needs one of: bash, zsh, fish; see/)
    })
  }
})
