interface CatalogueEntry {
  /** What happened, in one sentence. */
  summary: string
  /** What a person does next. */
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
    summary: 'A setting is not written as NAME[.FIELD][=VALUE].',
    next: 'Correct the setting.',
    retryable: false,
  },
  'invalid-option': {
    summary: 'An option of the install has a value it cannot have.',
    next: 'Correct the option.',
    retryable: false,
  },
  'engine-unreachable': {
    summary: 'No Docker Engine answers at this address.',
    next: 'Check that the engine runs, and the host address.',
    retryable: true,
  },
  'engine-not-trusted': {
    summary: 'It could not be verified that what answers is the engine that is meant.',
    next: 'Ask whoever runs it: a certificate may have to be renewed, or its CA or SSH key to be trusted.',
    retryable: false,
  },
  'engine-access-denied': {
    summary: 'The engine, or what stands before it, does not let this user in, or do this.',
    next: 'Have it let you in: by the rights of its socket, a client certificate, an SSH key, or a user of the proxy.',
    retryable: false,
  },
  'engine-protocol': {
    summary: 'What answered does not speak as a Docker Engine does.',
    next: 'Check the host address, and a proxy if there is one: is a Docker Engine behind it?',
    retryable: false,
  },
  'engine-unsupported': {
    summary: 'This engine cannot do that.',
    next: 'Upgrade the engine, or leave out what it cannot do.',
    retryable: false,
  },
  'engine-failed': {
    summary: 'The engine failed for a reason of its own.',
    next: "Read the engine's words and its log.",
    retryable: false,
  },
  unauthorized: {
    summary: 'The registry wants credentials, or other ones.',
    next: 'Log in to the registry (docker login) or hand in credentials.',
    retryable: false,
  },
  'not-found': {
    summary: 'There is no such plugin, or no such tag of it.',
    next: 'Check the name and the tag.',
    retryable: false,
  },
  'registry-unreachable': {
    summary: 'The engine cannot reach the registry.',
    next: "Check the registry's address, and the engine's network, proxy and certificates.",
    retryable: true,
  },
  'not-a-plugin': {
    summary: 'What is at this reference is not a usable plugin.',
    next: 'Check the reference: images are not plugins.',
    retryable: false,
  },
  'already-exists': {
    summary: 'A plugin of this name is on the engine already. It was not touched.',
    next: 'Remove it first (docker plugin rm), or choose another name with an alias.',
    retryable: false,
  },
  'consent-denied': {
    summary: 'The privileges were not granted.',
    next: 'Grant them to install the plugin.',
    retryable: false,
  },
  'privileges-changed': {
    summary: 'The plugin asks for other privileges than a moment ago.',
    next: 'Look at what it asks for now, then install again.',
    retryable: true,
  },
  'privileges-not-enforced': {
    summary: 'The engine installed a plugin with other privileges than were granted.',
    next: 'Do not trust this reference; upgrade the engine (CVE-2026-33997).',
    retryable: false,
  },
  'setting-not-shown': {
    summary:
      'A setting points a mount or a device of the plugin elsewhere, which nobody was asked about.',
    next: 'Write it with its field (NAME.source=… or NAME.path=…), so that it is consented to.',
    retryable: false,
  },
  'digest-changed': {
    summary: 'The reference names other content now than when consent was given.',
    next: 'Install again, and pin the digest where the engine can.',
    retryable: true,
  },
  'corrupt-layer': {
    summary: 'The content at the registry is damaged.',
    next: 'Ask the publisher to push the plugin again.',
    retryable: false,
  },
  'incomplete-layer': {
    summary:
      'A layer ended too early: the connection to the registry broke, or its content is cut.',
    next: 'Install again; if it fails again, ask the publisher to push the plugin again.',
    retryable: true,
  },
  'pull-failed': {
    summary: 'The engine could not pull the plugin.',
    next: "Read the engine's words.",
    retryable: false,
  },
  'disk-full': {
    summary: 'The engine has no room left on its disk.',
    next: 'Make room on the disk of its data root, and install again: what it pulled in vain it keeps, to go on from there.',
    retryable: false,
  },
  'pull-interrupted': {
    summary: 'The connection to the engine ended in the middle of the pull.',
    next: 'Install again.',
    retryable: true,
  },
  'plugin-gone': {
    summary: 'Somebody else removed or replaced the plugin in the middle of the install.',
    next: 'Install again, when nobody else works on this name.',
    retryable: true,
  },
  'unknown-setting': {
    summary: 'The plugin has no such setting.',
    next: 'Choose one of the settings that the plugin has.',
    retryable: false,
  },
  'setting-not-settable': {
    summary: 'The plugin does not let this setting be changed.',
    next: 'Leave the setting out.',
    retryable: false,
  },
  'set-failed': {
    summary: 'The engine did not take the settings.',
    next: "Read the engine's words.",
    retryable: false,
  },
  'mount-source-missing': {
    summary: 'A host directory that the plugin mounts is not there.',
    next: 'Make the directory, or set the source of the mount to one that is there.',
    retryable: false,
  },
  'plugin-did-not-listen': {
    summary: 'The plugin was started but never opened its socket: it ended or hung.',
    next: "Read the plugin's output in the engine's log; check its settings.",
    retryable: false,
  },
  'enable-failed': {
    summary: 'The engine could not start the plugin.',
    next: "Read the engine's words.",
    retryable: false,
  },
  cancelled: {
    summary: 'The install was cancelled.',
    next: 'Install again when you like.',
    retryable: true,
  },
  'timed-out': {
    summary: 'A step took longer than it may.',
    next: 'Install again, with a longer timeout if the engine or the registry is slow.',
    retryable: true,
  },
  'invalid-configuration': {
    summary:
      "Docker's own configuration cannot be used, or a program that it needs: a credential helper, ssh.",
    next: 'Correct the file, the variable or the program, or do without it.',
    retryable: false,
  },
  'host-failed': {
    summary: 'A function of the host failed: its policy, its source of credentials or its journal.',
    next: 'Mend that function, or the installed package if the message names it.',
    retryable: false,
  },
} as const satisfies Record<string, CatalogueEntry>

export type InstallErrorCode = keyof typeof catalogue
