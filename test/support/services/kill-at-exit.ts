// Ends child processes together with the test process, even if it is interrupted.

/** The exit code that shells expect after SIGTERM. */
const terminatedExitCode = 143;

/** Calls `kill` when the test process ends, unless the returned function is called before. */
export function killAtExit(kill: () => void): () => void {
  // Without a listener, the signal would end the process without the exit event.
  const exit = () => process.exit(terminatedExitCode);
  process.once('exit', kill);
  process.once('SIGTERM', exit);
  return () => {
    process.removeListener('exit', kill);
    process.removeListener('SIGTERM', exit);
  };
}
