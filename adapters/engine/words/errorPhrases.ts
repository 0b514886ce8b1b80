import { certificatePhrases } from './certificatePhrases.ts'
import { connectionPhrases, networkPhrases } from './networkPhrases.ts'
import { pullPhrases } from './pullPhrases.ts'
import { limitPhrases, registryPhrases } from './registryPhrases.ts'
import type { ErrorPhrase } from './sentences.ts'
import { startPhrases } from './startPhrases.ts'

/** The first that fits decides, so the telling ones stand above the vague ones. */
export const errorPhrases: readonly ErrorPhrase[] = [
  // The engine itself
  {
    code: 'engine-unsupported',
    words: /client version \S+ is too old/,
    says: 'this docker-plugin-flow is too old for the engine at {host}: ',
    next: 'Use a newer docker-plugin-flow.',
    seen: ['version.too-old'],
  },
  {
    code: 'engine-unsupported',
    words: /client version \S+ is too new/,
    seen: ['version.too-new'],
  },
  {
    code: 'engine-unsupported',
    words: /client is newer than server/,
    seen: ['moby api/server/middleware/version.go, before 1.13'],
  },
  {
    code: 'engine-unsupported',
    words: /^page not found$|^Path \S+ is not supported$|plugins are not supported/,
    seen: [
      'version.no-such-path',
      'version.wrong-method',
      "podman's compat handler",
      'moby plugin/backend_unsupported.go',
    ],
  },
  {
    code: 'engine-protocol',
    words: /^Client sent an HTTP request to an HTTPS server\.?$/,
    operations: ['systemPing'],
    says: 'what answers at {host} wants TLS, which was not asked for: ',
    seen: ['Go net/http server.go'],
  },
  {
    code: 'engine-access-denied',
    words: /authorization denied by plugin (?<plugin>[^\s:]+(?::[^\s:]+)?)/,
    says: 'a policy of the engine at {host} does not allow this user to {deed} {subject}: ',
    next: 'Ask the operator of the engine: its authorization plugin {plugin} decides what is allowed.',
    seen: ['moby pkg/authorization/authz.go'],
  },
  {
    code: 'engine-access-denied',
    words: /plugin (?<plugin>\S+) failed with error: AuthZPlugin\./,
    says: 'an authorization plugin of the engine at {host} is out of order, so the engine refuses to {deed} {subject}: ',
    next: 'Ask the operator of the engine: its authorization plugin {plugin} does not answer.',
    seen: ['moby pkg/authorization/authz.go'],
  },
  {
    // An engine lets in every client that reaches it: this is what stands before it.
    code: 'engine-access-denied',
    words: /^/,
    operations: ['systemPing'],
    statuses: [401, 403, 407],
    says: 'what answers at {host} does not let this client in: ',
    seen: ['RFC 9110, section 15.5'],
  },

  {
    code: 'disk-full',
    words: /no space left on device|disk quota exceeded/,
    operations: ['pluginUpgrade'],
    next: 'Free space on the disk of its data root (docker info: Docker Root Dir), then try again. What the failed upgrade has left there takes up space too.',
    seen: ['upgrade.disk-full', 'upgrade.disk-full-after'],
  },
  {
    code: 'disk-full',
    words: /no space left on device|disk quota exceeded/,
    seen: ['a real engine whose data root was full', 'Linux errno(3)'],
  },

  // The content that was asked for
  {
    code: 'invalid-reference',
    words: /cannot use digest in plugin tag|cannot specify 64-byte hexadecimal strings/,
    operations: ['pluginUpgrade'],
    says: 'the engine upgrades a plugin by its name only, not by {name}: ',
    next: 'Name the plugin as plugin-flow ls does.',
    seen: ['upgrade.full-id', 'upgrade.digest-name'],
  },
  {
    code: 'invalid-reference',
    words:
      /invalid reference format|cannot use digest in plugin tag|invalid repository name|unknown image reference format/,
    seen: [
      'privileges.invalid-ref',
      'pull.invalid-ref',
      'pull.alias-invalid',
      'pull.alias-digest',
      'pull.no-remote',
    ],
  },
  {
    code: 'invalid-option',
    words: /strconv\.Atoi|invalid timeout/,
    operations: ['pluginEnable'],
    seen: ['enable.bad-timeout', 'enable.float-timeout', 'enable.no-timeout'],
  },

  // The plugin that is there
  {
    code: 'already-exists',
    words: /^plugin .* already exists$/,
    operations: ['pluginPull'],
    seen: ['pull.exists', 'pull.exists-enabled', 'pull.exists-other-remote', 'pull.two-at-once'],
  },
  {
    code: 'not-found',
    words: /^plugin .* not found$/,
    operations: ['pluginInspect', 'pluginDelete', 'pluginDisable', 'pluginUpgrade'],
    statuses: [404],
    says: 'the engine has no plugin {name}',
    seen: [
      'inspect.missing',
      'inspect.missing-id',
      'inspect.after-remove',
      'remove.missing',
      'disable.missing',
      'upgrade.missing',
      'upgrade.short-id',
      'upgrade.name-without-tag',
    ],
  },
  {
    code: 'in-use',
    words: /^plugin .* is in use$/,
    operations: ['pluginDisable', 'pluginDelete'],
    seen: ['disable.in-use', 'moby plugin/backend_linux.go'],
  },
  {
    code: 'plugin-enabled',
    words: /^plugin must be disabled before upgrading/,
    operations: ['pluginUpgrade'],
    seen: ['upgrade.enabled'],
  },
  {
    // The old version is whole, and stays.
    code: 'engine-leftover',
    words: /backing up plugin data .* (?<path>\/\S+\/rootfs-old): file exists$/,
    operations: ['pluginUpgrade'],
    next: "On the engine's host, remove the directory {path}, which an upgrade left that was cut short; then try again.",
    seen: ['upgrade.rootfs-old-left'],
  },
  {
    code: 'plugin-gone',
    words: /backing up plugin data .*: no such file or directory$/,
    operations: ['pluginUpgrade'],
    seen: ['upgrade.removed-meanwhile'],
  },
  {
    code: 'upgrade-failed',
    words: /error saving upgraded plugin config/,
    operations: ['pluginUpgrade'],
    says: 'the engine could not save {name}, which has the new configuration and the old files now: ',
    next: "Correct what the engine's words name, then upgrade again or go back to the old reference.",
    seen: ['upgrade.save-fails'],
  },

  ...pullPhrases,
  ...networkPhrases,
  ...limitPhrases,
  ...certificatePhrases,
  ...connectionPhrases,
  ...registryPhrases,

  // Settings
  {
    code: 'unknown-setting',
    words: /^setting .* not found in the plugin configuration$/s,
    operations: ['pluginSet'],
    seen: [
      'set.unknown',
      'set.unknown-case',
      'set.second-unknown',
      'set.empty-string',
      'set.while-enabling',
    ],
  },
  {
    code: 'setting-not-settable',
    words: /is not settable$/,
    operations: ['pluginSet'],
    seen: [
      'set.not-settable',
      'set.second-not-settable',
      'set.mount-destination',
      'set.mount-unknown-field',
    ],
  },
  {
    code: 'invalid-setting',
    words: /invalid format, must be <name>/,
    operations: ['pluginSet'],
    seen: ['set.no-name'],
  },

  ...startPhrases,
]
