import type { Recording } from './recordings.ts'

/** Something that was done to the engine before the recorded request. */
export type Step =
  | { do: 'pull'; remote: string; name?: string; grant?: 'nothing' }
  | { do: 'enable' | 'remove'; name: string }
  | { do: 'set'; name: string; pairs: string[] }
  | { do: 'upgrade'; name: string; remote: string }
  /** An enable that is left waiting for the plugin's socket. */
  | { do: 'begin enable'; name: string }
  /** A pull that is left running, once more than half of it is there. */
  | { do: 'begin pull'; remote: string }

const PROBE = '127.0.0.1:5055/acme/probe:1.0'
const PLAIN = '127.0.0.1:5055/acme/plain:1.0'
const SLOW = '127.0.0.1:5055/acme/slow:1.0'
const ALL_SETTINGS = ['DEBUG=1', 'state.source=/var/tmp', 'null.path=/dev/zero', 'args=--a --b']

const pull = (remote: string, name = remote): Step => ({ do: 'pull', remote, name })
const enable = (name: string): Step => ({ do: 'enable', name })
const set = (...pairs: string[]): Step => ({ do: 'set', name: PROBE, pairs })
const enabled = [pull(PROBE), enable(PROBE)]
const enabling: Step[] = [pull(SLOW), { do: 'begin enable', name: SLOW }]
const aliased = [pull(PROBE, 'myprobe:1.0')]
const latest = [pull(PROBE, 'myprobe')]
const listed = [...enabled, pull(PLAIN, 'plain:1.0')]

/** What a scenario's name and note say of the state that it starts from. */
const states: Record<string, Step[]> = {
  'disable.ok': enabled,
  'disable.ok-force': enabled,
  'disable.while-enabling': enabling,
  'enable.after-failed-set': [pull(PROBE), set('BAD=1')],
  'enable.already': enabled,
  'enable.badmount-set': [pull(PROBE), set('state.source=/does/not/exist')],
  'enable.slow-second-call': enabling,
  'inspect.after-failed-enable': [pull(SLOW), enable(SLOW)],
  'inspect.after-remove': [pull(PROBE), { do: 'remove', name: PROBE }],
  'inspect.after-set': [pull(PROBE), set(...ALL_SETTINGS)],
  'inspect.after-set-second-not-settable': [pull(PROBE), set('DEBUG=1', 'FIXED=no')],
  'inspect.after-set-second-unknown': [pull(PROBE), set('DEBUG=1', 'BAD=1')],
  'inspect.after-upgrade': [
    pull(PROBE),
    set('DEBUG=1', 'state.source=/var/tmp'),
    { do: 'upgrade', name: PROBE, remote: '127.0.0.1:5055/acme/probe:2.0' },
  ],
  'inspect.alias': aliased,
  'inspect.alias-by-remote': aliased,
  'inspect.alias-equal-docker-io': latest,
  'inspect.alias-no-tag': latest,
  'inspect.enabled': enabled,
  'inspect.id': [pull(PROBE)],
  'inspect.id-prefix': [pull(PROBE)],
  'inspect.id-prefix-1': [pull(PROBE)],
  'inspect.id-prefix-ambiguous': ['p0:1', 'p1:1', 'p2:1', 'p3:1'].map((name) => pull(PLAIN, name)),
  'inspect.invalid-ref': [],
  'inspect.latest-without-tag': [pull(PROBE, '127.0.0.1:5055/acme/probe:latest')],
  'inspect.missing-id': [],
  'inspect.name-without-tag': [pull(PROBE)],
  'inspect.while-enabling': enabling,
  'list.empty': [],
  'pull.after-failed': [{ do: 'pull', remote: PROBE, grant: 'nothing' }],
  'pull.after-remove': [pull(PROBE), { do: 'remove', name: PROBE }],
  'pull.exists': [pull(PROBE)],
  'pull.exists-enabled': [pull(PLAIN), enable(PLAIN)],
  'pull.exists-other-remote': [pull(PLAIN, 'myprobe:1.0')],
  'pull.same-content-second-alias': [pull(PROBE, 'one:1.0')],
  'pull.two-at-once': [{ do: 'begin pull', remote: '127.0.0.1:5058/acme/big:1.0' }],
  'remove.after-failed-enable': [pull(SLOW), enable(SLOW)],
  'remove.by-alias': aliased,
  'remove.by-id': [pull(PROBE)],
  'remove.enabled': enabled,
  'remove.enabled-force': enabled,
  'remove.force-true': enabled,
  'remove.while-enabling': enabling,
  'remove.while-enabling-force': enabling,
  'set.by-alias': aliased,
  'set.enabled': enabled,
  'set.enabled-unknown': enabled,
  'set.while-enabling': enabling,
  'upgrade.alias': aliased,
  'upgrade.enabled': enabled,
}

/** What came before the recorded request. Unless told otherwise, the plugin in its path was pulled. */
export function stepsBefore({ scenario, request }: Recording): Step[] {
  const told = states[scenario]
  if (told) return told
  const [kind] = scenario.split('.')
  if (kind === 'list') return listed
  const path = decodeURIComponent(request.path.split('?')[0] as string)
  const name = /^\/v1\.41\/plugins\/(.+?)(?:\/[a-z]+)?$/.exec(path)?.[1]
  if (kind === 'pull' || kind === 'privileges' || kind === 'version' || !name) return []
  return name.includes('nosuch') ? [] : [pull(name)]
}
