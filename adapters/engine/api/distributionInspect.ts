import { EngineError } from '../../../machines/errors.ts'
import { oneLine } from '../../../machines/text.ts'
import type { CallContext } from '../words/sentences.ts'
import { type Operation, plainName } from './operation.ts'
import { fields, listOrNull, name, text, wrong } from './shape.ts'

/** The form of a digest, in the words of the image specification: algorithm, colon, hexadecimal. */
export const DIGEST = /^[a-z0-9]+(?:[.+_-][a-z0-9]+)*:[0-9a-fA-F]{32,}$/

/** Of several platforms' content: an index of OCI, and the list that Docker had before. */
const INDEX =
  /^application\/vnd\.(?:oci\.image\.index\.v1|docker\.distribution\.manifest\.list\.v2)\+json$/

/**
 * `GET /distribution/{name}/json`: the digest behind a reference, and why it cannot be had. It tells
 * what `getPluginPrivileges` hides, for plugins as for images. Rejects with `not-a-plugin` for an index,
 * behind which no engine looks for a plugin.
 */
export const distributionInspect: Operation<'distributionInspect'> = {
  kind: 'look',
  method: 'GET',
  path: ({ remote }) => `/distribution/${plainName(remote)}/json`,
  subject: ({ remote }) => remote,
  read: (answer) =>
    answer.json((value) => {
      const { Descriptor, Platforms } = fields(value, 'the answer')
      const descriptor = fields(Descriptor, 'Descriptor')
      const mediaType = text(descriptor.mediaType, 'Descriptor.mediaType')
      if (INDEX.test(mediaType)) throw indexed(answer.context, mediaType, Platforms)
      const digest = name(descriptor.digest, 'Descriptor.digest')
      return DIGEST.test(digest) ? { digest } : wrong('Descriptor.digest', 'a digest')
    }),
}

function indexed(
  { operation, subject }: CallContext,
  mediaType: string,
  platforms: unknown,
): EngineError {
  const known = listOrNull(platforms, 'Platforms', platform) ?? []
  const of = known.length === 0 ? 'several platforms' : oneLine([...new Set(known)].join(', '))
  return new EngineError(
    'not-a-plugin',
    `${subject} is an index (${mediaType}) of ${of}, which no engine installs as a plugin`,
    {
      operation,
      next: 'Give the digest of the manifest of the one platform that the engine has (NAME@sha256:…; docker manifest inspect NAME lists them), or ask the publisher for a tag of it. The digest of the index itself does not help.',
    },
  )
}

/** As Docker writes it: `linux/arm/v7`. */
function platform(value: unknown, at: string): string {
  const { os, architecture, variant } = fields(value, at)
  const parts = [text(os, `${at}.os`), text(architecture, `${at}.architecture`)]
  return [...parts, text(variant, `${at}.variant`)].filter((part) => part !== '').join('/')
}
