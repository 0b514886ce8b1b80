interface CatalogueEntry {
  /** The event, in one sentence. */
  summary: string
  /** The next step of a person. */
  next: string
  /** Whether the same install can succeed when it is tried again, unchanged. */
  retryable: boolean
}

/** Every way an install can fail. A code is stable: match on it, never on a message. */
export const catalogue = {
  'invalid-reference': {
    summary: 'The plugin reference or the alias is not a valid name.',
    next: 'Write it as [HOST[:PORT]/]NAME[:TAG], in lower case; an alias has no digest.',
    retryable: false,
  },
  'invalid-setting': {
    summary: 'A setting is not written as NAME[.FIELD][=VALUE], or its path is not absolute.',
    next: 'Correct the setting.',
    retryable: false,
  },
  'invalid-option': {
    summary: 'An option has an invalid value.',
    next: 'Correct the option.',
    retryable: false,
  },
  'engine-unreachable': {
    summary: 'No Docker Engine answers at this address.',
    next: 'Check that the engine runs, and the host address.',
    retryable: true,
  },
  'engine-not-trusted': {
    summary: 'The identity of the engine could not be verified.',
    next: 'Ask its operator: a certificate may need renewal, or its CA or SSH key has to be trusted.',
    retryable: false,
  },
  'engine-access-denied': {
    summary: 'The engine, or a proxy before it, denies this user access.',
    next: 'Get access: by the rights of its socket, a client certificate, an SSH key, or a proxy user.',
    retryable: false,
  },
  'engine-protocol': {
    summary: 'The answer is not one of a Docker Engine.',
    next: 'Check that a Docker Engine is behind the host address, and behind its proxy.',
    retryable: false,
  },
  'engine-unsupported': {
    summary: 'This engine does not support that.',
    next: 'Upgrade the engine, or leave that out.',
    retryable: false,
  },
  'engine-failed': {
    summary: 'The engine failed.',
    next: "Read the engine's words and its log.",
    retryable: false,
  },
  unauthorized: {
    summary: 'The registry wants credentials, or others.',
    next: 'Log in to the registry (docker login) or pass credentials.',
    retryable: false,
  },
  'not-found': {
    summary: 'The plugin or its tag does not exist.',
    next: 'Check the name and the tag.',
    retryable: false,
  },
  'registry-unreachable': {
    summary: 'The engine cannot reach the registry.',
    next: "Check the registry's address, and the engine's network, proxy and certificates.",
    retryable: true,
  },
  'not-a-plugin': {
    summary: 'The content at this reference is not a usable plugin.',
    next: 'Check the reference: images and indexes of several platforms are not plugins.',
    retryable: false,
  },
  'already-exists': {
    summary: 'A plugin of this name is already on the engine. It was not changed.',
    next: 'Remove it first (docker plugin rm), or choose another name with an alias.',
    retryable: false,
  },
  'plugin-enabled': {
    summary: 'The plugin is enabled, and the engine upgrades only a disabled one.',
    next: 'Disable it first (plugin-flow disable), then try again.',
    retryable: false,
  },
  'in-use': {
    summary: 'Volumes or containers use the plugin.',
    next: 'Remove the volumes and stop the containers that use it, or use force.',
    retryable: false,
  },
  'engine-leftover': {
    summary: 'The engine has kept what an earlier change left when it was cut short.',
    next: "Remove it on the engine's host, then try again.",
    retryable: false,
  },
  'upgrade-failed': {
    summary: 'The engine could not upgrade the plugin.',
    next: "Read the engine's words, and inspect the plugin (plugin-flow inspect).",
    retryable: false,
  },
  'consent-denied': {
    summary: 'The privileges were not granted.',
    next: 'Grant them to install the plugin.',
    retryable: false,
  },
  'privileges-changed': {
    summary: 'The privileges of the plugin have just changed.',
    next: 'Review the new privileges, then try again.',
    retryable: true,
  },
  'privileges-not-enforced': {
    summary: 'The engine installed a plugin whose privileges were not granted.',
    next: 'Do not trust this reference; upgrade the engine (CVE-2026-33997).',
    retryable: false,
  },
  'setting-not-shown': {
    summary: 'A setting points a mount or a device of the plugin elsewhere without consent.',
    next: 'Write it with its field (NAME.source=… or NAME.path=…), so that it is consented to.',
    retryable: false,
  },
  'digest-changed': {
    summary: 'The content of the reference has changed since consent was given.',
    next: 'Install again, and pin the digest where the engine can.',
    retryable: true,
  },
  'corrupt-layer': {
    summary: 'The content at the registry, or what the engine has kept of it, is damaged.',
    next: 'Ask the publisher to push the plugin again.',
    retryable: false,
  },
  'incomplete-layer': {
    summary: 'A layer is incomplete: the connection broke, or the registry has only a part of it.',
    next: 'Try again; if it fails again, ask the publisher to push the plugin again.',
    retryable: true,
  },
  'pull-failed': {
    summary: 'The engine could not pull the plugin.',
    next: "Read the engine's words.",
    retryable: false,
  },
  'disk-full': {
    summary: 'The disk of the engine is full.',
    next: 'Free space on the disk of its data root, then try again: the engine keeps what it has pulled.',
    retryable: false,
  },
  'pull-interrupted': {
    summary: 'The connection to the engine ended during the pull.',
    next: 'Try again.',
    retryable: true,
  },
  'plugin-gone': {
    summary: 'Another client removed or replaced the plugin meanwhile.',
    next: 'Try again when no other client works on this name.',
    retryable: true,
  },
  'changed-by-others': {
    summary:
      'Another client enabled or changed the plugin during the install. It was left as it is.',
    next: 'Inspect the plugin: keep it, or remove it and install again.',
    retryable: false,
  },
  'consent-mismatch': {
    summary: 'An engine shows another plugin than the one that the rollout was agreed to.',
    next: 'See whether the tag has moved, make a new plan, and have it agreed to.',
    retryable: false,
  },
  abandoned: {
    summary: 'Another process has taken over this run, so nothing more was sent.',
    next: 'Wait for the other process, or list the runs.',
    retryable: false,
  },
  'upgrade-under-way': {
    summary: 'Another run upgrades this plugin.',
    next: 'Wait for that run, or end it: plugin-flow runs lists it.',
    retryable: true,
  },
  'unknown-setting': {
    summary: 'The plugin has no such setting.',
    next: 'Choose a setting that the plugin has.',
    retryable: false,
  },
  'setting-not-settable': {
    summary: 'The plugin does not allow this setting to be changed.',
    next: 'Leave the setting out.',
    retryable: false,
  },
  'set-failed': {
    summary: 'The engine refused the settings.',
    next: "Read the engine's words.",
    retryable: false,
  },
  'mount-source-missing': {
    summary: 'A host path that the plugin mounts, or a device that it uses, does not exist.',
    next: 'Create it on the host of the engine, or set the source of the mount, or the path of the device, to one that exists there.',
    retryable: false,
  },
  'plugin-did-not-listen': {
    summary: 'The plugin started but never opened its socket: it ended or hung.',
    next: "Read the plugin's output in the engine's log; check its settings.",
    retryable: false,
  },
  'enable-failed': {
    summary: 'The engine could not start the plugin.',
    next: "Read the engine's words.",
    retryable: false,
  },
  'plugin-missing': {
    summary: 'No plugin of this name is on the engine.',
    next: 'List what is there (plugin-flow ls).',
    retryable: false,
  },
  'no-way-back': {
    summary: 'The old version could not be had again if the upgrade failed.',
    next: 'Accept that (--no-way-back accept), or name the digest of the old version.',
    retryable: false,
  },
  'only-by-replacing': {
    summary: 'An upgrade in place cannot give what was asked for.',
    next: 'Replace the plugin (--mode replace), which loses its id and the data in its own mount.',
    retryable: false,
  },
  'not-in-effect': {
    summary: 'What is in effect after the upgrade is not what was planned.',
    next: 'Inspect the plugin, and replace it (--mode replace).',
    retryable: false,
  },
  cancelled: {
    summary: 'The install was cancelled.',
    next: 'Install again when you like.',
    retryable: true,
  },
  'timed-out': {
    summary: 'A step took too long.',
    next: 'Install again, with a longer timeout if the engine or the registry is slow.',
    retryable: true,
  },
  'invalid-configuration': {
    summary:
      "Docker's configuration, or a program that it needs (a credential helper, ssh), cannot be used.",
    next: 'Correct the file, the variable or the program.',
    retryable: false,
  },
  'host-failed': {
    summary: 'A function of the host failed: its policy, its source of credentials or its journal.',
    next: 'Correct that function, or the installed package if the message names it.',
    retryable: false,
  },
  'host-exhausted': {
    summary: 'This process, or its system, has too many files, connections or processes open.',
    next: 'Raise the limit of this process (ulimit -n), or do less at once.',
    retryable: true,
  },
} as const satisfies Record<string, CatalogueEntry>

export type InstallErrorCode = keyof typeof catalogue
