/** What `--help` prints. */
export const HELP = `Usage:  plugin-flow install [OPTIONS] PLUGIN [KEY=VALUE...]

Installs a Docker Engine plugin, and takes it back when a step fails.

Options:
      --alias NAME              Local name of the plugin
      --disable                 Install the plugin without enabling it
      --grant-all-permissions   Grant every permission the plugin asks for, unseen
  -H, --host HOST               Engine to install on: unix:///PATH, tcp://HOST:PORT or
                                http://HOST:PORT (default: DOCKER_HOST, else
                                unix:///var/run/docker.sock)
      --engine embedded         Install on a simulated engine inside this command: nothing is
                                downloaded, run or kept
      --keep-on-failure         Leave what was installed in place when a later step fails
      --enable-timeout SECONDS  How long the engine is told to wait for the plugin (default: the
                                engine's own)
      --json                    One JSON object a line on stdout: every transition, the progress,
                                what is asked, and the outcome
  -h, --help                    Print this text
  -v, --version                 Print the version

Examples:
  Install a plugin, asking whether it may have what it wants:
    plugin-flow install vieux/sshfs DEBUG=1

  Unattended, under another name, and left disabled:
    plugin-flow install --grant-all-permissions --alias sshfs --disable vieux/sshfs

  Try it without an engine:
    plugin-flow install --engine embedded vieux/sshfs

  In a script: why did it fail?
    plugin-flow install --json --grant-all-permissions vieux/sshfs |
      jq -r 'select(.type == "outcome").failure.code'

The first Ctrl-C cancels and takes back what was done; a second one leaves at once and says what
is left. Exit status: 0 installed, 1 failed and taken back, 2 wrong usage, 130 or 143 cancelled
by SIGINT or SIGTERM.
`
