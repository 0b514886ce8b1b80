/**
 * A body as far as timing does not decide it. Of the lines of a pull these are left out or made
 * equal, because two recordings of the same request differ in them:
 *
 * - how far a download has come when it is reported: the first line of a layer stands for all;
 * - Extracting between the first line of a layer and its last, and repeated ones;
 * - where the `Download complete` of a layer stands, and whether it says how much; before an error
 *   line, whether it is there at all.
 *
 * The address of the name server is that of the machine, and the names of files that last a moment are random.
 */
export function timeless(body: string): string[] {
  const lines = body
    .replace(/ on [\d.]+:53:/, ' on SERVER:53:')
    .replace(/(tmp-config\.json)\d+/g, '$1RANDOM')
    .replace(/(\/ingest\/)[0-9a-f]{64}/g, '$1RANDOM')
    .split('\r\n')
  const failed = lines.some((line) => line.startsWith('{"errorDetail"'))
  const kept: string[] = []
  const completed: string[] = []
  const seen = new Set<string>()
  for (const line of lines) {
    const { status, id, progressDetail } = isProgress(line) ? JSON.parse(line) : {}
    const key = `${id} ${status} ${progressDetail?.current === progressDetail?.total}`
    if (status === 'Download complete') completed.push(id)
    else if (status === 'Downloading' && !seen.has(`${id} ${status}`)) {
      kept.push(`${id} ${status} ${progressDetail.total}`)
      seen.add(`${id} ${status}`)
    } else if (status === 'Extracting' && (!seen.has(`${id} ${status}`) || !seen.has(key))) {
      if (progressDetail.current === progressDetail.total || !seen.has(`${id} ${status}`)) {
        kept.push(line)
      }
      seen.add(`${id} ${status}`).add(key)
    } else if (status !== 'Downloading' && status !== 'Extracting') kept.push(line)
  }
  return failed ? kept : [...kept, ...completed.sort().map((id) => `${id} Download complete`)]
}

function isProgress(line: string): boolean {
  return line.startsWith('{"status"')
}
