import type { DiskState, EmbeddedPlugin, EmbeddedRegistry } from '../../../src/embedded.ts'
import { movedUp, upOnFullDisk } from './recordedWorld.ts'
import type { Recording } from './recordings.ts'

/** Something that was done to the engine before the recorded request. */
export type Step =
  | { do: 'pull'; remote: string; name?: string; grant?: 'nothing' }
  | { do: 'enable' | 'disable' | 'remove' | 'use'; name: string }
  | { do: 'set'; name: string; pairs: string[] }
  | { do: 'upgrade'; name: string; remote: string; grant?: 'nothing' }
  /** An enable that is left waiting for the plugin's socket. */
  | { do: 'begin enable'; name: string }
  /** A pull that is left running, once more than half of it is there. */
  | { do: 'begin pull'; remote: string }
  /** An upgrade that is left running, once its download has begun. */
  | { do: 'begin upgrade'; name: string; remote: string }
  | { do: 'publish'; remote: string; plugin: EmbeddedPlugin }
  | { do: 'change registry'; host: string; changes: Partial<EmbeddedRegistry> }
  | { do: 'change disk'; changes: Partial<DiskState> }
  | { do: 'restart' }

const REGISTRY = '127.0.0.1:5055'
const PROBE = '127.0.0.1:5055/acme/probe:1.0'
const PLAIN = '127.0.0.1:5055/acme/plain:1.0'
const SLOW = '127.0.0.1:5055/acme/slow:1.0'
const UP = '127.0.0.1:5055/acme/up:1.0'
const SLOW_LINK = '127.0.0.1:5058'
const UP_SETTINGS = [
  'DEBUG=1',
  'state.source=/var/tmp',
  'null.path=/dev/hwrng',
  'args=--user given',
]
const ALL_SETTINGS = ['DEBUG=1', 'state.source=/var/tmp', 'null.path=/dev/zero', 'args=--a --b']

const pull = (remote: string, name = remote): Step => ({ do: 'pull', remote, name })
const enable = (name: string): Step => ({ do: 'enable', name })
const set = (...pairs: string[]): Step => ({ do: 'set', name: PROBE, pairs })
const setUp = (...pairs: string[]): Step => ({ do: 'set', name: UP, pairs })
const upgrade = (remote: string) => ({
  do: 'upgrade' as const,
  name: UP,
  remote: `${REGISTRY}/acme/up:${remote}`,
})
const setUpTo = (...tags: string[]) => [pull(UP), setUp(...UP_SETTINGS), ...tags.map(upgrade)]
/** An upgrade that has filled the disk while its layer was extracted. */
const fullDisk: Step[] = [
  { do: 'publish', remote: UP, plugin: upOnFullDisk },
  pull(UP),
  setUp(...UP_SETTINGS),
  { do: 'change disk', changes: { free: 20e6 } },
  upgrade('2.0-full2'),
]
const unwritable: Step[] = [
  pull(UP),
  setUp(...UP_SETTINGS),
  { do: 'change disk', changes: { unwritable: [UP] } },
]
/** An upgrade that was not granted, but has downloaded all. */
const refused = (tag: string): Step[] => [pull(UP), { ...upgrade(tag), grant: 'nothing' }]
/** An upgrade whose new version did not start. */
const failedUp = [...setUpTo('2.0-dies'), enable(UP)]
const forced: Step[] = [pull(UP), enable(UP), { do: 'use', name: UP }, { do: 'disable', name: UP }]
const beginUp = (tag: string): Step => ({
  do: 'begin upgrade',
  name: UP,
  remote: `${SLOW_LINK}/acme/up:${tag}`,
})
const crawl: Step = { do: 'change registry', host: SLOW_LINK, changes: { bytesPerSecond: 1 } }
const enabled = [pull(PROBE), enable(PROBE)]
const used: Step[] = [...enabled, { do: 'use', name: PROBE }]
const enabling: Step[] = [pull(SLOW), { do: 'begin enable', name: SLOW }]
const aliased = [pull(PROBE, 'myprobe:1.0')]
const latest = [pull(PROBE, 'myprobe')]
const listed = [...enabled, pull(PLAIN, 'plain:1.0')]

