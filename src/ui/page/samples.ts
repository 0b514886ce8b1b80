/** References that the simulated engine knows, and what happens to them. */
export const SAMPLES: readonly { name: string; about: string }[] = [
  { name: 'vieux/sshfs:latest', about: 'asks for much, and works' },
  { name: 'acme/plain', about: 'asks for nothing' },
  { name: 'acme/notes:1.0', about: 'can be upgraded to acme/notes:2.0' },
  { name: 'acme/late', about: 'takes two seconds to start' },
  { name: 'acme/never-listens', about: 'does not start, and is taken back' },
  { name: 'acme/bad-mount', about: 'mounts what the host lacks' },
  { name: 'acme/corrupt', about: 'a damaged download' },
  { name: 'acme/liar', about: 'gets more than it shows' },
  { name: 'registry.example.com/acme/private:1.0', about: 'needs a login: demo, demo' },
]
