// Generated from the machines by `npm run layout`.
import type { ChartLayout } from '../chartLayout.ts'

export const pluginInstallLayout: ChartLayout = {
  id: 'pluginInstall',
  states: [
    {
      path: 'checkPrivileges',
      type: 'atomic',
      description: 'Is the name free, what does the plugin ask for, which content is it?',
    },
    {
      path: 'reauth',
      type: 'atomic',
      description: 'The registry wants credentials: from their source, else from a person.',
    },
    {
      path: 'awaitConsent',
      type: 'atomic',
      description:
        'A plugin is root on its host: a policy, else a person, agrees to what it asks for.',
    },
    {
      path: 'pulling',
      type: 'compound',
      description: 'The engine pulls, and what it installed is compared with what was agreed to.',
      initial: 'pulling.streaming',
    },
    { path: 'pulling.streaming', type: 'atomic', description: 'The layers come in.' },
    {
      path: 'pulling.verifying',
      type: 'atomic',
      description:
        'Does the installed plugin ask for what was granted, and is it the same content?',
    },
    {
      path: 'configuring',
      type: 'atomic',
      description: 'The settings are checked, set, and looked for in what the engine shows.',
    },
    {
      path: 'enabling',
      type: 'atomic',
      description: 'The engine starts the plugin, which must still be what was verified.',
    },
    { path: 'done', type: 'final', description: 'The plugin is installed as asked for.' },
    {
      path: 'rollingBack',
      type: 'atomic',
      description: 'Removes what this run created, and only that. No cancel reaches it.',
    },
    {
      path: 'rolledBack',
      type: 'final',
      description: 'The install failed; the output says why, and what is on the engine now.',
    },
  ],
  arrows: [
    {
      from: 'checkPrivileges',
      to: 'rollingBack',
      events: [
        'install.cancel [mayHaveCreated]',
        'error(lookUpPlugin) [othersActed]',
        'error(lookUpPlugin) [mayHaveCreated]',
        'after(checkPrivilegesTimeout) [mayHaveCreated]',
        'always [wasRollingBack]',
      ],
    },
    {
      from: 'checkPrivileges',
      to: 'rolledBack',
      events: ['install.cancel', 'error(lookUpPlugin)', 'after(checkPrivilegesTimeout)'],
    },
    { from: 'checkPrivileges', to: 'done', events: ['done(lookUpPlugin) [isThereAlready]'] },
    { from: 'checkPrivileges', to: 'awaitConsent', events: ['done(lookUpPlugin) [needsConsent]'] },
    { from: 'checkPrivileges', to: 'pulling.verifying', events: ['done(lookUpPlugin) [adopts]'] },
    { from: 'checkPrivileges', to: 'pulling', events: ['done(lookUpPlugin)'] },
    { from: 'checkPrivileges', to: 'reauth', events: ['error(lookUpPlugin) [mayReauth]'] },
    {
      from: 'reauth',
      to: 'checkPrivileges',
      events: ['credentials.submit [asksPerson]', 'done(requestCredentials) [hasAccount]'],
    },
    {
      from: 'reauth',
      to: 'rolledBack',
      events: ['install.cancel', 'error(requestCredentials)', 'after(reauthTimeout)'],
    },
    {
      from: 'awaitConsent',
      to: 'pulling.verifying',
      events: ['consent.grant [asksPersonToAdopt]', 'done(decideConsent) [isGrantedToAdopt]'],
    },
    {
      from: 'awaitConsent',
      to: 'pulling',
      events: ['consent.grant [asksPerson]', 'done(decideConsent) [isGranted]'],
    },
    {
      from: 'awaitConsent',
      to: 'rolledBack',
      events: [
        'consent.deny [asksPerson]',
        'install.cancel',
        'done(decideConsent) [isDenied]',
        'error(decideConsent)',
        'after(awaitConsentTimeout)',
      ],
    },
    { from: 'pulling', to: 'rollingBack', events: ['install.cancel', 'after(pullingTimeout)'] },
    { from: 'pulling.streaming', to: 'pulling.verifying', events: ['done(pluginPull)'] },
    { from: 'pulling.streaming', to: 'reauth', events: ['error(pluginPull) [mayReauth]'] },
    {
      from: 'pulling.streaming',
      to: 'checkPrivileges',
      events: ['error(pluginPull) [mayCheckAgain]'],
    },
    { from: 'pulling.streaming', to: 'rollingBack', events: ['error(pluginPull)'] },
    {
      from: 'pulling.verifying',
      to: 'rollingBack',
      events: [
        'done(pluginInspect) [isGone]',
        'done(pluginInspect) [isOtherContent]',
        'done(pluginInspect) [exceedsConsent]',
        'done(pluginInspect) [widensUnseen]',
        'error(pluginInspect)',
      ],
    },
    { from: 'pulling.verifying', to: 'configuring', events: ['done(pluginInspect) [hasSettings]'] },
    { from: 'pulling.verifying', to: 'done', events: ['done(pluginInspect) [staysDisabled]'] },
    { from: 'pulling.verifying', to: 'enabling', events: ['done(pluginInspect)'] },
    {
      from: 'configuring',
      to: 'rollingBack',
      events: ['install.cancel', 'error(pluginSet)', 'after(configuringTimeout)'],
    },
    { from: 'configuring', to: 'done', events: ['done(pluginSet) [staysDisabled]'] },
    { from: 'configuring', to: 'enabling', events: ['done(pluginSet)'] },
    {
      from: 'enabling',
      to: 'rollingBack',
      events: [
        'install.cancel',
        'error(pluginEnable) [othersActed]',
        'error(pluginEnable)',
        'after(enablingTimeout)',
      ],
    },
    { from: 'enabling', to: 'done', events: ['done(pluginEnable)'] },
    {
      from: 'rollingBack',
      to: 'rolledBack',
      events: ['done(takeBack)', 'error(takeBack)', 'after(rollingBackTimeout)'],
    },
  ],
  wide: {
    width: 802,
    height: 1066,
    boxes: [
      [384, 46, 145, 36],
      [618, 180, 74, 36],
      [288, 180, 121, 36],
      [391, 303, 193, 203],
      [472, 367, 98, 36],
      [405, 456, 98, 36],
      [306, 630, 113, 36],
      [333, 774, 90, 36],
      [267, 900, 58, 36],
      [478, 900, 113, 36],
      [212, 1018, 105, 36],
    ],
    routes: [
      {
        points: [428, 82, 428, 110, 240, 110, 240, 678, 153, 678, 153, 872, 494, 872, 494, 900],
        label: { x: 194.5, y: 567, lines: ['install.cancel', 'error, after', 'always'] },
      },
      {
        points: [399, 82, 399, 94, 100, 94, 100, 998, 233, 998, 233, 1018],
        label: { x: 54.5, y: 635, lines: ['install.cancel', 'error, after'] },
      },
      {
        points: [413, 82, 413, 102, 140, 102, 140, 888, 279, 888, 279, 900],
        label: { x: 125, y: 580, lines: ['done'] },
      },
      {
        points: [442, 82, 442, 118, 349, 118, 349, 180],
        label: { x: 334, y: 136.5, lines: ['done'] },
      },
      {
        points: [457, 82, 457, 278, 454, 278, 454, 456],
        label: { x: 442, y: 191.5, lines: ['done'] },
      },
      {
        points: [471, 82, 471, 118, 496, 118, 496, 278, 464, 278, 464, 303],
        label: { x: 481, y: 191.5, lines: ['done'] },
      },
      {
        points: [500, 82, 500, 102, 643, 102, 643, 180],
        label: { x: 624.5, y: 136.5, lines: ['error'] },
      },
      {
        points: [667, 180, 667, 94, 515, 94, 515, 82],
        label: { x: 726, y: 130, lines: ['credentials.submit', 'done'] },
      },
      {
        points: [667, 216, 667, 228, 788, 228, 788, 1006, 296, 1006, 296, 1018],
        label: { x: 742.5, y: 703, lines: ['install.cancel', 'error, after'] },
      },
      {
        points: [349, 216, 349, 286, 430, 286, 429.5, 298, 429.5, 456],
        label: { x: 306.5, y: 240, lines: ['consent.grant', 'done'] },
      },
      {
        points: [379, 216, 379, 228, 361, 228, 361, 278, 444, 278, 444, 303],
        label: { x: 404.5, y: 240, lines: ['consent.grant', 'done'] },
      },
      {
        points: [318, 216, 318, 228, 254, 228, 254, 1018],
        label: {
          x: 208.5,
          y: 690,
          lines: ['consent.deny', 'install.cancel', 'done, error', 'after'],
        },
      },
      {
        points: [493, 506, 493, 547, 643, 547, 643, 872, 559, 872, 559, 900],
        label: { x: 597.5, y: 703, lines: ['install.cancel', 'after'] },
      },
      {
        points: [491.5, 403, 491.5, 446, 478.5, 446, 478.5, 456],
        label: { x: 477, y: 423, lines: ['done'] },
      },
      {
        points: [530.5, 403, 531, 511, 531, 531, 643, 531, 643, 216],
        label: { x: 624.5, y: 246.5, lines: ['error'] },
      },
      {
        points: [550, 403, 550, 511, 550, 523, 596, 523, 596, 110, 486, 110, 486, 82],
        label: { x: 577.5, y: 191.5, lines: ['error'] },
      },
      {
        points: [511, 403, 511, 413, 513, 413, 513, 539, 689, 539, 689, 880, 575, 880, 575, 900],
        label: { x: 670.5, y: 709.5, lines: ['error'] },
      },
      {
        points: [483.5, 492, 483, 511, 483, 555, 543, 555, 543, 900],
        label: { x: 506.5, y: 709.5, lines: ['done, error'] },
      },
      {
        points: [444, 492, 444, 511, 444, 531, 363, 531, 363, 630],
        label: { x: 348, y: 580, lines: ['done'] },
      },
      {
        points: [
          424.5, 492, 425, 511, 425, 523, 293, 523, 293, 754, 273, 754, 273, 880, 290, 880, 290,
          900,
        ],
        label: { x: 278, y: 709.5, lines: ['done'] },
      },
      {
        points: [464, 492, 464, 511, 464, 678, 460, 678, 460, 762, 393, 762, 393, 774],
        label: { x: 449, y: 641.5, lines: ['done'] },
      },
      {
        points: [391, 666, 391, 754, 529, 754, 529, 872, 526, 872, 526, 900],
        label: { x: 483.5, y: 779, lines: ['install.cancel', 'error, after'] },
      },
      {
        points: [334, 666, 334, 678, 313, 678, 313, 880, 302, 880, 302, 900],
        label: { x: 298, y: 785.5, lines: ['done'] },
      },
      { points: [363, 666, 363, 774], label: { x: 348, y: 709.5, lines: ['done'] } },
      {
        points: [393, 810, 393, 822, 510, 822, 510, 900],
        label: { x: 464.5, y: 834, lines: ['install.cancel', 'error, after'] },
      },
      {
        points: [363, 810, 363, 888, 313, 888, 313, 900],
        label: { x: 348, y: 840.5, lines: ['done'] },
      },
      {
        points: [535, 936, 535, 998, 275, 998, 275, 1018],
        label: { x: 498.5, y: 960, lines: ['done, error', 'after'] },
      },
    ],
    starts: [
      [457, 17, 457, 22, 457, 46],
      [521, 342, 521, 347, 521, 367],
    ],
  },
  narrow: {
    width: 338,
    height: 634,
    boxes: [
      [123, 44, 145, 36],
      [242, 112, 74, 36],
      [51, 112, 121, 36],
      [73, 185, 195, 170],
      [156, 249, 98, 36],
      [87, 305, 98, 36],
      [67, 406, 113, 36],
      [112, 464, 90, 36],
      [59, 525, 58, 36],
      [146, 525, 113, 36],
      [12, 586, 105, 36],
    ],
    routes: [
      { points: [254, 80, 254, 89, 325, 89, 325, 509, 243, 509, 243, 525] },
      { points: [138, 80, 138, 89, 33, 89, 33, 586] },
      { points: [152, 80, 152, 96, 41, 96, 41, 516, 71, 516, 71, 525] },
      { points: [167, 80, 167, 103, 112, 103, 112, 112] },
      { points: [181, 80, 181, 164, 136, 164, 136, 305] },
      { points: [196, 80, 196, 171, 146, 171, 146, 185] },
      { points: [225, 80, 225, 103, 267, 103, 267, 112] },
      { points: [291, 112, 291, 96, 239, 96, 239, 80] },
      { points: [291, 148, 291, 577, 96, 577, 96, 586] },
      { points: [112, 148, 111.5, 180, 111.5, 305] },
      { points: [142, 148, 142, 157, 126, 157, 126, 185] },
      { points: [81, 148, 81, 157, 49, 157, 49, 570, 54, 570, 54, 586] },
      { points: [175, 355, 175, 383, 219, 383, 219, 516, 211, 516, 211, 525] },
      { points: [175.5, 285, 175.5, 295, 160.5, 295, 160.5, 305] },
      { points: [234, 285, 234, 360, 234, 376, 284, 376, 284, 157, 267, 157, 267, 148] },
      { points: [214.5, 285, 215, 360, 215, 369, 277, 369, 277, 164, 210, 164, 210, 80] },
      { points: [195, 285, 195, 376, 227, 376, 227, 525] },
      { points: [165.5, 341, 165, 360, 165, 390, 211, 390, 211, 509, 194, 509, 194, 525] },
      { points: [126, 341, 126, 360, 126, 369, 124, 369, 124, 406] },
      { points: [106.5, 341, 107, 360, 107, 369, 57, 369, 57, 509, 82, 509, 82, 525] },
      { points: [146, 341, 146, 360, 146, 397, 189, 397, 189, 451, 172, 451, 172, 464] },
      { points: [124, 442, 124, 451, 102, 451, 102, 509, 162, 509, 162, 525] },
      { points: [95, 442, 95, 451, 94, 451, 94, 525] },
      { points: [152, 442, 152, 451, 142, 451, 142, 464] },
      { points: [172, 500, 172, 509, 178, 509, 178, 525] },
      { points: [142, 500, 142, 516, 105, 516, 105, 525] },
      { points: [203, 561, 203, 570, 75, 570, 75, 586] },
    ],
    starts: [
      [196, 17, 196, 22, 196, 44],
      [205, 224, 205, 229, 205, 249],
    ],
  },
}
