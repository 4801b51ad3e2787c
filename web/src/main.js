// Composes the page: the state once, each part of the screen beside it; no part knows another.

import { closeMenusWhenLeft } from './kit/menus.js';
import { keepTextsWhole } from './kit/whole-texts.js';
import { createApp } from './state/app.js';
import { gameCards } from './state/game-signs.js';
import { SETTINGS_TEXTS } from './texts/settings/index.js';
import { LANGUAGES } from './texts/texts.js';
import { mountCameraPanel } from './ui/camera-panel.js';
import { mountClassList } from './ui/class-list.js';
import { mountKeepPanel } from './ui/keep-panel.js';
import { mountLivePanel } from './ui/live-panel.js';
import { mountNotices } from './ui/notices.js';
import { mountPageInput } from './ui/page-input.js';
import { mountQuestionDialog } from './ui/question-dialog.js';
import { mountTopBar } from './ui/top-bar.js';
import { mountTrainingPanel } from './ui/training-panel.js';
import { mountWelcomePanel } from './ui/welcome-panel.js';

/** @param {string} id */
const part = (id) => /** @type {HTMLElement} */ (document.getElementById(id));

const app = await createApp();
const dialogs = part('dialogs');
/** What most people never open is not in the way of the rest: rooms by the dialogs that open them. @type {Record<string, () => Promise<void>>} */
const ROOMS = {
  inside: async () => (await import('./inside-room.js')).mountInside({ dialogs, tuning: part('tuning') }, app),
  camera: openCamera,
  correct: openSeeing,
  training: openSettings,
  answer: openSettings,
  backbone: openBackbones,
  missing: openMissing,
  names: openNames,
  about: openHelp,
  keys: openHelp,
  lesson: openHelp,
  cards: openHelp,
  exam: openExam,
  map: openMap,
  outputs: openOutputs,
  'big-screen': openOutputs,
  projects: openProjects,
  export: openExport,
};
/** @type {Map<() => Promise<void>, Promise<void>>} */
const opened = new Map();

async function openCamera() {
  await app.texts.bring(SETTINGS_TEXTS);
  (await import('./ui/camera-dialog.js')).mountCameraDialog(dialogs, app);
}

async function openViewer() {
  (await import('./ui/sample-viewer.js')).mountSampleViewer(dialogs, app);
}

async function openSeeing() {
  const viewfinder = /** @type {HTMLElement} */ (document.querySelector('#camera-panel .viewfinder'));
  await (await import('./seeing-room.js')).mountSeeing({ dialogs, viewfinder }, app);
}

async function openBetter() {
  await (await import('./better-room.js')).mountBetter(part('better'), app);
}

async function openReport() {
  await app.texts.bring(SETTINGS_TEXTS); // heads have their names there
  (await import('./report-room.js')).mountReport(part('report'), app);
}

async function openHistory() {
  await (await import('./history-room.js')).mountHistory(part('history'), app);
}

async function openSettings() {
  await app.texts.bring(SETTINGS_TEXTS);
  const { mountSettingsDialogs } = await import('./ui/settings-dialogs.js');
  const { mountLooksChoice } = await import('./ui/looks-choice.js');
  mountLooksChoice(mountSettingsDialogs(dialogs, app).looks, app);
}

async function openBackbones() {
  await (await import('./networks-room.js')).mountNetworks(dialogs, app);
}

async function openMissing() {
  await (await import('./networks-room.js')).mountMissing(dialogs, app);
}

async function openOutputs() {
  await (await import('./outputs-room.js')).mountOutputs(dialogs, app);
}

async function openExam() {
  await (await import('./exam-room.js')).mountExam(dialogs, app);
}

async function openGame() {
  await (await import('./game-room.js')).mountGame(part('game'), app);
}

async function openMap() {
  await (await import('./map-room.js')).mountMap({ dialogs, panel: part('map-panel') }, app);
}

async function openProjects() {
  await (await import('./projects-room.js')).mountProjects(dialogs, app);
}

async function openNames() {
  (await import('./ui/names-dialog.js')).mountNamesDialog(dialogs, app);
}

async function openExport() {
  await (await import('./export-room.js')).mountExport(dialogs, app);
}

async function openHelp() {
  await app.texts.bring(SETTINGS_TEXTS);
  await (await import('./help-room.js')).mountHelp(dialogs, app);
}

/** Sets a room up, once; one that failed can be tried again. @param {() => Promise<void>} room */
function enter(room) {
  const entered = opened.get(room) ?? room();
  opened.set(room, entered);
  entered.catch(() => opened.delete(room));
  return entered;
}

async function openRoom() {
  const { dialog } = app.state;
  const room = ROOMS[dialog];
  if (!room) {
    return;
  }
  try {
    await enter(room);
  } catch (error) {
    app.dialogs.close(dialog);
    app.notices.fail(error);
  }
}

mountNotices(part('notices'), app);
mountTopBar(part('top-bar-tools'), app, LANGUAGES);
mountCameraPanel(part('camera-panel'), app);
mountLivePanel(part('live-panel'), app);
mountClassList(part('classes'), app);
mountWelcomePanel(part('welcome'), app);
mountTrainingPanel(part('training'), app);
mountKeepPanel(part('keep'), part('next'), app);
mountQuestionDialog(dialogs, app);
mountPageInput(app, part('stage'));
app.watch(['dialog-changed'], openRoom);
app.watch(['viewer-changed'], () => app.state.viewer && enter(openViewer).catch(app.notices.fail));
app.watch(['classes-changed', 'actions-changed'], () => {
  if (gameCards(app.state.classes)) {
    enter(openGame).catch(app.notices.fail);
  }
});
app.watch(['round-changed'], () => {
  if (app.state.training.round) {
    enter(ROOMS.inside).catch(() => {}); // where a training that was cut short goes on
  }
});
part('rail').hidden = false; // until now nothing stood above it that would push it down
closeMenusWhenLeft();
keepTextsWhole(document.body);

if (new URLSearchParams(location.search).has('debug')) {
  // For tests and the curious: numbers as the engine gives them, before they are rounded for the screen.
  Object.defineProperty(window, 'headstart', { value: app.debug });
}

app.camera.checkPossible();
void app.camera.openIfAllowed();
// The page is painted first; the engine comes behind it, and the camera can be allowed meanwhile.
requestAnimationFrame(() =>
  setTimeout(async () => {
    await app.engine.start();
    await app.fetchTheRest();
    await Promise.allSettled([
      import('./inside-room.js'),
      enter(openViewer),
      enter(openCamera),
      enter(openSeeing),
      enter(openBetter),
      enter(openReport),
      enter(openHistory),
      enter(openSettings),
      enter(openBackbones),
      enter(openExam),
      enter(openGame),
      enter(openMap),
      enter(openHelp),
      enter(openNames),
      enter(openOutputs),
      enter(openProjects),
      enter(openExport),
      app.loadInside(),
    ]);
    await app.texts.fetchAll();
    await app.goOffline();
    await app.backbones.pickBest();
    document.documentElement.dataset.ready = 'yes'; // from here on nothing is fetched
  }),
);
