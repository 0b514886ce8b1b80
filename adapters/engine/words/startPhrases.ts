import { during, type ErrorPhrase } from './sentences.ts'

const MISSING = 'the host path {path}, which {subject} mounts, is not there: '
const OTHER_KIND =
  'the host path {path}, which {subject} mounts, is a file where a directory belongs, or the other way round: '
const NOT_USABLE = 'the engine cannot use the host path {path}, which {subject} mounts: '
const CREATE = 'Create {path} on the host of the engine.'
const OTHER_MOUNT = 'Put at {path} on the host of the engine what the plugin expects there.'
const MEND = "Mend {path} on the host of the engine, as the engine's words say."

/** The words of runc before the reason why a mount fails. */
const MOUNTS: readonly { words: string; seen: ErrorPhrase['seen'] }[] = [
  {
    words: String.raw`failed to fulfil mount request: \w+ [\\"]*(?<path>\/[^\n"\\]*?)[\\"]*: `,
    seen: ['runc 1.2 and 1.3'],
  },
  {
    words: String.raw`mounting [\\"]*(?<path>\/[^"\\\n]*)[\\"]+ to rootfs.*`,
    seen: ['enable.badmount', 'enable.badmount-set', 'runc 1.0'],
  },
]

const CAUSES =
  'The likeliest cause comes first: the plugin is built for another architecture than that of the engine; a program or a file that it starts is missing in it; it ends at once, for its settings or by a fault; it opens another socket than its configuration names.'

/** The words for the reasons why a plugin did not start. */
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
        /dial unix [^\n]*plugins\/(?<id>[0-9a-f]{64})[^\n]*(?:no such file or directory|connection refused|i\/o timeout)/,
      next: `${CAUSES} The log of the engine (journalctl -u docker.service) tells: look for {id}.`,
      seen: [
        'enable.dies',
        'enable.slow-timeout-0',
        'enable.slow-timeout-2',
        'enable.slow-timeout-30',
      ],
    },
    {
      code: 'enable-failed',
      words: /\/containerd\.sock|\bexec: "?[^"\s]*runc"?: executable file not found/,
      says: 'the engine cannot start {subject}, as it lacks a program of its own: ',
      next: 'Restart the engine, and see that containerd and runc are installed and run on its host.',
      seen: ['containerd client.go', 'Go os/exec'],
    },
    {
      code: 'plugin-did-not-listen',
      words: /dial unix .*(?:no such file or directory|connection refused)/,
      next: `${CAUSES} The log of the engine (journalctl -u docker.service) tells.`,
      seen: ['enable.dies'],
    },
    {
      code: 'enable-failed',
      words: /plugins(?:%2F|\/)(?<id>[0-9a-f]{64})[^\n]*\/Plugin\.Activate"?: /,
      says: '{subject} opened its socket, and does not answer there as a plugin does: ',
      next: "Ask the publisher, or read the plugin's output in the log of the engine (journalctl -u docker.service): look for {id}.",
      seen: ['moby pkg/plugins/client.go'],
    },
    {
      code: 'enable-failed',
      words: /path [\\"]*(?<path>\/[^"\\\n]*?)[\\"]* is mounted on .* not a (?:shared|slave)/,
      says: NOT_USABLE,
      next: 'Share what is mounted there, on the host of the engine: mount --make-rshared, or MountFlags=shared of its service.',
      seen: ['moby oci_linux.go'],
    },
    ...MOUNTS.flatMap(({ words, seen }): Omit<ErrorPhrase, 'operations'>[] => [
      {
        code: 'mount-source-missing',
        words: new RegExp(`${words}no such file or directory`, 's'),
        says: MISSING,
        next: CREATE,
        seen,
      },
      {
        code: 'mount-source-missing',
        words: new RegExp(`${words}not a directory`, 's'),
        says: OTHER_KIND,
        next: OTHER_MOUNT,
        seen: ['Linux errno(3), in the words of runc 1.1 to 1.3'],
      },
      {
        code: 'enable-failed',
        words: new RegExp(words, 's'),
        says: NOT_USABLE,
        next: MEND,
        seen: ['Linux errno(3), in the words of runc 1.1 to 1.3'],
      },
    ]),
    {
      code: 'mount-source-missing',
      words:
        /device information while adding (?:custom )?device [\\"]*(?<path>\/[^"\\\n]*)[\\"]*: not a device/,
      says: "{path} on the engine's host, which {subject} uses as a device, is no device: ",
      next: OTHER_MOUNT,
      seen: ['moby oci/devices_linux.go'],
    },
    {
      code: 'mount-source-missing',
      words: /device information while adding (?:custom )?device [\\"]*(?<path>\/[^"\\\n]*)/,
      says: "the device {path}, which {subject} uses, is not on the engine's host: ",
      next: 'Attach the device or load its driver on the host of the engine.',
      seen: ['moby oci/devices_linux.go'],
    },
    {
      code: 'mount-source-missing',
      words: /bind source path does not exist: (?<path>\/[^\n]*)/,
      says: MISSING,
      next: CREATE,
      seen: ['moby volume/mounts/validate.go'],
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
      words:
        /\bexec:? [\\"]*[^"\\\n:]*[\\"]*: (?:stat \/[^\n]*: )?(?:no such file or directory|executable file not found)/,
      says: 'a program that {subject} starts, or its interpreter, is not in it: ',
      next: 'Ask the publisher. An engine skips a layer that is compressed with zstd, and the files in it are missing then.',
      seen: ['engines 20.10 to 29.7, of a plugin with zstd layers', 'runc 1.3'],
    },
    {
      code: 'enable-failed',
      words: /\bexec:? [\\"]*[^"\\\n:]*[\\"]*: (?:permission denied|is a directory)/,
      says: 'the program that {subject} starts is no file that can be executed: ',
      next: 'Ask the publisher.',
      seen: ['Linux errno(3), in the words of runc'],
    },
  ],
)
