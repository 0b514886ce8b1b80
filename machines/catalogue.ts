interface CatalogueEntry {
  /** The event, in one sentence. */
  summary: string
  /** The next step of a person. */
  next: string
  /** Whether the same install can succeed when it is tried again, unchanged. */
  retryable: boolean
}

function entry(summary: string, next: string, retryable = false): CatalogueEntry {
  return { summary, next, retryable }
}

/** Every way an install can fail. A code is stable: match on it, never on a message. */
export const catalogue = {
  'invalid-reference': entry(
    'The plugin reference or the alias is not a valid name.',
    'Write it as [HOST[:PORT]/]NAME[:TAG], in lower case; an alias has no digest.',
  ),
  'invalid-setting': entry(
    'A setting is not written as NAME[.FIELD][=VALUE], or its path is not absolute.',
    'Correct the setting.',
  ),
  'invalid-option': entry('An option has an invalid value.', 'Correct the option.'),
  'engine-unreachable': entry(
    'No Docker Engine answers at this address.',
    'Check that the engine runs, and the host address.',
    true,
  ),
  'engine-not-trusted': entry(
    'The identity of the engine could not be verified.',
    'Ask its operator: renew the certificate, or trust its CA or SSH key.',
  ),
  'engine-access-denied': entry(
    'The engine, or a proxy before it, denies this user access.',
    'Get access to its socket, or a client certificate, an SSH key or a proxy user.',
  ),
  'engine-protocol': entry(
    'The answer is not one of a Docker Engine.',
    'Check that a Docker Engine is behind the host address, and behind its proxy.',
  ),
  'engine-unsupported': entry(
    'This engine does not support that.',
    'Upgrade the engine, or leave that out.',
  ),
  'engine-failed': entry('The engine failed.', "Read the engine's words and its log."),
  unauthorized: entry(
    'The registry wants credentials, or others.',
    'Log in to the registry (docker login) or pass credentials.',
  ),
  'not-found': entry('The plugin or its tag does not exist.', 'Check the name and the tag.'),
  'registry-unreachable': entry(
    'The engine cannot reach the registry.',
    "Check the registry's address, and the engine's network, proxy and certificates.",
    true,
  ),
  'not-a-plugin': entry(
    'The content at this reference is not a usable plugin.',
    'Check the reference: images and indexes of several platforms are not plugins.',
  ),
  'already-exists': entry(
    'A plugin of this name is already on the engine. It was not changed.',
    'Remove it first (docker plugin rm), or choose another name with an alias.',
  ),
  'plugin-enabled': entry(
    'The plugin is enabled, and the engine upgrades only a disabled one.',
    'Disable it first (plugin-flow disable), then try again.',
  ),
  'in-use': entry(
    'Volumes or containers use the plugin.',
    'Remove the volumes and stop the containers that use it, or use force.',
  ),
  'engine-leftover': entry(
    'The engine has kept the remains of an earlier change.',
    "Remove it on the engine's host, then try again.",
  ),
  'upgrade-failed': entry(
    'The engine could not upgrade the plugin.',
    "Read the engine's words, and inspect the plugin (plugin-flow inspect).",
  ),
  'consent-denied': entry('The privileges were not granted.', 'Grant them to install the plugin.'),
  'privileges-changed': entry(
    'The privileges of the plugin have just changed.',
    'Review the new privileges, then try again.',
    true,
  ),
  'privileges-not-enforced': entry(
    'The engine installed a plugin whose privileges were not granted.',
    'Do not trust this reference; upgrade the engine (CVE-2026-33997).',
  ),
  'setting-not-shown': entry(
    'A setting points a mount or a device of the plugin elsewhere without consent.',
    'Write it with its field (NAME.source=… or NAME.path=…), so that it is consented to.',
  ),
  'digest-changed': entry(
    'The content of the reference has changed since consent was given.',
    'Install again, and pin the digest where the engine can.',
    true,
  ),
  'corrupt-layer': entry(
    'The content at the registry, or what the engine has kept of it, is damaged.',
    'Ask the publisher to push the plugin again.',
  ),
  'incomplete-layer': entry(
    'A layer is incomplete: the connection broke, or the registry has only a part of it.',
    'Try again; if it fails again, ask the publisher to push the plugin again.',
    true,
  ),
  'pull-failed': entry('The engine could not pull the plugin.', "Read the engine's words."),
  'disk-full': entry(
    'The disk of the engine is full.',
    'Free space on its data root, then try again: the engine keeps what it has pulled.',
  ),
  'pull-interrupted': entry(
    'The connection to the engine ended during the pull.',
    'Try again.',
    true,
  ),
  'plugin-gone': entry(
    'Another client removed or replaced the plugin meanwhile.',
    'Try again when no other client works on this name.',
    true,
  ),
  'changed-by-others': entry(
    'Another client enabled or changed the plugin during the install. It was left as it is.',
    'Inspect the plugin: keep it, or remove it and install again.',
  ),
  'consent-mismatch': entry(
    'The plugin is not the one that was agreed to.',
    'Make a new plan: the tag may have moved.',
  ),
  abandoned: entry(
    'Another process has taken over this run, so nothing more was sent.',
    'Wait for the other process, or list the runs.',
  ),
  'upgrade-under-way': entry(
    'Another run upgrades this plugin.',
    'Wait for that run, or end it: plugin-flow runs lists it.',
    true,
  ),
  'unknown-setting': entry(
    'The plugin has no such setting.',
    'Choose a setting that the plugin has.',
  ),
  'setting-not-settable': entry(
    'The plugin does not allow this setting to be changed.',
    'Leave the setting out.',
  ),
  'set-failed': entry('The engine refused the settings.', "Read the engine's words."),
  'mount-source-missing': entry(
    'A host path that the plugin mounts, or a device that it uses, does not exist.',
    'Create it on the host of the engine, or set the source of the mount, or the path of the device, to one that exists there.',
  ),
  'plugin-did-not-listen': entry(
    'The plugin started but never opened its socket: it ended or hung.',
    "Read the plugin's output in the engine's log; check its settings.",
  ),
  'enable-failed': entry('The engine could not start the plugin.', "Read the engine's words."),
  'plugin-missing': entry(
    'No plugin of this name is on the engine.',
    'List what is there (plugin-flow ls).',
  ),
  'no-way-back': entry(
    'The old version could not be had again if the upgrade failed.',
    'Accept that (--no-way-back accept), or name the digest of the old version.',
  ),
  'only-by-replacing': entry(
    'An upgrade in place cannot give what was asked for.',
    'Replace the plugin (--mode replace), which loses its id and the data in its own mount.',
  ),
  'not-in-effect': entry(
    'What is in effect after the upgrade is not what was planned.',
    'Inspect the plugin, and replace it (--mode replace).',
  ),
  cancelled: entry('The install was cancelled.', 'Install again when you like.', true),
  'timed-out': entry(
    'A step took too long.',
    'Install again, with a longer timeout if the engine or the registry is slow.',
    true,
  ),
  'invalid-configuration': entry(
    "Docker's configuration, or a program that it needs (a credential helper, ssh), cannot be used.",
    'Correct the file, the variable or the program.',
  ),
  'host-failed': entry(
    'A function of the host failed: its policy, its source of credentials or its journal.',
    'Correct that function, or the installed package if the message names it.',
  ),
  'host-exhausted': entry(
    'This process, or its system, has too many files, connections or processes open.',
    'Raise the limit of this process (ulimit -n), or do less at once.',
    true,
  ),
}

export type InstallErrorCode = keyof typeof catalogue
