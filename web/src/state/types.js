/**
 * The shapes of the page's state, in one place. Nothing here runs.
 *
 * @typedef {import('../engine/headstart.js').Trainer} Trainer
 * @typedef {import('../engine/headstart.js').Picture} Picture
 * @typedef {import('../engine/headstart.js').TrainReport} TrainReport
 * @typedef {import('../engine/headstart.js').RankedClass} RankedClass
 * @typedef {import('../engine/headstart.js').HeadInfo} HeadInfo
 * @typedef {import('../engine/headstart.js').BackboneInfo} BackboneInfo
 * @typedef {import('../engine/headstart.js').StrategyName} StrategyName
 */

/**
 * One class card.
 *
 * @typedef {object} ClassCard
 * @property {number} key The page's identity of the class: there before the engine is.
 * @property {number | null} id The engine's identity of the class.
 * @property {boolean} isUntouched It still has the name that the page gave it.
 * @property {string} name
 * @property {number} slot 1 to 8: its colour and shape.
 * @property {boolean} enabled
 * @property {number[]} sampleIds Oldest first.
 * @property {number} waitingCount Pictures taken that are not kept yet, by the engine and on disk.
 * @property {number} savedCount Pictures on disk that have not been read yet.
 * @property {import('../outputs/reactions.js').ClassActions} [actions] What it does while it is the answer.
 */

/**
 * @typedef {object} Settings
 * @property {'auto' | 'light' | 'dark'} theme
 * @property {'plain' | 'engineer'} depth Whether what only an engineer understands is shown.
 * @property {string} language A language tag, or 'auto'.
 * @property {boolean} mirror
 * @property {number} picturesPerSecond
 * @property {number} burstCount
 * @property {number} countdownSeconds
 * @property {boolean} trainsByItself
 * @property {boolean} measuresByItself Whether ways to learn are measured while nobody does anything.
 * @property {'logistic' | 'nearest-mean' | 'discriminant' | 'mlp'} head
 * @property {number | null} l2 null: found by cross-validation.
 * @property {'measured' | 'yes' | 'no'} mirrorViews Whether mirrored copies are learnt from, where copies are.
 * @property {'asked' | 'no'} secondLook Whether the answer may look at the mirrored picture too.
 * @property {number} seed
 * @property {number} folds
 * @property {number} threshold Below it the answer is "not sure".
 * @property {number} knownThreshold Below this `known` the answer is "none of these"; 0: never.
 * @property {number} steadyMs How long a class must lead before it is the answer.
 * @property {boolean} showsNumbers Frames per second and milliseconds.
 * @property {boolean} singleKeys Whether letters and digits are shortcuts.
 * @property {string} backbone The catalogue's name of the chosen backbone.
 * @property {boolean} picksNetwork The page takes the best that is at hand and quick enough here.
 * @property {string} inBytes The backbone that is computed in int8, as its file says; empty for none.
 */

/**
 * @typedef {object} Notice
 * @property {number} id
 * @property {'info' | 'error'} kind
 * @property {string} text
 * @property {boolean} [stays] Until it is closed.
 * @property {string} [detail]
 * @property {string} [actionText]
 * @property {() => void} [action]
 */

/** What looks at the pictures: no `backbone` is the built-in one, no `inputSize` what it was made for. @typedef {{ backbone?: import('../engine/headstart.js').NetworkSource[], inputSize?: number, precision?: 'int8', isMissing?: boolean }} ChosenNetwork */

/**
 * @typedef {object} CatalogueEntry
 * @property {string} name
 * @property {string | null} file null: the built-in one, which comes with the engine.
 * @property {number} bytes 0: not known before it is there.
 * @property {string | null} [sha256]
 * @property {number} inputSize
 * @property {number} mmac Million multiply-adds for one picture.
 * @property {string[]} [networks] Of a tier: the names of the networks that look at once.
 * @property {number[]} [shares] Of a tier: the say of each of them beside the others; alike where nothing is said.
 * @property {boolean} [isOwn] A file that the person brought.
 * @property {string} license
 * @property {string} source
 */

/**
 * A fine-tuning, while it runs and until the next training.
 *
 * @typedef {object} Tuning
 * @property {StrategyName} strategy
 * @property {string} stage As the engine names it.
 * @property {{ trainLoss: number, heldOutLoss: number, heldOutAccuracy: number }[]} epochs
 * @property {number} epochCount
 * @property {boolean} paused
 * @property {boolean} finishing It was asked to end with the best so far.
 */

/** As it lies on disk. @typedef {Omit<import('../project/format.js').KeptRound, 'check'>} Round */

/**
 * The project that is open, and the others.
 *
 * `elsewhere`: another tab has it; `newer`: a newer version of this page wrote it; `taken`: another tab took it over;
 * `superseded`: a newer version of this page is open in another tab; `off`: nothing is kept here.
 *
 * @typedef {object} Project
 * @property {'opening' | 'loading' | 'open' | 'elsewhere' | 'newer' | 'taken' | 'superseded' | 'off'} phase
 * @property {string} id
 * @property {string} name
 * @property {number} loaded
 * @property {number} total
 * @property {number} viewed Of the pictures on disk those that the backbone had to look at again.
 * @property {number} unsavedCount Pictures that are not on disk.
 * @property {string} trouble Why something could not be written, as a `StorageError` says it.
 * @property {{ id: string, name: string } | null} other The one that is not to be had here.
 * @property {import('../project/vault-host.js').ProjectSummary[] | null} list
 * @property {{ used: number, free: number, persisted: boolean } | null} usage
 */

