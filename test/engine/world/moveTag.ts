import type { Registry } from './startWorld.ts'

const MANIFEST = 'application/vnd.docker.distribution.manifest.v2+json'

/** Has a repository and its tag name the content of another one at the same registry, as a publisher who pushes to it. */
export async function moveTag({ address }: Registry, from: string, to: string): Promise<void> {
  const base = `http://${address}/v2`
  const [path, tag] = partsOf(to)
  const [source, sourceTag] = partsOf(from)
  const manifest = await fetch(`${base}/${source}/manifests/${sourceTag}`, {
    headers: { Accept: MANIFEST },
  })
  const text = await manifest.text()
  const { config, layers } = JSON.parse(text)
  for (const { digest } of [config, ...layers]) {
    const mount = `${base}/${path}/blobs/uploads/?mount=${digest}&from=${source}`
    await done(await fetch(mount, { method: 'POST' }), 201)
  }
  const headers = { 'Content-Type': manifest.headers.get('content-type') ?? MANIFEST }
  const put = { method: 'PUT', headers, body: text }
  await done(await fetch(`${base}/${path}/manifests/${tag}`, put), 201)
}

function partsOf(reference: string): [path: string, tag: string] {
  const [, path = '', tag = ''] = /^[^/]+\/(.+):([^:]+)$/.exec(reference) ?? []
  return [path, tag]
}

async function done(answer: Response, wanted: number): Promise<void> {
  if (answer.status === wanted) return
  throw new Error(`${answer.url}: ${answer.status} ${await answer.text()}`)
}
