import type { LayerProgress, Progress } from '../../machines/progress.ts'
import { formatBytes, formatPart, formatSeconds } from '../text/formatAmount.ts'
import { element, setText } from './element.ts'
import type { RunState } from './runAt.ts'

/** Bars for more layers would not be read; the bar of the whole pull counts those too. */
const MOST_BARS = 24

/** A bar for the pull, and one for each of its layers. */
export function createProgressView() {
  const heading = element('h3', {}, 'Pull')
  const total = createBar('The whole pull')
  const rest = element('p', { class: 'rest' })
  const list = element('ul', { class: 'layers' })
  const node = element(
    'section',
    { class: 'progress panel', part: 'progress' },
    heading,
    total.node,
    list,
    rest,
  )
  const bars = new Map<string, Bar>()

  return {
    node,
    update({ progress }: RunState) {
      node.hidden = progress === undefined
      if (!progress) return
      const phase = progress.percent === 100 ? 'complete' : ''
      total.update(progress.percent, describeTotal(progress), phase)
      const layers = progress.layers.slice(0, MOST_BARS)
      const ids = new Set(layers.map(({ id }) => id))
      for (const [id, bar] of bars) {
        if (ids.has(id)) continue
        bar.node.parentElement?.remove()
        bars.delete(id)
      }
      for (const layer of layers) {
        let bar = bars.get(layer.id)
        if (!bar) {
          bar = createBar(`Layer ${layer.id.replace(/^sha256:/, '').slice(0, 12)}`)
          bars.set(layer.id, bar)
          list.append(element('li', {}, bar.node))
        }
        bar.update(percentOf(layer), describeLayer(layer), layer.phase)
      }
      const more = progress.layers.length - layers.length
      setText(rest, more > 0 ? `and ${more} more layers` : '')
    },
  }
}

type Bar = ReturnType<typeof createBar>

function createBar(label: string) {
  const name = element('span', { class: 'name' }, label)
  const text = element('span', { class: 'amount' })
  const fill = element('div', { class: 'fill' })
  const track = element(
    'div',
    {
      class: 'track',
      role: 'progressbar',
      'aria-label': label,
      'aria-valuemin': 0,
      'aria-valuemax': 100,
    },
    fill,
  )
  const node = element(
    'div',
    { class: 'bar' },
    element('div', { class: 'line' }, name, text),
    track,
  )
  return {
    node,
    update(percent: number | undefined, description: string, phase = '') {
      setText(text, description)
      track.dataset.phase = phase
      track.classList.toggle('unknown', percent === undefined && phase === 'downloading')
      if (percent === undefined) track.removeAttribute('aria-valuenow')
      else track.setAttribute('aria-valuenow', String(Math.floor(percent)))
      track.setAttribute('aria-valuetext', description)
      fill.style.transform = `scaleX(${Math.min(100, Math.max(0, percent ?? 0)) / 100})`
    },
  }
}

/** Half of it is the download and half the extraction, as in the sum. */
function percentOf({ phase, current, total, extracted }: LayerProgress): number | undefined {
  if (phase === 'complete') return 100
  if (!total) return phase === 'waiting' ? 0 : undefined
  return ((current + (extracted ?? 0)) / (2 * total)) * 100
}

function describeLayer({ phase, current, total }: LayerProgress): string {
  if (phase === 'downloading') return `${phase} ${formatPart(current, total)}`
  return total === undefined ? phase : `${phase}, ${formatBytes(total)}`
}

function describeTotal({ current, total, percent, bytesPerSecond, secondsLeft }: Progress): string {
  return [
    ...(percent === undefined ? [] : [`${Math.floor(percent)} %`]),
    formatPart(current, total),
    ...(bytesPerSecond > 0 ? [`${formatBytes(bytesPerSecond)}/s`] : []),
    ...(secondsLeft === undefined || percent === 100
      ? []
      : [`${formatSeconds(Math.max(secondsLeft, 1))} left`]),
  ].join(' · ')
}
