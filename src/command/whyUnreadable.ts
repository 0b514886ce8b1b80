const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  ENOTDIR: 'there is no such file',
  EISDIR: 'it is a folder',
  EACCES: 'this user may not read it',
}

/** Why a file that was named cannot be used: the system's reason, or that of a RangeError. */
export function whyUnreadable(error: unknown): string {
  if (error instanceof RangeError) return error.message
  const { code } = error as NodeJS.ErrnoException
  return REASONS[code ?? ''] ?? `it cannot be read (${code ?? String(error)})`
}
