import { during } from './sentences.ts'

const MISSING = 'the host path {path}, which {subject} mounts, is not there: '
const OTHER_KIND =
  'the host path {path}, which {subject} mounts, is a file where a directory belongs, or the other way round: '
const MEND_MOUNT =
  'Create {path} on the host of the engine, or set the source of the mount (NAME.source=PATH, where the plugin allows it) to a path that exists there.'
const OTHER_MOUNT =
  'Set the source of the mount (NAME.source=PATH, where the plugin allows it) to a path of the kind that the plugin expects.'

const CAUSES =
  'The likeliest cause comes first: the plugin is built for another architecture than that of the engine; a program or a file that it starts is missing in it; it ends at once, for its settings or by a fault; it opens another socket than its configuration names.'

/**
 * What kept a plugin from starting. The words depend on the runc of the engine: 1.1 mounts, later ones
 * fulfil a request to mount.
 */
export const startPhrases = during(
  ['pluginEnable'],
  [
    {
      code: 'enable-failed',
      words: /^plugin already enabled: /,
      alreadyEnabled: 'done',
      says: '{subject} is enabled already: ',
      seen: ['enable.already'],
    },
    {
      code: 'enable-failed',
      words: /container: id already in use/,
      alreadyEnabled: 'starting',
      says: '{subject} is being started already: ',
      next: 'Wait until the engine has started it or given up, and inspect it.',
      seen: ['enable.slow-second-call'],
    },
    {
      code: 'plugin-did-not-listen',
      words:
        /dial unix [^\n]*plugins\/(?<id>[0-9a-f]{64})[^\n]*(?:no such file or directory|connection refused)/,
      next: `${CAUSES} The log of the engine (journalctl -u docker.service) tells: look for {id}.`,
      seen: [
        'enable.dies',
        'enable.slow-timeout-0',
        'enable.slow-timeout-2',
        'enable.slow-timeout-30',
      ],
    },
    {
      code: 'plugin-did-not-listen',
      words: /dial unix .*(?:no such file or directory|connection refused)/,
      next: `${CAUSES} The log of the engine (journalctl -u docker.service) tells.`,
      seen: ['enable.dies'],
    },
    {
      code: 'mount-source-missing',
      words:
        /failed to fulfil mount request: open [\\"]*(?<path>\/[^\n"\\]*?)[\\"]*: no such file or directory/,
      says: MISSING,
      next: MEND_MOUNT,
      seen: ['runc 1.3'],
    },
    {
      code: 'mount-source-missing',
      words: /mounting [\\"]*(?<path>\/[^"\\\n]*)[\\"]+ to rootfs.*no such file or directory/s,
      says: MISSING,
      next: MEND_MOUNT,
      seen: ['enable.badmount', 'enable.badmount-set', 'runc 1.0'],
    },
    {
      code: 'mount-source-missing',
      words:
        /failed to fulfil mount request: open [\\"]*(?<path>\/[^\n"\\]*?)[\\"]*: not a directory/,
      says: OTHER_KIND,
      next: OTHER_MOUNT,
      seen: ['Linux errno(3), in the words of runc 1.3'],
    },
    {
      code: 'mount-source-missing',
      words: /mounting [\\"]*(?<path>\/[^"\\\n]*)[\\"]+ to rootfs.*not a directory/s,
      says: OTHER_KIND,
      next: OTHER_MOUNT,
      seen: ['Linux errno(3), in the words of runc 1.1'],
    },
    {
      code: 'mount-source-missing',
      words: /device information while adding (?:custom )?device [\\"]*(?<path>\/[^"\\\n]*)/,
      says: "the device {path}, which {subject} uses, is not on the engine's host: ",
      next: 'Attach the device or load its driver on the host of the engine, or set the path of the device (NAME.path=PATH, where the plugin allows it) to one that exists there.',
      seen: ['moby oci/devices_linux.go'],
    },
    {
      code: 'mount-source-missing',
      words:
        /mounting .*no such file or directory|mount source is not specified|bind source path does not exist/s,
      seen: ['enable.badmount', 'enable.badmount-set', 'enable.unset-mount'],
    },
    {
      code: 'enable-failed',
      words: /exec format error/,
      says: '{subject} is built for another architecture than that of the engine: ',
      next: "Install the plugin's version for the architecture of the engine (docker version: Server, OS/Arch).",
      seen: ['Linux errno(3)'],
    },
    {
      code: 'enable-failed',
      words: /stat \/[^\n]*: no such file or directory/,
      says: 'a program that {subject} starts is not in it: ',
      next: 'Ask the publisher. An engine skips a layer that is compressed with zstd, and the files in it are missing then.',
      seen: ['engines 20.10 to 29.7, of a plugin with zstd layers'],
    },
  ],
)
