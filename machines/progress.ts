import type { JSONMessage } from './plugin.ts'

type Phase = 'waiting' | 'downloading' | 'extracting' | 'complete'

export interface LayerProgress {
  id: string
  phase: Phase
  /** Bytes downloaded. */
  current: number
  /** Bytes to download; absent while the engine has not told. */
  total?: number
  /** Bytes of the download that are extracted. */
  extracted: number
}

/** A pull as it is now. Layers stand in the order in which the engine named them. */
export interface Progress {
  layers: readonly LayerProgress[]
  /** Bytes downloaded, over all layers. */
  current: number
  /** Bytes to download; absent while that of any layer is unknown. */
  total?: number
  /** 0 to 100 over download and extraction; never falls, and is 100 only when the pull ended well. */
  percent?: number
  /** Of the download, over the last seconds; 0 while nothing comes in. */
  bytesPerSecond: number
  /** Until the download is through; absent while that is unknown. */
  secondsLeft?: number
}

export interface PullProgress {
  /** Takes one line of the pull's stream. Lines that are not of a layer are passed over. */
  add(message: JSONMessage): void
  snapshot(): Progress
  /** The pull ended well: everything is complete. */
  complete(): void
}

/** Layers beyond are not shown; a plugin has one or a handful. */
const MOST_LAYERS = 1_000
/** A layer's id has 12 digits, or is a whole digest. */
const LONGEST_ID = 128
/** Keeps the sums over all layers exact. */
const MOST_BYTES = Math.floor(Number.MAX_SAFE_INTEGER / MOST_LAYERS)
const PHASES: readonly Phase[] = ['waiting', 'downloading', 'extracting', 'complete']
/** The phase of a layer by the status of a line. */
const STEPS = new Map<string, Phase>([
  ['Downloading', 'downloading'],
  ['Verifying Checksum', 'downloading'],
  ['Download complete', 'downloading'],
  ['Extracting', 'extracting'],
  ['Already exists', 'complete'],
  ['Pull complete', 'complete'],
  ['Complete', 'complete'],
])
/** All of the layer is downloaded. */
const DOWNLOADED = ['Verifying Checksum', 'Download complete']
const WINDOW_MS = 5_000
const SAMPLE_MS = 250
/** Until the pull itself has ended, another layer or an error can still come. */
const MOST_PERCENT_BEFORE_THE_END = 99

/**
 * Reduces a pull's lines to its progress. Lines of one layer come repeated, late and out of order
 * (recordings `pull.*`), and their numbers are the engine's: phases and bytes never go back, and
 * every figure is finite whatever is sent. Constant time a line, bounded memory.
 *
 * @param now milliseconds; only differences count
 */
export function createProgress(now: () => number): PullProgress {
  const layers = new Map<string, LayerProgress>()
  const rate = createRate(now)
  const sum = { current: 0, total: 0, extracted: 0, unknown: 0 }
  let percent: number | undefined
  let ended = false

  const replace = (before: LayerProgress | undefined, after: LayerProgress) => {
    layers.set(after.id, after)
    sum.current += after.current - (before?.current ?? 0)
    sum.total += (after.total ?? 0) - (before?.total ?? 0)
    sum.extracted += after.extracted - (before?.extracted ?? 0)
    sum.unknown += count(after) - (before ? count(before) : 0)
  }
  const measure = () => {
    if (sum.unknown > 0 || sum.total === 0) return
    const part = (sum.current + sum.extracted) / (2 * sum.total)
    const tenths = Math.floor(part * 1_000) / 10
    percent = Math.max(percent ?? 0, Math.min(tenths, MOST_PERCENT_BEFORE_THE_END))
  }

  return {
    add(message) {
      const line = readLine(message)
      const before = line && layers.get(line.id)
      if (ended || !line || (!before && layers.size >= MOST_LAYERS)) return
      replace(before, advance(before ?? newLayer(line.id), line))
      measure()
      rate.add(sum.current)
    },
    complete() {
      ended = true
      for (const layer of layers.values())
        replace(layer, advance(layer, { status: 'Complete', current: 0, total: 0 }))
      percent = 100
    },
    snapshot() {
      const bytesPerSecond = ended ? 0 : rate.bytesPerSecond(sum.current)
      const left = sum.total - sum.current
      const known = sum.unknown === 0 && (ended || layers.size > 0)
      return {
        layers: [...layers.values()],
        current: sum.current,
        bytesPerSecond,
        ...(known && { total: sum.total }),
        ...(known && percent !== undefined && { percent }),
        ...(known && left > 0 && bytesPerSecond > 0 && { secondsLeft: left / bytesPerSecond }),
      }
    },
  }
}

