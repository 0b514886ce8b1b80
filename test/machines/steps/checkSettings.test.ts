import * as assert from 'uvu/assert'
import { isEngineError } from '../../../machines/errors.ts'
import type { Plugin, PluginConfig } from '../../../machines/plugin.ts'
import { parseSetting, type Setting } from '../../../machines/settings.ts'
import { checkSettings } from '../../../machines/steps/checkSettings.ts'
import { readRecording, recordedBody, scenarios } from '../../support/recordingServer.ts'
import { parsed, sampleConfig } from '../../support/samples.ts'
import { suite } from '../../support/suite.ts'

const probe = (JSON.parse(recordedBody(readRecording('inspect.name')).toString()) as Plugin).Config
const secret = (name: string): Setting => ({ name, secret: true })

function codeOf(config: PluginConfig, settings: readonly (Setting | string)[]): string {
  try {
    const each = (setting: Setting | string) =>
      typeof setting === 'string' ? parseSetting(setting) : setting
    checkSettings(config, settings.map(each))
    return 'ok'
  } catch (error) {
    if (isEngineError(error)) return error.code
    throw error
  }
}

suite('checkSettings', (test) => {
  test('refuses what the engine refuses, and only that', () => {
    const codes: Record<string, string> = {
      'not settable': 'setting-not-settable',
      'not found': 'unknown-setting',
      'invalid format': 'invalid-setting',
    }
    let compared = 0
    for (const name of scenarios('set')) {
      const recording = readRecording(name)
      const body: unknown = jsonOf(recording.request.body)
      const others = /missing|enabl/.test(name)
      if (others || !Array.isArray(body)) continue
      const said = recordedBody(recording).toString()
      const expected = Object.entries(codes).find(([words]) => said.includes(words))?.[1] ?? 'ok'
      if (body[0] === '') continue // an engine calls it unknown, this check has no name to look up
      assert.is(codeOf(probe, body), expected, name)
      compared++
    }
    assert.ok(compared >= 18, `${compared} compared`)
  })

  test('a refusal names the setting and what there is instead', () => {
    assert.throws(
      () => checkSettings(probe, parsed('BAD=1')),
      /"BAD".*DEBUG, state\.source, null\.path, args$/,
    )
    assert.throws(() => checkSettings(probe, parsed('FIXED=no')), /"FIXED" cannot be changed/)
    const bare = sampleConfig({
      Args: { Name: '', Description: '', Settable: ['value'], Value: null },
      Env: null,
      Mounts: null,
    })
    assert.throws(() => checkSettings(bare, parsed('BAD=1')), /it has none$/)
  })

  test('a mount with two settable fields needs the field', () => {
    const [mount] = probe.Mounts ?? []
    assert.ok(mount)
    const config = { ...probe, Mounts: [{ ...mount, Settable: ['source', 'options'] }] }
    assert.is(codeOf(config, ['state=/x']), 'setting-not-settable')
    assert.is(codeOf(config, ['state.source=/x']), 'ok')
    assert.is(codeOf(config, ['state.options=ro']), 'setting-not-settable')
  })

  test('a mount or a device needs an absolute path, with and without its field', () => {
    for (const text of ['state=~/.ssh', 'state.source=tmp', 'state=./x', 'null.path=dev/null']) {
      assert.is(codeOf(probe, [text]), 'invalid-setting', text)
    }
    for (const text of ['state=/x', 'state.source=', 'state', 'null=/dev/null', 'DEBUG=~/x']) {
      assert.is(codeOf(probe, [text]), 'ok', text)
    }
    assert.throws(
      () => checkSettings(probe, parsed('state=~/.ssh')),
      'the setting "state" needs an absolute path, and not "~/.ssh": neither the shell nor the engine expands ~ here',
    )
    assert.throws(
      () => checkSettings(probe, parsed('state=tmp')),
      'the setting "state" needs an absolute path, and not "tmp"',
    )
  })

  test('secret :: checked by its name', () => {
    assert.is(codeOf(probe, [secret('DEBUG'), { ...secret('DEBUG'), field: 'value' }]), 'ok')
    assert.is(codeOf(probe, [secret('BAD')]), 'unknown-setting')
    assert.throws(() => checkSettings(probe, [secret('FIXED')]), /"FIXED" cannot be changed/)
  })
})

function jsonOf(body: string | null | undefined): unknown {
  try {
    return JSON.parse(body ?? '')
  } catch {
    return undefined
  }
}
