import type { Plugin } from '../../machines/plugin.ts'
import { ApiError } from './exchange.ts'

/** The disk of an embedded engine. It is endless and sound until that is changed. */
export interface DiskState {
  /** Bytes that are free: a layer takes its size when it is downloaded, and again when it is extracted. */
  free: number
  /** Names of plugins whose `config.json` cannot be written. */
  unwritable: readonly string[]
  /** Names of plugins beside whose files an upgrade that was cut short left the old ones. */
  leftovers: readonly string[]
}

const NO_SPACE = 'no space left on device'

/** Fails in the words of the engine (`upgrade.disk-full`, `upgrade.save-fails`). */
export class SimulatedDisk {
  readonly state: DiskState = { free: Number.POSITIVE_INFINITY, unwritable: [], leftovers: [] }

  /** The engine notes what it is about to download, which takes a few bytes. */
  begin(digest: string): void {
    if (this.state.free > 0) return
    throw new ApiError(500, `write ${ingest(digest)}/ref: ${NO_SPACE}`)
  }

  download(digest: string, bytes: number): void {
    this.#take(bytes, `failed to copy: write ${ingest(digest)}/data: ${NO_SPACE}`)
  }

  extract(digest: string, bytes: number): void {
    const cause = `ApplyLayer exit status 1 stdout:  stderr: write /blob: ${NO_SPACE}`
    this.#take(bytes, `error applying layer for digest ${digest}: ${cause}`)
  }

  save({ Id, Name }: Plugin): void {
    const failed = 'failed to write atomically plugin json'
    const file = `${folderOf(Id)}/.tmp-config.json1`
    if (this.state.free <= 0) throw new ApiError(500, `${failed}: write ${file}: ${NO_SPACE}`)
    if (this.state.unwritable.includes(Name)) {
      const cause = `rename ${file} ${folderOf(Id)}/config.json: file exists`
      throw new ApiError(500, `${failed}: ${cause}`)
    }
  }

  /** Puts the files of a plugin aside, for those of its new version. */
  backUp({ Id, Name }: Plugin, isThere: boolean): void {
    const cause = !isThere
      ? 'no such file or directory'
      : this.state.leftovers.includes(Name)
        ? 'file exists'
        : undefined
    if (cause === undefined) return
    const rootfs = `${folderOf(Id)}/rootfs`
    const failed = 'error backing up plugin data before upgrade'
    throw new ApiError(500, `${failed}: rename ${rootfs} ${rootfs}-old: ${cause}`)
  }

  /** Bytes that do not fit take up the rest, and stay there. */
  #take(bytes: number, message: string): void {
    const fits = bytes <= this.state.free
    this.state.free = fits ? this.state.free - bytes : 0
    if (!fits) throw new ApiError(500, message)
  }
}

function folderOf(id: string): string {
  return `/var/lib/docker/plugins/${id}`
}

function ingest(digest: string): string {
  return `/var/lib/docker/plugins/storage/ingest/${digest.slice('sha256:'.length)}`
}