interface Line {
  id: string
  status: string
  /** 0: unknown. */
  current: number
  total: number
}

/** `undefined`: not a line of a layer. The first line's id is the tag. */
function readLine({ id, status, progressDetail }: JSONMessage): Line | undefined {
  if (typeof id !== 'string' || id === '' || id.length > LONGEST_ID) return undefined
  if (typeof status !== 'string' || /^(?:Pulling from |Digest:|Status:)/.test(status)) {
    return undefined
  }
  return {
    id,
    status,
    current: bytes(progressDetail?.current),
    total: bytes(progressDetail?.total),
  }
}

/** A count of bytes, or 0 for an invalid one. The engine leaves out or sends 0 for unknown. */
function bytes(value: unknown): number {
  if (typeof value !== 'number' || !(value >= 1)) return 0
  return Math.min(Math.floor(value), MOST_BYTES)
}

function newLayer(id: string): LayerProgress {
  return { id, phase: 'waiting', current: 0, extracted: 0 }
}

/** Phases and bytes only grow; a complete layer stays whole, whatever total comes late. */
function advance(layer: LayerProgress, line: Omit<Line, 'id'>): LayerProgress {
  const { status, current, total } = line
  const step = STEPS.get(status)
  if (!step) return layer
  const phase = later(layer.phase, step)
  const through = DOWNLOADED.includes(status) || phase === 'extracting' || phase === 'complete'
  const most = Math.max(layer.current, step === 'downloading' ? current : 0)
  const whole = Math.max(layer.total ?? 0, total, most)
  const known = through || total > 0 || layer.total !== undefined
  // Some engines count the seconds of an extraction: without a total they are no bytes.
  const extracted = step === 'extracting' && total > 0 ? Math.min(current, whole) : 0
  return {
    id: layer.id,
    phase,
    current: through ? whole : most,
    ...(known && { total: whole }),
    extracted: phase === 'complete' ? whole : Math.max(layer.extracted, extracted),
  }
}

function later(one: Phase, other: Phase): Phase {
  return PHASES.indexOf(one) > PHASES.indexOf(other) ? one : other
}

function count({ total }: LayerProgress): number {
  return total === undefined ? 1 : 0
}

interface Rate {
  add(bytes: number): void
  bytesPerSecond(bytes: number): number
}

/** Of a sliding window; a clock that is set back stands still for a while. */
function createRate(clock: () => number): Rate {
  const samples: { at: number; bytes: number }[] = []
  let time = Number.NEGATIVE_INFINITY
  let grewAt = time
  let most = 0
  const tick = () => {
    time = Math.max(time, clock())
    while ((samples[1]?.at ?? time) < time - WINDOW_MS) samples.shift()
  }
  return {
    add(bytes) {
      tick()
      if (bytes > most) grewAt = time
      most = bytes
      const last = samples.at(-1)
      if (!last || time - last.at >= SAMPLE_MS) samples.push({ at: time, bytes })
    },
    bytesPerSecond(bytes) {
      tick()
      const [first] = samples
      const stalled = !first || time - first.at < SAMPLE_MS || time - grewAt > WINDOW_MS
      return stalled ? 0 : Math.round(((bytes - first.bytes) * 1_000) / (time - first.at))
    },
  }
}