/** The states that scenarios start from, as their names and notes say. */
const states: Record<string, Step[]> = {
  'disable.in-use': used,
  'disable.in-use-force': used,
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
  'remove.in-use': used,
  'remove.in-use-force': used,
  'remove.while-enabling': enabling,
  'remove.while-enabling-force': enabling,
  'set.by-alias': aliased,
  'set.enabled': enabled,
  'set.enabled-unknown': enabled,
  'set.while-enabling': enabling,
  'upgrade.after-trial': [pull(UP), pull(`${REGISTRY}/acme/up:2.0`, 'trial:1')],
  'upgrade.after-trial-removed': [
    pull(UP),
    pull(`${REGISTRY}/acme/up:2.0-big`, 'trial:1'),
    { do: 'remove', name: 'trial:1' },
  ],
  'upgrade.alias': aliased,
  'upgrade.back': failedUp,
  'upgrade.back-registry-gone': [
    ...failedUp,
    { do: 'change registry', host: REGISTRY, changes: { reachable: false } },
  ],
  'upgrade.digest-name': [pull(UP)],
  'upgrade.disable-disk-full': [...fullDisk, enable(UP)],
  'upgrade.disk-full': [pull(UP), { do: 'change disk', changes: { free: 20e6 } }],
  'upgrade.disk-full-after': fullDisk,
  'upgrade.enable-disk-full': fullDisk,
  'upgrade.enable-badmount': [pull(UP), setUp('state.source=/var/tmp'), upgrade('2.0-badmount')],
  'upgrade.enable-dies': setUpTo('2.0-dies'),
  'upgrade.enable-right-after-back': [...failedUp, upgrade('1.0')],
  'upgrade.enabled': enabled,
  'upgrade.full-id': [pull(UP)],
  'upgrade.in-use-by-container': forced,
  'upgrade.in-use-disabled-by-force': forced,
  'upgrade.inspect-after-restart': [...setUpTo('2.0'), { do: 'restart' }],
  'upgrade.inspect-back': setUpTo('2.0', '1.0'),
  'upgrade.inspect-back-env': [...setUpTo('2.0-env'), setUp('LEVEL=debug'), upgrade('1.0')],
  'upgrade.inspect-device-added': setUpTo('2.0-dev'),
  'upgrade.inspect-device-removed': [pull(UP), setUp('null.path=/dev/hwrng'), upgrade('2.0-fewer')],
  'upgrade.inspect-enable-disk-full': [...fullDisk, enable(UP)],
  'upgrade.inspect-env-renamed': setUpTo('2.0-env'),
  'upgrade.inspect-mount-added': [pull(UP), upgrade('2.0-more')],
  'upgrade.inspect-mount-renamed': setUpTo('2.0-mount'),
  'upgrade.inspect-save-fails': [...unwritable, upgrade('2.0-env')],
  'upgrade.inspect-set-device': [
    ...setUpTo('2.0-dev'),
    setUp('null.path=/dev/fuse', 'fuse.path=/dev/fuse'),
  ],
  'upgrade.inspect-while-downloading': [
    pull(UP),
    crawl,
    beginUp('2.1-big'),
    setUp('DEBUG=7', 'state.source=/srv'),
  ],
  'upgrade.layer-flipped-again': [
    pull(UP),
    { do: 'upgrade', name: UP, remote: '127.0.0.1:5061/acme/up:2.0-flip' },
  ],
  'upgrade.name-without-tag': [pull(UP)],
  'upgrade.other-removed-meanwhile': [pull(UP), pull(PLAIN, 'other:1'), crawl],
  'upgrade.privileges-fewer': refused('2.0-fewer'),
  'upgrade.privileges-more-all': refused('2.0-more'),
  'upgrade.privileges-more-difference': refused('2.0-more'),
  'upgrade.rootfs-old-left': [
    ...refused('2.0'),
    { do: 'change disk', changes: { leftovers: [UP] } },
  ],
  'upgrade.save-fails': unwritable,
  'upgrade.set-device': setUpTo('2.0-dev'),
  'upgrade.set-env-gone': setUpTo('2.0-env'),
  'upgrade.set-env-new': setUpTo('2.0-env'),
  'upgrade.set-mount-gone': setUpTo('2.0-mount'),
  'upgrade.short-id': [pull(UP)],
  'upgrade.tag-and-digest': [...setUpTo('2.0'), { do: 'publish', remote: UP, plugin: movedUp }],
  'upgrade.tag-moved': [...setUpTo('2.0'), { do: 'publish', remote: UP, plugin: movedUp }],
  'upgrade.two-at-once-fast': [pull(UP), crawl, beginUp('2.0-big')],
  'upgrade.while-enabling': [pull(UP), upgrade('2.0-hangs'), { do: 'begin enable', name: UP }],
}

/** Steps of another client while the recorded request downloads, and of the registry after that. */
const meanwhile: Record<string, Step> = {
  'upgrade.enabled-meanwhile': enable(UP),
  'upgrade.engine-killed': { do: 'restart' },
  'upgrade.other-removed-meanwhile': { do: 'remove', name: 'other:1' },
  'upgrade.pull-meanwhile': pull(PLAIN, 'other:1'),
  'upgrade.removed-meanwhile': { do: 'remove', name: UP },
  'upgrade.set-meanwhile': setUp('DEBUG=7', 'state.source=/srv'),
  'upgrade.two-at-once-slow': upgrade('2.0'),
}

/** Done while the recorded request downloads; the link is too slow for it to end before. */
export function stepsMeanwhile({ scenario }: Recording): Step[] {
  const step = meanwhile[scenario]
  return step
    ? [step, { do: 'change registry', host: SLOW_LINK, changes: { bytesPerSecond: 6_200_000 } }]
    : []
}

/** The steps before the recorded request. By default, the plugin in its path was pulled. */
export function stepsBefore({ scenario, request }: Recording): Step[] {
  const told = states[scenario]
  if (told) return told
  if (scenario in meanwhile) return [pull(UP), crawl]
  const [kind] = scenario.split('.')
  if (kind === 'list') return listed
  const path = decodeURIComponent(request.path.split('?')[0] as string)
  const name = /^\/v1\.41\/plugins\/(.+?)(?:\/[a-z]+)?$/.exec(path)?.[1]
  if (kind === 'pull' || kind === 'privileges' || kind === 'version' || !name) return []
  return name.includes('nosuch') ? [] : [pull(name)]
}
