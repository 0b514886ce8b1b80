import { readMessages } from '../../viewer/readMessages.ts'
import type { FlowSummary } from '../flowSummary.ts'
import { GONE } from './api.ts'
import type { Session } from './session.ts'

const FIRST_PAUSE_MS = 500
const LONGEST_PAUSE_MS = 8_000

/**
 * Follows the list of flows for as long as the page is open: a stream that ends is opened again.
 *
 * @param shown called with each list
 * @param failed called with the reason why it is missing, or with an empty text once it is there
 */
export async function followChanges(
  session: Session,
  shown: (flows: readonly FlowSummary[]) => void,
  failed: (why: string) => void,
): Promise<void> {
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(2 * pause, LONGEST_PAUSE_MS)) {
    try {
      const response = await session.send('/changes')
      // Another server has this address by now, and the page is locked.
      if (response.status === 403) return
      if (!response.ok || !response.body) throw new Error('there is no stream')
      failed('')
      for await (const { data } of readMessages(response.body)) {
        shown((JSON.parse(data) as { flows: FlowSummary[] }).flows)
        pause = FIRST_PAUSE_MS
      }
    } catch {
      // Tried again below, as when it ends.
    }
    failed(GONE)
    await new Promise((resolve) => setTimeout(resolve, pause))
  }
}
