/** A machine with everything that XState 5 has: as its config is written, and as JSON holds it. */
export const parcel = {
  id: 'parcel',
  initial: 'idle',
  on: { RESET: '.idle', LOG: { actions: 'log' } },
  states: {
    idle: {
      description: 'Waits for an order.',
      on: { ORDER: { target: 'working', guard: 'hasStock' }, PING: { actions: 'pong' } },
    },
    working: {
      type: 'parallel',
      on: { PAUSE: 'paused' },
      onDone: 'delivered',
      states: {
        payment: {
          initial: 'asking',
          states: {
            asking: {
              invoke: {
                id: 'charge',
                src: 'charge',
                onDone: [
                  { target: 'paid', guard: { type: 'covers', params: { of: 1 } } },
                  'refused',
                ],
                onError: '#parcel.failed',
              },
              after: { 500: 'refused', patience: { target: '#lost' } },
            },
            refused: { on: { RETRY: { target: 'asking', reenter: true } } },
            paid: { type: 'final' },
          },
        },
        packing: {
          initial: 'boxes',
          states: {
            boxes: {
              initial: 'first',
              on: { SKIP: { target: ['#parcel.working.payment.paid', '#packed'] } },
              onDone: 'packed',
              states: {
                first: { always: { target: 'last', guard: 'isSmall' } },
                last: { type: 'final' },
              },
            },
            packed: { id: 'packed', type: 'final' },
            recent: { type: 'history', history: 'deep', target: 'boxes' },
          },
        },
      },
    },
    paused: { on: { RESUME: '#parcel.working.packing.recent' } },
    delivered: { type: 'final' },
    failed: { id: 'lost', on: { '*': 'idle' } },
  },
}

/** Names that would be more than names where they were taken for markup. */
export const hostile: { id: string; initial: string; states: Record<string, object> } = {
  id: '<img src=x onerror=alert(1)>',
  initial: '<script>alert(2)</script>',
  states: {
    '<script>alert(2)</script>': {
      description: '"><img src=x onerror=alert(3)>',
      on: { '</title><img src=x onerror=alert(4)>': 'bell\u0007 turned\u202e' },
    },
    'bell\u0007 turned\u202e': { on: { NEXT: { target: 'n'.repeat(500), guard: '<b>&amp;' } } },
    ['n'.repeat(500)]: { on: { ['e'.repeat(500)]: { actions: '<i>' }, NEXT: 'root' } },
    root: { on: { ['__proto__']: 'constructor', toString: 'constructor' } },
    constructor: { on: { NEXT: 'start 1' } },
    'start 1': { on: { NEXT: 'data" onload="alert(5)' } },
    'data" onload="alert(5)': {},
  },
}
