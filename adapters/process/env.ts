/** Environment variables, in the form of `process.env`. */
export type Env = Readonly<Record<string, string | undefined>>
