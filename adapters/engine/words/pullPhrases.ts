import type { OperationId } from '../../../machines/engine.ts'
import { type ErrorPhrase, PULLS } from './sentences.ts'

/** The calls in which an engine speaks with a registry. */
export const REGISTRY: readonly OperationId[] = [
  'getPluginPrivileges',
  'distributionInspect',
  'systemAuth',
  ...PULLS,
]

/** The words for content that is wrong after a pull or a look-up. */
export const pullPhrases: readonly ErrorPhrase[] = [
  {
    code: 'privileges-changed',
    words: /incorrect privileges/,
    operations: PULLS,
    seen: [
      'pull.privileges-empty',
      'pull.privileges-fewer',
      'pull.privileges-other-mount',
      'upgrade.privileges-more-old',
    ],
  },
  {
    code: 'not-a-plugin',
    words:
      /did not find plugin config|plugin config is missing|plugin image but manifest is missing|failed to parse config|invalid config json|error unmarshaling plugin config/,
    operations: REGISTRY,
    seen: [
      'privileges.image',
      'privileges.plugin-index',
      'pull.image',
      'pull.oci-image',
      'pull.config-not-json',
      'moby plugin/fetch_linux.go',
      'moby plugin/manager_linux.go',
    ],
  },
  {
    code: 'not-a-plugin',
    words: /\+zstd\b/,
    operations: REGISTRY,
    says: 'a layer of {subject} is compressed with zstd, which the engine cannot read in a plugin: ',
    next: 'Ask the publisher to push the plugin with layers that are compressed with gzip.',
    seen: ['the media types of OCI layers'],
  },
  {
    code: 'not-a-plugin',
    words: /Encountered remote "?(?<type>[\w./+-]+)[^\n]* when fetching/,
    operations: REGISTRY,
    says: '{subject} is no plugin, but content of the type {type}: ',
    seen: ['moby distribution/errors.go'],
  },
  {
    code: 'not-a-plugin',
    words:
      /unsupported manifest format|unsupported media ?type|media ?type .{1,100} not supported|invalid content type|target is image|schema version 1\b|schema 1 support|no matching manifest for/i,
    operations: REGISTRY,
    seen: ['moby distribution/errors.go', 'moby distribution/pull_v2.go'],
  },
  {
    code: 'pull-failed',
    words: /read-only file system/,
    operations: PULLS,
    seen: ['Linux errno(3)'],
  },
  {
    code: 'pull-failed',
    words: /\bref \S+ locked\b/,
    operations: PULLS,
    transient: true,
    says: 'another pull on the engine is fetching a layer of {subject}: ',
    next: 'Wait until the other pull has ended, then install again.',
    seen: ['containerd content/local/locks.go'],
  },
  {
    // A registry that goes away in mid-download and one whose content is cut read the same.
    code: 'incomplete-layer',
    words: /failed to read expected number of bytes|short read: expected \d+ bytes but got \d+/,
    operations: PULLS,
    seen: ['pull.layer-short', 'engines 28.5 and 29'],
  },
  {
    // Engines 20.10 to 29.7 keep a layer with a wrong byte, and fail with it again, after a restart too.
    code: 'corrupt-layer',
    words: /unexpected commit (?:digest|size)|failed size validation/,
    operations: PULLS,
    says: 'what the engine has fetched of {subject}, just now or in an earlier pull, is damaged: ',
    next: 'The engine keeps the damaged layer, and fails with it again whatever the registry gives: stop the engine, empty plugins/storage/ingest in its data root (docker info: Docker Root Dir), start it, and try again. If that fails too, ask the publisher.',
    seen: [
      'pull.layer-corrupt',
      'upgrade.layer-flipped-again',
      'containerd content/local/writer.go',
    ],
  },
  {
    code: 'corrupt-layer',
    words:
      /(?:error applying layer|Error processing tar file|failed to (?:extract|decompress)|^archive\/tar).*(?:tar header|gzip: |zlib: |flate: |zstd|unexpected EOF)|layer verification failed/,
    operations: PULLS,
    seen: ['pull.layer-not-a-tar'],
  },
  {
    code: 'corrupt-layer',
    words:
      /could not fetch content descriptor .* not found|\/blobs\/.*(?:404 Not Found|not found: not found)/,
    operations: PULLS,
    inStream: true,
    says: 'the registry lacks a part of {subject}: ',
    seen: [
      'pull.tls-layer-missing',
      'pull.tls-config-missing',
      'containerd remotes/docker/fetcher.go',
    ],
  },
  {
    code: 'corrupt-layer',
    words:
      /\/blobs\/.*(?:server gave HTTP response to HTTPS client|HTTP request to an HTTPS server)/,
    operations: PULLS,
    inStream: true,
    says: 'the registry does not give a part of {subject}: ',
    seen: ['pull.layer-missing', 'pull.config-missing'],
  },
]
