const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/**
 * Ties what was started to the test process: `stop` before a signal ends it, `sweep` (which may
 * await nothing) when it exits without one. Returns the function that unties both.
 */
export function endWithProcess(stop: () => Promise<void>, sweep: () => void): () => void {
  const onSignal = (signal: NodeJS.Signals) => {
    void stop()
      .catch(sweep)
      .finally(() => {
        // Stopping has untied this listener; where no other is left the signal ends the process.
        if (process.listenerCount(signal) === 0) process.kill(process.pid, signal)
      })
  }
  const untie = () => {
    process.off('exit', sweep)
    for (const signal of SIGNALS) process.off(signal, onSignal)
  }
  process.on('exit', sweep)
  for (const signal of SIGNALS) process.on(signal, onSignal)
  return untie
}
