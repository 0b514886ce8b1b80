/** One thing a plugin asks of its host. `Name` and `Value` decide; `Description` is prose. */
export interface PluginPrivilege {
  Name: string
  Description: string
  Value: string[]
}

export interface PluginEnv {
  Name: string
  Description: string
  Settable: string[] | null
  Value: string | null
}

export interface PluginMount {
  Name: string
  Description: string
  Settable: string[] | null
  Source: string | null
  Destination: string
  Type: string
  Options: string[] | null
}

export interface PluginDevice {
  Name: string
  Description: string
  Settable: string[] | null
  Path: string | null
}

export interface PluginArgs {
  Name: string
  Description: string
  Settable: string[] | null
  Value: string[] | null
}

/** The part of a plugin's config that decides what it may do and what can be set. */
export interface PluginConfig {
  Args: PluginArgs
  Env: PluginEnv[] | null
  Mounts: PluginMount[] | null
  Linux: {
    AllowAllDevices: boolean
    Capabilities: string[] | null
    Devices: PluginDevice[] | null
  }
  Network: { Type: string }
  IpcHost: boolean
  PidHost: boolean
  Interface: { Socket: string; Types: string[] | null }
  Description: string
  [field: string]: unknown
}

export interface PluginSettings {
  Args: string[] | null
  Devices: PluginDevice[] | null
  Env: string[] | null
  Mounts: PluginMount[] | null
}

/** `GET /plugins/{name}/json`. */
export interface Plugin {
  Id: string
  Name: string
  Enabled: boolean
  /** The remote it was pulled from; empty for a plugin made on the engine itself. */
  PluginReference: string
  Config: PluginConfig
  Settings: PluginSettings
}

/** One line of a pull's stream. */
export interface JSONMessage {
  id?: string
  status?: string
  progress?: string
  progressDetail?: { current?: number; total?: number }
  error?: string
  errorDetail?: { code?: number; message?: string }
  aux?: unknown
}

/** The account that a call to a registry is made for. Never a password or a token. */
export interface Account {
  registry: string
  username?: string
}

/** The facts that an engine reports of itself in `GET /_ping`. */
export interface EngineVersion {
  /** The API version that the calls to this engine use, e.g. `1.41`. */
  apiVersion: string
  /** The engine's own version, e.g. `20.10.24`, where it tells it. */
  version?: string
}
