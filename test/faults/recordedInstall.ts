import type { Plugin } from '../../machines/plugin.ts'
import { bodyOf, recordedAnswer, type WireAnswer, withBody, withHeaders } from './wireAnswer.ts'

/** The plugin to install: that of the recordings that asks for privileges and has settings. */
export const REFERENCE = '127.0.0.1:5055/acme/probe:1.0'
export const SETTINGS = ['DEBUG=1']

/**
 * The answers of an install by what they are for. `find`, `delete` and `gone` are those of taking it
 * back: is it there, remove it, has it gone.
 */
export const roles = [
  'ping',
  'privileges',
  'distribution',
  'inspect',
  'pull',
  'verify',
  'set',
  'enable',
  'find',
  'delete',
  'gone',
] as const

export type Role = (typeof roles)[number]

export interface Answers {
  /** Full id of the plugin. */
  id: string
  of: Readonly<Record<Role, WireAnswer>>
  /** The answer of inspect for the plugin as it is now. */
  inspected(plugin: { enabled: boolean; set: boolean }): WireAnswer
}

/** The recorded answers of a whole install that succeeds, or whose plugin dies when it is enabled. */
export function installAnswers(story: 'succeeds' | 'fails'): Answers {
  return STORIES[story]
}

const STORIES = { succeeds: makeAnswers('enable.ok'), fails: makeAnswers('enable.dies') }

function makeAnswers(enable: string): Answers {
  const installed = recordedAnswer('inspect.name')
  const plugin: Plugin = JSON.parse(bodyOf(installed).toString())
  const nosuch: [string, string] = ['127.0.0.1:5055/acme/nosuch:1.0', REFERENCE]
  const inspected: Answers['inspected'] = ({ enabled, set }) =>
    withBody(
      installed,
      `${JSON.stringify({ ...plugin, Enabled: enabled })}\n`.replace(
        '"DEBUG=0"',
        set ? '"DEBUG=1"' : '"DEBUG=0"',
      ),
    )
  const pull = recordedAnswer('pull.probe')
  return {
    id: plugin.Id,
    of: {
      ping: recordedAnswer('version.ping'),
      privileges: recordedAnswer('privileges.probe'),
      distribution: distribution(digestIn(pull)),
      inspect: recordedAnswer('inspect.missing', nosuch),
      pull,
      verify: installed,
      set: recordedAnswer('set.env'),
      enable: recordedAnswer(enable),
      find: installed,
      delete: recordedAnswer('remove.by-id'),
      gone: recordedAnswer('inspect.missing', ['127.0.0.1:5055/acme/nosuch:1.0', plugin.Id]),
    },
    inspected,
  }
}

/** There is no recording of it: its form is that of the embedded engine, which follows the API. */
function distribution(digest: string): WireAnswer {
  const Descriptor = {
    mediaType: 'application/vnd.docker.distribution.manifest.v2+json',
    digest,
    size: 417,
  }
  const answer = withHeaders(recordedAnswer('privileges.probe'), {})
  return withBody(answer, `${JSON.stringify({ Descriptor, Platforms: null })}\n`)
}

function digestIn(pull: WireAnswer): string {
  return /Digest: (sha256:[0-9a-f]{64})/.exec(bodyOf(pull).toString())?.[1] ?? ''
}
