/** Returns what this process writes to its outputs while `act` runs, and keeps it from them. */
export async function captureOutput<T>(
  act: () => Promise<T>,
): Promise<{ value: T; written: string }> {
  let written = ''
  const streams = [process.stdout, process.stderr]
  const kept = streams.map((stream) => stream.write)
  for (const stream of streams) {
    stream.write = (chunk: unknown) => {
      written += String(chunk)
      return true
    }
  }
  try {
    const value = await act()
    return { value, written }
  } finally {
    for (const [index, stream] of streams.entries()) stream.write = kept[index] ?? stream.write
  }
}
