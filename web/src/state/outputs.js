// What an answer does besides being shown: it speaks, sounds, fills a big screen, and goes to other pages and devices.

import { CHANNEL_NAME, noteOf, noteOff, noteOn, toLine, toMessage } from '../outputs/answers.js';
import { recordSound } from '../outputs/microphone.js';
import { createReactions, noActions } from '../outputs/reactions.js';
import { hasSerial, openLine } from '../outputs/serial-port.js';
import { createSounds } from '../outputs/sounds.js';
import { speak } from '../outputs/speech.js';
import { OUTPUTS_TEXTS } from '../texts/outputs/index.js';
import { fromKept, toKept } from './kept-actions.js';

/** @typedef {Awaited<ReturnType<typeof createOutputs>>} Outputs */
/** @typedef {import('../outputs/reactions.js').ClassActions} ClassActions */
/** @typedef {import('../outputs/answers.js').Answer} Answer */

/** A line a tenth of a second is as much as a sketch on a small board reads comfortably. */
const LINE_EVERY_MS = 100;
const BAUD_RATE = 115_200;

/**
 * @param {import('./types.js').Context} context
 * @param {{ classes: import('./classes.js').Classes, kept: import('./projects.js').Projects['actions'] }} parts
 */
export async function createOutputs(context, { classes, kept }) {
  const { state, changed, watch, texts, notices, undo } = context;
  await texts.bring(OUTPUTS_TEXTS);
  const sounds = createSounds();
  const ports = { serial: false, midi: false, messages: false, recordingKey: /** @type {number | null} */ (null) };
  /** @type {Awaited<ReturnType<typeof openLine>> | null} */
  let line = null;
  /** @type {MIDIAccess | null} */
  let midi = null;
  /** @type {number | null} */
  let soundingNote = null;
  /** @type {BroadcastChannel | null} */
  let channel = null;
  /** @type {Awaited<ReturnType<typeof recordSound>> | null} */
  let recorder = null;
  let lineSentAt = Number.NEGATIVE_INFINITY;

  const reactions = createReactions((key, moment) => {
    const actions = classes.find(key)?.actions;
    if (actions && actions.when === moment) {
      perform(actions);
    }
  });

  /** @param {ClassActions} actions */
  function perform({ say, sound, ownSound }) {
    if (say) {
      speak(say, texts.language);
    }
    if (sound === 'own' && ownSound) {
      void sounds.playOwn(ownSound).catch(notices.fail);
    } else if (sound) {
      void sounds.play(sound).catch(notices.fail);
    }
  }

  /** @returns {Answer} */
  function currentAnswer() {
    const { live } = state;
    const nameOf = (/** @type {number} */ id) => state.classes.find((card) => card.id === id)?.name ?? '';
    const classIndex =
      live.winnerId === null || live.ranked.length === 0
        ? -1
        : state.classes.findIndex(({ id }) => id === live.winnerId);
    return {
      label: classIndex < 0 ? '' : state.classes[classIndex].name,
      classIndex,
      probability:
        classIndex < 0 ? 0 : (live.ranked.find(({ classId }) => classId === live.winnerId)?.probability ?? 0),
      known: live.ranked.length > 0 && !live.isUnknown,
      ranked: live.ranked.map(({ classId, probability }) => ({ label: nameOf(classId), probability })),
    };
  }

  /** @param {Answer} answer */
  function sendMessage(answer) {
    if (!ports.messages) {
      return;
    }
    const message = toMessage(answer);
    channel?.postMessage(message);
    // A page that shows this one in a frame asked for it by showing it; the person allowed it by the switch.
    if (window.parent !== window) {
      window.parent.postMessage(message, '*');
    }
  }

  /** @param {Answer} answer */
  function sendNotes({ classIndex, probability }) {
    const note = classIndex < 0 ? null : noteOf(classIndex);
    if (!midi || note === soundingNote) {
      return;
    }
    for (const output of midi.outputs.values()) {
      if (soundingNote !== null) {
        output.send(noteOff(soundingNote));
      }
      if (note !== null) {
        output.send(noteOn(note, probability));
      }
    }
    soundingNote = note;
  }

  // What lies on disk is taken up once, and written whenever something changes.
  await context.untilLoaded();
  /** As it lies on disk. @type {Map<number, ClassActions | undefined>} */
  let written = new Map();
  for (const card of state.classes) {
    // An example, or a project's file, was quicker.
    const isNew = card.actions !== undefined;
    card.actions ??= fromKept(kept.read()[card.key]);
    written.set(card.key, isNew ? undefined : card.actions);
  }
  async function keep() {
    if (state.classes.every(({ key, actions }) => written.get(key) === actions)) {
      return;
    }
    written = new Map(state.classes.map(({ key, actions }) => [key, actions]));
    // What cannot be written now is there for this visit, and goes along with the next change.
    await kept.keep(await toKept(state.classes)).catch(() => {});
  }
  watch(['actions-changed'], () => void keep());
  changed('actions-changed');

  let lastLabel = '';
  watch(['live-changed', 'winner-changed'], () => {
    const now = performance.now();
    const answer = currentAnswer();
    reactions.update(answer.classIndex < 0 ? null : state.classes[answer.classIndex].key, now);
    sendMessage(answer);
    sendNotes(answer);
    if (line && (answer.label !== lastLabel || now - lineSentAt >= LINE_EVERY_MS)) {
      lineSentAt = now;
      line.send(toLine(answer));
    }
    lastLabel = answer.label;
  });

  return {
    ports,
    hasSerial: hasSerial(),
    hasMidi: 'requestMIDIAccess' in navigator,

    /**
     * Changes what a class does. One step to be undone.
     *
     * @param {number} key
     * @param {Partial<ClassActions>} change
     */
    set(key, change) {
      const card = classes.find(key);
      if (!card) {
        return;
      }
      const before = card.actions ?? noActions();
      const after = { ...before, ...change };
      /** @param {ClassActions} to */
      const put = (to) => {
        card.actions = to;
        changed('actions-changed');
      };
      void undo.perform({ redo: () => put(after), undo: () => put(before) });
    },

    /** Whether there is a class that says nothing yet. */
    get canSayNames() {
      return state.classes.some(({ actions }) => !actions?.say);
    },

    /** Every class that says nothing yet says its name. One step to be undone. */
    sayNames() {
      const silent = state.classes.filter(({ actions }) => !actions?.say);
      const before = silent.map(({ actions }) => actions);
      void undo.perform({
        redo: () => {
          for (const card of silent) {
            card.actions = { ...(card.actions ?? noActions()), say: card.name };
          }
          reactions.reset(); // what is seen now says its name, too
          changed('actions-changed');
        },
        undo: () => {
          for (const [index, card] of silent.entries()) {
            card.actions = before[index];
          }
          changed('actions-changed');
        },
      });
    },

    /** Does once what a class would do, so that it can be heard before. @param {number} key */
    tryOut(key) {
      const actions = classes.find(key)?.actions;
      if (actions) {
        perform(actions);
      }
    },

    /** Records a sound for a class, until pressed again or for five seconds. @param {number} key */
    async record(key) {
      if (recorder) {
        recorder.stop();
        return;
      }
      try {
        recorder = await recordSound();
        ports.recordingKey = key;
        changed('outputs-changed');
        this.set(key, { sound: 'own', ownSound: await recorder.sound });
      } catch {
        notices.tell(texts.t('outputs.noMicrophone'));
      } finally {
        recorder = null;
        ports.recordingKey = null;
        changed('outputs-changed');
      }
    },

    async toggleSerial() {
      if (line) {
        const closing = line;
        line = null;
        ports.serial = false;
        changed('outputs-changed');
        await closing.close();
        return;
      }
      try {
        const port = await /** @type {any} */ (navigator).serial.requestPort();
        line = await openLine(port, {
          baudRate: BAUD_RATE,
          onLost() {
            line = null;
            ports.serial = false;
            changed('outputs-changed');
            notices.tell(texts.t('outputs.serialLost'));
          },
        });
        ports.serial = true;
      } catch (cause) {
        // Nothing chosen is no failure.
        if (/** @type {any} */ (cause)?.name !== 'NotFoundError') {
          notices.tell(texts.t('outputs.serialFailed'));
        }
      }
      changed('outputs-changed');
    },

    async toggleMidi() {
      if (midi) {
        if (soundingNote !== null) {
          for (const output of midi.outputs.values()) {
            output.send(noteOff(soundingNote));
          }
        }
        soundingNote = null;
        midi = null;
      } else {
        try {
          midi = await navigator.requestMIDIAccess();
          if (midi.outputs.size === 0) {
            notices.tell(texts.t('outputs.noMidi'));
          }
        } catch {
          notices.tell(texts.t('outputs.noMidi'));
        }
      }
      ports.midi = midi !== null;
      changed('outputs-changed');
    },

    toggleMessages() {
      ports.messages = !ports.messages;
      channel?.close();
      channel = ports.messages ? new BroadcastChannel(CHANNEL_NAME) : null;
      changed('outputs-changed');
    },
  };
}