/**
 * @typedef {object} State
 * @property {{
 *   phase: 'loading' | 'ready' | 'unsupported' | 'failed',
 *   stage: string, done: number, total: number, code: string, message: string,
 *   variant: string, threads: number, backbone: BackboneInfo | null, head: HeadInfo | null, fellBack: boolean
 * }} engine `fellBack`: the chosen network was not to be had, the built-in one looks
 * @property {{
 *   phase: 'closed' | 'opening' | 'open' | 'lost' | 'failed',
 *   reason: string, detail: string,
 *   devices: { deviceId: string, label: string, facing: string | null }[],
 *   deviceId: string, facing: 'user' | 'environment' | null, stream: MediaStream | null, canvas: 'unknown' | 'honest' | 'avoided' | 'falsified'
 * }} camera
 * @property {ClassCard[]} classes
 * @property {{ classKey: number, kind: 'hold' | 'burst', taken: number, wanted: number, countdown: number } | null} recording
 * @property {{ done: number, total: number, classKey: number | null, running: boolean, unreadable: { name: string, reason: string }[] } | null} intake
 * @property {{ archive: string, ways: { codePage: string, names: { key: number, name: string }[] }[], chosen: number } | null} names
 *   Class names of an archive that may be read in several ways.
 * @property {{ what: 'project' | 'head', title: string, source: string, isOwn: boolean, atHand: string } | null} missing
 *   The network that what was opened learnt with, where another one is in use. `atHand`: its entry, where it is there.
 * @property {{ text: string, options: string[], answer: (index: number | null) => void } | null} question
 * @property {{ phase: 'idle' | 'waiting' | 'running', fraction: number, secondsLeft: number | null, error: string, strategy: StrategyName, chosenBy: 'page' | 'advice' | 'person', round: Round | null }} training
 * @property {{ before: number | null, after: number | null }} outlook Of 20 new pictures as many would be right: before what was done, and after what is advised.
 * @property {Tuning | null} tuning
 * @property {TrainReport | null} report
 * @property {boolean} reportIsStale
 * @property {{
 *   ranked: RankedClass[], known: number, trained: boolean, winnerId: number | null, isUnknown: boolean, source: 'camera' | 'picture',
 *   paused: boolean, pictureUrl: string, pictureIndex: number, pictureCount: number,
 *   framesPerSecond: number, embedMs: number, readMs: number, headMs: number
 * }} live
 * @property {{
 *   entries: (CatalogueEntry & { available: boolean | null, measuredMs: number | null })[],
 *   change: { name: string, done: number, total: number } | null, measuring: boolean
 * }} backbones Tiers first, from the quickest to the best, then networks.
 * @property {{ kind: 'zip', done: number, total: number } | null} saving
 * @property {{ place: string, done: number, total: number } | null} leaving A file for somewhere else is being made.
 * @property {Settings} settings
 * @property {Notice[]} notices
 * @property {string} announcement
 * @property {{ sampleIds: number[], index: number, title: string, classKey: number | null } | null} viewer
 * @property {string} dialog The open dialog's name, or ''.
 * @property {{ undo: number, redo: number }} history
 * @property {boolean} unsaved Something is not on disk, and would be lost.
 * @property {Project} project
 */

/**
 * What can happen, in the past tense. A setting that was chosen says so by its own name.
 *
 * @typedef {`${keyof Settings}-chosen`
 *   | 'actions-changed'
 *   | 'advice-changed'
 *   | 'advised'
 *   | 'announced'
 *   | 'backbone-changed'
 *   | 'backbones-changed'
 *   | 'better-changed'
 *   | 'camera-changed'
 *   | 'classes-changed'
 *   | 'dialog-changed'
 *   | 'engine-changed'
 *   | 'engine-progressed'
 *   | 'engine-ready'
 *   | 'exam-changed'
 *   | 'game-changed'
 *   | 'head-imported'
 *   | 'history-changed'
 *   | 'past-changed'
 *   | 'intake-changed'
 *   | 'intake-ended'
 *   | 'language-changed'
 *   | 'live-changed'
 *   | 'layers-changed'
 *   | 'map-changed'
 *   | 'map-painted'
 *   | 'network-changed'
 *   | 'missing-changed'
 *   | 'notices-changed'
 *   | 'names-chosen'
 *   | 'question-changed'
 *   | 'order-changed'
 *   | 'outputs-changed'
 *   | 'project-changed'
 *   | 'recording-changed'
 *   | 'recording-ended'
 *   | 'report-changed'
 *   | 'round-changed'
 *   | 'samples-changed'
 *   | 'samples-loaded'
 *   | 'samples-removed'
 *   | 'saving-changed'| 'leaving-changed'
 *   | 'seeing-changed'
 *   | 'settings-changed'
 *   | 'source-changed'
 *   | 'storage-failed'
 *   | 'training-changed'
 *   | 'training-ended'
 *   | 'training-progressed'
 *   | 'training-reset'
 *   | 'training-settings-changed'
 *   | 'tuning-changed'
 *   | 'unsaved-changed'
 *   | 'video-attached'
 *   | 'viewer-changed'
 *   | 'winner-changed'
 * } StoreEvent
 */

/**
 * What the parts of the state share. `changed` names what happened, in the past tense; whoever watches is called once
 * per frame.
 *
 * @typedef {object} Context
 * @property {State} state
 * @property {(...events: StoreEvent[]) => void} changed
 * @property {(events: StoreEvent[], react: () => void) => () => void} watch
 * @property {import('../texts/texts.js').Texts} texts
 * @property {import('./engine-link.js').EngineLink} engine
 * @property {import('./notices.js').Notices} notices
 * @property {import('./undo.js').UndoStack} undo
 * @property {() => Promise<void>} untilLoaded Settles when all pictures of the project on disk are there.
 * @property {{ keep: (card: ClassCard, sampleId: number) => Promise<void>, kept: (sampleId: number) => void }} saving
 */

export {};
